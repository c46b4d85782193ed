"""One web request as it stood on the wire, whoever read it: a server, a file or a log."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLANKS = frozenset({" ", "\t"})
_EMPTY = frozenset({"", "\r"})
_KNOWN, _LONGEST_KNOWN = 4096, 256
_KNOWN_LINES: dict[str, tuple[str, str]] = {}
"""Lines that were read before, as most headers come again word for word: at most 2 MB."""
_BLANK_LINE = re.compile(rb"\n\r?\n")


@dataclass(frozen=True)
class Request:
    """Bytes as received, read as latin-1 where they are text: nothing is lost or decoded yet.

    ``body`` may be cut at a limit: ``body_size`` is then what was announced or seen.
    """

    method: str
    target: str
    """Path and query as in the request line, percent signs and all; or an absolute form."""
    headers: tuple[tuple[str, str], ...] = ()
    """Names in lower case (blanks before the colon and all), in their order, repeated ones kept;
    values without outer blanks."""
    body: bytes = b""
    version: str = "HTTP/1.1"
    body_size: int = -1
    """Bytes of the whole body, -1: that of ``body``."""
    head: bytes = b""
    """The head as raw bytes where it is known, up to and with its blank line: what a parser
    tidies up is seen only here."""


def parse_request(raw: bytes) -> Request:
    """The request that these bytes are: head (lines ended by CRLF or LF), blank line, body.

    Never raises: what cannot be read as a request line is the method alone, what cannot be read as
    a header is a header without a name. Folded lines (RFC 9112, 5.2) are joined.
    """
    blank = _BLANK_LINE.search(raw)
    body_start = blank.end() if blank else len(raw)
    head = raw[:body_start]
    lines = head.decode("latin-1").split("\n")
    method, target, version = _request_line(lines[0])
    headers: list[tuple[str, str]] = []
    known = _KNOWN_LINES
    for line in lines[1:]:
        header = known.get(line)
        if header is not None:
            headers.append(header)
        elif line not in _EMPTY:
            _read_line(line, headers)
    return Request(method, target, tuple(headers), raw[body_start:], version, -1, head)


def _request_line(line: str) -> tuple[str, str, str]:
    line = line.rstrip("\r")
    method, _, rest = line.partition(" ")
    target, _, version = rest.rpartition(" ")
    if not version.startswith("HTTP/"):
        target, version = rest, ""
    return method, target.strip(" "), version


def _read_line(line: str, headers: list[tuple[str, str]]) -> None:
    """A header, a line without a colon, or one that starts with a blank and continues the last."""
    if line[0] in _BLANKS and headers:
        name, value = headers[-1]
        headers[-1] = (name, f"{value} {line.strip()}")
        return
    name, colon, value = line.partition(":")
    if not colon:
        headers.append(("", line.strip()))
        return
    header = (name.lower(), value.strip(" \t\r"))
    headers.append(header)
    if len(line) <= _LONGEST_KNOWN:
        if len(_KNOWN_LINES) >= _KNOWN:
            _KNOWN_LINES.clear()
        _KNOWN_LINES[line] = header
