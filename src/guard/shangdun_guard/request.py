"""One web request as it stood on the wire, whoever read it: a server, a file or a log."""

from __future__ import annotations

from dataclasses import dataclass


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
    """The head as raw bytes where it is known: what a parser tidies up is seen only here."""
