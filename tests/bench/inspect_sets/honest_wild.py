"""Requests of the web's larger products: bot sensors, search languages, advertising, RPC."""

from __future__ import annotations

import base64
import json
import random
import re
from urllib.parse import quote

from tests.bench.inspect_sets import browser, words
from tests.bench.inspect_sets.honest_web import url
from tests.bench.inspect_sets.sample import Headers, request
from tests.bench.inspect_sets.wild_posts import POSTS
from tests.bench.inspect_sets.wild_texts import COOKIES, GETS, HEADERS

from shangdun_guard.request import Request

SITE = "https://www.shop.example"
_SLOT = re.compile("⟨([a-z0-9]+)(?::([0-9]+))?⟩")
_PRINTABLE = "".join(chr(code) for code in range(32, 127))
_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def filled(rng: random.Random, text: str) -> str:
    """A template with its slots filled."""
    return _SLOT.sub(lambda slot: _filler(rng, slot[1], int(slot[2] or 6)), text)


def _filler(rng: random.Random, name: str, size: int) -> str:
    if name == "n":
        return "".join(rng.choices("0123456789", k=size))
    if name == "hex":
        return browser.hexes(rng, size)
    if name == "tok":
        return browser.token(rng, size)
    if name == "pack":
        return "".join(rng.choices(_SAFE, k=size))
    if name == "b64":
        return base64.b64encode(rng.randbytes(size * 3 // 4)).decode().rstrip("=")
    if name == "q":
        return quote(words.phrase(rng), safe="")
    if name == "u":
        return quote(url(rng), safe="")
    if name == "s":
        return json.dumps(words.sentence(rng), ensure_ascii=False)[1:-1].replace("|", " ")
    return json.dumps("".join(rng.choices(_PRINTABLE, k=size)))[1:-1]  # noise


def _head(rng: random.Random, wanted: str) -> Headers:
    head = browser.browser(rng, "www.shop.example", wanted, url(rng), SITE)
    if rng.random() < 0.6:
        jar = "; ".join(filled(rng, text) for text in rng.sample(COOKIES, rng.randrange(1, 6)))
        head.set("cookie", jar)
    for name, text in rng.sample(HEADERS, rng.randrange(0, 4)):
        head.set(filled(rng, name), filled(rng, text))
    return head


def get(rng: random.Random) -> Request:
    _, target = rng.choice(GETS)
    return request("GET", filled(rng, target), _head(rng, rng.choice(("fetch", "script", "page"))))


def post(rng: random.Random) -> Request:
    _, target, kind, body = rng.choice(POSTS)
    head = _head(rng, "fetch").add("content-type", kind)
    return request("POST", filled(rng, target), head, filled(rng, body))


KINDS = {"wild-get": get, "wild-post": post}
