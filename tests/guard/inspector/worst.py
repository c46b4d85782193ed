"""Requests made to cost as much as possible, each in a size that can be doubled."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Callable
from urllib.parse import quote

from shangdun_guard.request import Request

CRLF = "\r\n"


def form(body: str | bytes) -> Request:
    return post(body, "application/x-www-form-urlencoded")


def json(body: str | bytes) -> Request:
    return post(body, "application/json")


def post(body: str | bytes, content_type: str, *extra: tuple[str, str]) -> Request:
    data = body.encode() if isinstance(body, str) else body
    return Request("POST", "/", (("content-type", content_type), *extra), data)


def get(target: str) -> Request:
    return Request("GET", target, (("host", "a"),))


def multipart(size: int, part: str) -> Request:
    body = "".join(f"--b\r\n{part}" for _ in range(size // (len(part) + 5))) + "--b--\r\n"
    return post(body, "multipart/form-data; boundary=b")


def wrapped(size: int, encode: Callable[[str], str], times: int) -> Request:
    text = "' or 1=1 -- <script>"
    while len(text) < size:
        text += text
    text = text[: size >> times]
    for _ in range(times):
        text = encode(text)
    return form("x=" + quote(text[:size]))


def base64_text(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def repeated(piece: str) -> Callable[[int], Request]:
    """A form of one value that repeats a piece: bait for expressions that go back and forth."""
    return lambda size: form("x=" + quote((piece * (size // len(piece) + 1))[: size // 3], safe=""))


BAITS = (
    "a",
    " ",
    "'",
    '"',
    "<",
    "(",
    "{{",
    "${",
    "../",
    "/*",
    "*/",
    "-- ",
    ";",
    "|",
    "&",
    "&#",
    "&lt;",
    "\\",
    "\\u0027",
    "%",
    "%25",
    "%u0027",
    "\x00",
    "\n",
    "\r\n",
    "0x27",
    "=",
    "+AD",
    "[",
    "{",
    '{"a":',
    "<a ",
    "<a href=",
    "<!--",
    "<![CDATA[",
    "<?",
    "http://",
    "1 or ",
    "select ",
    "union ",
    "$(",
    "`",
    "eyJ",
    "data:;base64,",
    "a.b",
    "\xc0\xaf",
    "'\xff",
    "()",
    "x'",
    "${jndi:",
    "%{",
    "O:1:",
    "function(",
    "javascript:",
    "=a,",
    ")(",
    "*)(",
    "$ne",
    "php://",
    "\\x27",
    "a=1&",
    "/a;b=c",
)

CASES: dict[str, Callable[[int], Request]] = {
    f"repeats {bait!r}": repeated(bait) for bait in BAITS
} | {
    "deep JSON lists": lambda size: json("[" * size),
    "deep JSON objects": lambda size: json('{"a":' * (size // 5)),
    "JSON of short odd strings": lambda size: json("[" + '"\'1",' * (size // 5) + "0]"),
    "JSON of odd keys": lambda size: json("{" + '"$a":1,' * (size // 7) + '"b":1}'),
    "JSON of escapes": lambda size: json('"' + "\\u0027" * (size // 6) + '"'),
    "JSON in JSON in a form": lambda size: form(
        "x=" + quote('["[\\"\\\'\\"]",' * (size // 20) + "0]")
    ),
    "JSON that breaks off": lambda size: json('{"a":"' + "'" * size),
    "JSON bare words": lambda size: json("[" + "a' " * (size // 3)),
    "many parameters": lambda size: form("a='&" * (size // 4)),
    "many odd names": lambda size: form("a'=1&" * (size // 5)),
    "many encoded parameters": lambda size: form("a=%252527&" * (size // 10)),
    "many distinct parameters": lambda size: form(
        "&".join(f"p{n}='{n}%2527" for n in range(size // 14))
    ),
    "many query parameters": lambda size: get("/?" + "a='&" * (size // 4)),
    "many segments": lambda size: get("/" + "a'/" * (size // 3)),
    "many path parameters": lambda size: get("/" + "a;b='" * (size // 5)),
    "many cookies": lambda size: Request("GET", "/", (("cookie", "a='; " * (size // 5)),)),
    "many headers": lambda size: Request(
        "GET", "/", tuple((f"x-{n}", "'") for n in range(size // 12))
    ),
    "folded head": lambda size: Request(
        "GET", "/", (), head=b"GET / HTTP/1.1\r\n" + b" a\r\n" * (size // 4)
    ),
    "bare feeds": lambda size: Request("GET", "/", (), head=b"GET / HTTP/1.1\r\n" + b"\n" * size),
    "percent in percent": lambda size: wrapped(size, quote, 3),
    "base64 in base64": lambda size: wrapped(size, base64_text, 4),
    "multipart fields": lambda size: multipart(
        size, 'Content-Disposition: form-data; name="a"\r\n\r\n\'1\r\n'
    ),
    "multipart names": lambda size: multipart(
        size, "Content-Disposition: form-data" + '; name="\'"' * 20 + "\r\n\r\n"
    ),
    "multipart without end": lambda size: post(
        "--b\r\n" + "a: b\r\n" * (size // 6), "multipart/form-data; boundary=b"
    ),
    "multipart delimiters": lambda size: post(
        "--b" * (size // 3), "multipart/form-data; boundary=b"
    ),
    "XML elements": lambda size: post("<a>'</a>" * (size // 8), "text/xml"),
    "XML attributes": lambda size: post("<a " + "b='1' " * (size // 6) + ">", "text/xml"),
    "XML without ends": lambda size: post("<a" * (size // 2), "text/xml"),
    "XML entities": lambda size: post(
        "<!DOCTYPE a [" + "<!ENTITY b 'c'>" * (size // 15), "text/xml"
    ),
    "XML CDATA": lambda size: post("<a><![CDATA[" + "]]" * (size // 2), "text/xml"),
    "a gzip bomb": lambda size: post(
        gzip.compress(b"a='&" * (size // 2)),
        "application/x-www-form-urlencoded",
        ("content-encoding", "gzip"),
    ),
    "chunks of one byte": lambda size: post(
        "1\r\n'\r\n" * (size // 6), "text/plain", ("transfer-encoding", "chunked")
    ),
    "UTF-16": lambda size: post(("'1 or " * (size // 12)).encode("utf-16"), "text/plain"),
}
