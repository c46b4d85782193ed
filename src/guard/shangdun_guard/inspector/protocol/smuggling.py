"""Requests that two servers in a row end at different bytes (CWE-444; RFC 9112, 6.3 and 11.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shangdun_guard.inspector.protocol.check import Check, in_bytes, in_header
from shangdun_guard.inspector.protocol.names import DISGUISED, TOKEN, odd_names
from shangdun_guard.inspector.value import BODY, HEAD
from shangdun_guard.inspector.verdict import Judged
from shangdun_guard.request import Request

_CLASS = "smuggling"
_CODINGS = re.compile(r"(?:(?:gzip|deflate|compress|x-gzip)[ \t]*,[ \t]*)*chunked", re.IGNORECASE)
_BARE = re.compile(rb"\r(?!\n)|\x00")
_FOLDED = re.compile(rb"\n[ \t]{1,64}[^\s]{1,64}")
_NEXT_REQUEST = re.compile(
    rb"[\r\n0]{0,16}((?:[A-Z]{1,4})?(?:GET|POST|PUT|HEAD|DELETE|PATCH|OPTIONS|TRACE)"
    rb" (?:/|https?://)[^\r\n]{0,2000} HTTP/[012](?:\.[0-9])?[ \t]*\r?(?:\n|\Z))"
)
_END_OF_CHUNKS = re.compile(rb"(?:\A|\n)0[ \t]{0,8}\r?\n\r?\n(?=[^\r\n])")
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,16}[ \t]{0,8}(?:;[^\r\n]{0,256})?\r?\n")


def _judge(request: Request) -> list[Judged]:
    found: list[Judged] = []
    if odd_names(request):
        found += _odd(request)
    elif request.body or request.method == "POST":
        found += _framing(request, _all_of(request, "content-length"), [])
    if request.head:
        found += _head(request)
    return found


def _all_of(request: Request, wanted: str) -> list[tuple[int, str]]:
    return [(part, text) for part, (name, text) in enumerate(request.headers) if name == wanted]


def _odd(request: Request) -> Iterator[Judged]:
    for part, (name, text) in enumerate(request.headers):
        if name == "upgrade":
            yield from _upgrade(request, part, text)
        elif name in {"content-length", "transfer-encoding"}:
            continue
        elif DISGUISED.fullmatch(name):
            yield in_header(_CLASS, request, part, "smuggling.disguised_name")
        elif name and TOKEN.fullmatch(name) is None:
            yield in_header(_CLASS, request, part, "smuggling.odd_name")
    lengths, codings = _all_of(request, "content-length"), _all_of(request, "transfer-encoding")
    yield from _framing(request, lengths, codings)


def _framing(
    request: Request, lengths: list[tuple[int, str]], codings: list[tuple[int, str]]
) -> Iterator[Judged]:
    if len(lengths) > 1:
        differ = len({text for _, text in lengths}) > 1
        code = "smuggling.two_lengths" if differ else "smuggling.repeated_length"
        yield in_header(_CLASS, request, lengths[-1][0], code)
    for part, text in lengths:
        if not (text.isascii() and text.isdigit()):
            yield in_header(_CLASS, request, part, "smuggling.odd_length")
    if codings:
        yield from _codings(request, codings, has_length=bool(lengths))
    if request.body:
        yield from _hidden_request(request, lengths, chunked=bool(codings))


def _codings(
    request: Request, codings: list[tuple[int, str]], *, has_length: bool
) -> Iterator[Judged]:
    codes = []
    if has_length:
        codes.append("smuggling.length_and_chunks")
    if len(codings) > 1:
        codes.append("smuggling.two_codings")
    if any(_CODINGS.fullmatch(text) is None for _, text in codings):
        codes.append("smuggling.odd_coding")
    if codes:
        yield in_header(_CLASS, request, codings[-1][0], *codes)


def _upgrade(request: Request, part: int, text: str) -> Iterator[Judged]:
    """An upgrade to HTTP/2 in clear text that a proxy passes on unlooked at (RFC 9113, 3.1)."""
    if "h2c" in text.lower():
        codes = ["smuggling.h2c"]
        connection = " ".join(text for name, text in request.headers if name == "connection")
        if "http2-settings" not in connection.lower():
            codes.append("smuggling.h2c_alone")
        yield in_header(_CLASS, request, part, *codes)


def _hidden_request(
    request: Request, lengths: list[tuple[int, str]], *, chunked: bool
) -> Iterator[Judged]:
    """A request line where the body ends by one of the two ways to tell."""
    body = request.body
    ends = []
    for _, text in lengths:
        if text.isascii() and text.isdigit() and len(text) < 10:
            ends.append(int(text))
    if chunked or _CHUNK_SIZE.match(body):
        last = _END_OF_CHUNKS.search(body)
        if last:
            ends.append(last.end())
    for end in ends:
        line = _NEXT_REQUEST.match(body, end)
        if line:
            text = line[1].decode("latin-1")
            yield in_bytes(_CLASS, BODY, text, line.start(1), "smuggling.hidden_request")
            return


def _head(request: Request) -> Iterator[Judged]:
    """What a tolerant parser tidies up and a strict one stops at (RFC 9112, 2.2, 5.1 and 5.2)."""
    head = request.head
    feeds, ends = head.count(b"\n"), head.count(b"\r\n")
    if (0 < ends < feeds) or head.count(b"\r") > ends or b"\x00" in head:
        yield from _bare(head)
    if feeds != len(request.headers) + 2:
        folded = _FOLDED.search(head)
        if folded:
            yield _at(folded, "smuggling.folded")


def _bare(head: bytes) -> Iterator[Judged]:
    bare = _BARE.search(head)
    if bare:
        code = "smuggling.null" if bare[0] == b"\x00" else "smuggling.bare_return"
        yield _at(bare, code)
        return
    position = -1
    while True:
        position = head.find(b"\n", position + 1)
        if position < 0 or position + 1 == len(head):
            return
        if head[position - 1 : position] != b"\r":
            yield in_bytes(_CLASS, HEAD, "\n", position, "smuggling.bare_feed")
            return


def _at(found: re.Match[bytes], code: str) -> Judged:
    return in_bytes(_CLASS, HEAD, found[0].decode("latin-1"), found.start(), code)


CHECK = Check(
    name=_CLASS,
    weights={
        "smuggling.length_and_chunks": 5.5,
        "smuggling.two_lengths": 7.0,
        "smuggling.repeated_length": 2.5,
        "smuggling.odd_length": 6.0,
        "smuggling.two_codings": 5.0,
        "smuggling.odd_coding": 5.5,
        "smuggling.disguised_name": 6.0,
        "smuggling.hidden_request": 6.5,
        "smuggling.h2c": 3.0,
        "smuggling.h2c_alone": 2.5,
        "smuggling.bare_return": 5.0,
        "smuggling.bare_feed": 3.5,
        "smuggling.null": 6.0,
        "smuggling.odd_name": 4.5,
        "smuggling.folded": 3.5,
    },
    sentences={
        "smuggling.length_and_chunks": "Content-Length and Transfer-Encoding together: two servers"
        " can end this request at different bytes (RFC 9112, 6.3).",
        "smuggling.two_lengths": "Two Content-Length headers that differ: servers end the request"
        " at different bytes (RFC 9112, 6.3).",
        "smuggling.repeated_length": "Content-Length stands twice with the same value.",
        "smuggling.odd_length": "Content-Length is no plain number (RFC 9110, 8.6): servers that"
        " tolerate it read different lengths.",
        "smuggling.two_codings": "Transfer-Encoding stands twice: one server may read the first,"
        " another the last.",
        "smuggling.odd_coding": "Transfer-Encoding does not end in chunked as it must (RFC 9112,"
        " 6.1): one server takes it for chunked, another ignores it.",
        "smuggling.disguised_name": "A header's name is almost Content-Length or Transfer-Encoding:"
        " some servers read it as that.",
        "smuggling.hidden_request": "Where the body ends for one server, another request begins.",
        "smuggling.h2c": "An upgrade to HTTP/2 in clear text opens a tunnel past the proxy.",
        "smuggling.h2c_alone": "The upgrade to h2c leaves out what RFC 7540, 3.2.1 asks of it.",
        "smuggling.bare_return": "A carriage return without line feed in the head: a line end for"
        " some servers only (RFC 9112, 2.2).",
        "smuggling.bare_feed": "A line of the head ends in a line feed alone, others in both"
        " (RFC 9112, 2.2).",
        "smuggling.null": "A null byte in the head: some servers end the text there.",
        "smuggling.odd_name": "A header's name holds what no name may, as white space before the"
        " colon: a server must reject it (RFC 9112, 5.1).",
        "smuggling.folded": "A header goes on in the next line, a form that is no longer allowed"
        " (RFC 9112, 5.2): servers see different headers.",
    },
    judge=_judge,
)
