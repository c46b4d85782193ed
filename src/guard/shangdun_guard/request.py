"""One web request as it stood on the wire, whoever read it: a server, a file or a log."""

from __future__ import annotations

import re
from dataclasses import dataclass

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
    """Names in lower case, in their order, repeated ones kept; values without outer blanks."""
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
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon or name[:1] in {" ", "\t"}:
            _odd_line(line, headers)
        else:
            headers.append((name.rstrip().lower(), value.strip()))
    return Request(method, target, tuple(headers), raw[body_start:], version, -1, head)


def _request_line(line: str) -> tuple[str, str, str]:
    line = line.rstrip("\r")
    method, _, rest = line.partition(" ")
    target, _, version = rest.rpartition(" ")
    if not version.startswith("HTTP/"):
        target, version = rest, ""
    return method, target.strip(" "), version


def _odd_line(line: str, headers: list[tuple[str, str]]) -> None:
    """A line without a colon, or one that starts with a blank and so continues the last."""
    text = line.strip()
    if not text:
        return
    if line[0] in {" ", "\t"} and headers:
        name, value = headers[-1]
        headers[-1] = (name, f"{value} {text}")
    else:
        headers.append(("", text))
