"""Put a payload where an attacker would: any part of an otherwise honest request."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from html import escape
from urllib.parse import quote, quote_plus

from tests.bench.inspect_sets import browser
from tests.bench.inspect_sets.sample import Headers, request

from shangdun_guard.request import Request

HOST = "www.shop.example"
NAMES = ("id", "q", "search", "name", "page", "user", "email", "file", "url", "lang", "cat", "sort")
PATHS = ("/", "/search", "/product/view", "/api/v1/items", "/index.php", "/account/login", "/cart")


def every_byte(text: str) -> str:
    """Each character as a percent escape, letters as well."""
    return "".join(f"%{byte:02x}" for byte in text.encode("utf-8", "surrogatepass"))


def lazily(text: str) -> str:
    """Only what would break the request line is escaped, as careless tools do."""
    kept = "'\"<>(){}[]/\\:;,!$*=@^`|~-_."
    return quote(text, safe=kept)


def query_text(rng: random.Random, text: str) -> str:
    """A payload escaped for a URL in one of the ways seen in the wild."""
    way = rng.random()
    if way < 0.35:
        return quote(text, safe="")
    if way < 0.6:
        return quote_plus(text, safe="")
    if way < 0.8:
        return lazily(text)
    if way < 0.9:
        return every_byte(text)
    return quote(quote(text, safe=""), safe="")


def _others(rng: random.Random) -> list[tuple[str, str]]:
    """Honest fields around the one that carries the payload."""
    known = (("page", "2"), ("lang", "en"), ("token", browser.token(rng, 20)), ("ref", "mail"))
    return rng.sample(known, rng.randrange(0, 3))


def _mixed(rng: random.Random, pairs: list[tuple[str, str]], mine: tuple[str, str]) -> str:
    parts = [f"{name}={value}" for name, value in pairs]
    parts.insert(rng.randrange(len(parts) + 1), f"{mine[0]}={mine[1]}")
    return "&".join(parts)


def _head(rng: random.Random) -> Headers:
    return browser.browser(rng, HOST, rng.choice(("page", "fetch")))


def in_query(rng: random.Random, payload: str) -> Request:
    mine = (rng.choice(NAMES), query_text(rng, payload))
    return request("GET", f"{rng.choice(PATHS)}?{_mixed(rng, _others(rng), mine)}", _head(rng))


def in_path(rng: random.Random, payload: str) -> Request:
    escaped = quote(payload, safe="/.'()*;:@!$,") if rng.random() < 0.6 else every_byte(payload)
    return request("GET", f"/catalogue/{escaped}{rng.choice(('', '/', '/view'))}", _head(rng))


def in_form(rng: random.Random, payload: str) -> Request:
    escaped = quote_plus(payload) if rng.random() < 0.8 else query_text(rng, payload)
    body = _mixed(rng, _others(rng), (rng.choice(NAMES), escaped))
    head = _head(rng).add("content-type", "application/x-www-form-urlencoded")
    return request("POST", rng.choice(PATHS), head, body)


def in_json(rng: random.Random, payload: str) -> Request:
    inner: object = {rng.choice(NAMES): payload, "amount": rng.randrange(90), "ok": True}
    if rng.random() < 0.4:
        inner = {"items": [{"sku": "A-1"}, inner], "meta": None}
    body = json.dumps(inner, ensure_ascii=rng.random() < 0.5)
    head = _head(rng).add("content-type", "application/json")
    return request(rng.choice(("POST", "PUT", "PATCH")), "/api/v1/items", head, body)


def in_multipart(rng: random.Random, payload: str) -> Request:
    mark = "----WebKitFormBoundary" + browser.token(rng, 16)
    parts = [(name, value) for name, value in _others(rng)] + [(rng.choice(NAMES), payload)]
    rng.shuffle(parts)
    body = "".join(
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in parts
    )
    head = _head(rng).add("content-type", f"multipart/form-data; boundary={mark}")
    return request("POST", rng.choice(PATHS), head, f"{body}--{mark}--\r\n")


def in_cookie(rng: random.Random, payload: str) -> Request:
    way = rng.random()
    if way < 0.6 or ";" in payload or "\n" in payload:
        value = quote(payload, safe="")
    elif way < 0.8:
        value = payload
    else:
        value = base64.b64encode(payload.encode("utf-8", "surrogatepass")).decode()
    head = _head(rng)
    jar = [part for part in head.get("cookie").split("; ") if part]
    jar.insert(rng.randrange(len(jar) + 1), f"{rng.choice(NAMES)}={value}")
    return request("GET", rng.choice(PATHS), head.set("cookie", "; ".join(jar)))


def in_header(rng: random.Random, payload: str) -> Request:
    line = payload.replace("\r", " ").replace("\n", " ")
    name = rng.choice(("user-agent", "x-forwarded-for", "x-api-version", "x-client", "referer"))
    if name == "referer" and rng.random() < 0.7:
        line = f"https://{HOST}/search?q={query_text(rng, payload)}"
    return request("GET", rng.choice(PATHS), _head(rng).set(name, line))


def in_xml(rng: random.Random, payload: str) -> Request:
    body = f'<?xml version="1.0"?><order><id>7</id><note>{escape(payload)}</note></order>'
    head = _head(rng).add("content-type", rng.choice(("application/xml", "text/xml")))
    return request("POST", "/api/soap", head, body)


def as_body(rng: random.Random, payload: str) -> Request:
    """The payload is the document itself: XML entities, serialised objects."""
    text = payload.lstrip()
    kind = "application/xml" if text.startswith("<") else "application/octet-stream"
    return request("POST", "/api/import", _head(rng).add("content-type", kind), payload)


ANYWHERE: tuple[tuple[Callable[[random.Random, str], Request], float], ...] = (
    (in_query, 0.4),
    (in_form, 0.18),
    (in_json, 0.14),
    (in_path, 0.06),
    (in_multipart, 0.06),
    (in_cookie, 0.07),
    (in_header, 0.06),
    (in_xml, 0.03),
)


def place(rng: random.Random, payload: str, cls: str) -> Request:
    """``payload`` of class ``cls`` in a random part of a request, escaped as that part asks."""
    if cls == "xml":
        way = rng.choice((as_body, as_body, in_form, in_query, in_multipart))
        return way(rng, payload)
    if cls == "header" or "\n" in payload or "\0" in payload:
        return rng.choice((in_query, in_form, in_json))(rng, payload)
    ways, weights = zip(*ANYWHERE, strict=True)
    chosen: Callable[[random.Random, str], Request] = rng.choices(ways, weights)[0]
    if chosen is in_path and cls == "path" and rng.random() < 0.7:
        return request("GET", "/" + payload.lstrip("/").replace(" ", "%20"), _head(rng))
    return chosen(rng, payload)
