"""Bodies that come slowly wait by themselves: a request is answered once all of it is there.

A worker answers one request at a time. Were it to read the body while it does, whoever sends a byte
a second would hold it, without an account and from one machine. So its threads each take a body in,
and only whole requests take their turn. Uploads, larger than any form, are taken in while they are
worked on, as no plain copy of one may lie about; those are of people who signed in, and take no
turn.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

THREADS = 8
"""Of a worker, at most: so many bodies may come slowly before one waits for another."""
LARGEST_FORM = 4 << 20
"""Bytes; twice what a form may have (``DATA_UPLOAD_MAX_MEMORY_SIZE``)."""
_LONGEST_NUMBER = 15


class Patient:
    """A WSGI application whose requests wait for their bodies outside of it."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._turn = threading.Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        length = _length(environ)
        large = length is None or length > LARGEST_FORM
        if large and str(environ.get("CONTENT_TYPE", "")).lower().startswith("multipart/"):
            return self._application(environ, start_response)
        if length and not large:
            body = environ["wsgi.input"].read(length)
            if len(body) < length:  # half a form is none: who sent it is gone
                start_response("400 Bad Request", [("Content-Length", "0")])
                return [b""]
            environ["wsgi.input"] = io.BytesIO(body)
        with self._turn:
            return self._application(environ, start_response)


def _length(environ: Environ) -> int | None:
    """Of the body, 0 for none; None where it is not told."""
    text = str(environ.get("CONTENT_LENGTH") or "")
    if not text:
        return None if environ.get("HTTP_TRANSFER_ENCODING") else 0
    return int(text) if text.isascii() and text.isdecimal() and len(text) < _LONGEST_NUMBER else 0
