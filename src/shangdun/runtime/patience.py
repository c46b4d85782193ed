"""Bodies that come slowly wait by themselves: a request is answered once all of it is there.

A worker answers one request at a time. Were it to read the body while it does, whoever sends a byte
a second would hold it, without an account and from one machine. So its threads each take a body in,
and only whole requests take their turn. Not all threads: some are kept for requests without a body,
and one address does not take up the rest; who finds none free is asked to come again. Uploads,
larger than any form, are taken in while they are worked on, as no plain copy of one may lie about;
those are of people who signed in, and take no turn.
"""

from __future__ import annotations

import io
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

THREADS = 8
"""Of a worker."""
BODIES = 6
"""Threads that may wait for a body at once; the others answer whatever has none."""
BODIES_OF_ONE = 4
"""Of these, for one address."""
SECONDS_FOR_A_PLACE = 0.02
"""A form that arrived is read at once, so that a place comes free at once or not soon."""
LARGEST_FORM = 4 << 20
"""Bytes; twice what a form may have (``DATA_UPLOAD_MAX_MEMORY_SIZE``)."""
_LONGEST_NUMBER = 15


class Patient:
    """A WSGI application whose requests wait for their bodies outside of it."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._turn = threading.Lock()
        self._places = _Places()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        length = _length(environ)
        if length == 0:
            return self._in_turn(environ, start_response)
        large = length is None or length > LARGEST_FORM
        body = b""
        with self._places.taken(str(environ.get("REMOTE_ADDR", ""))) as place:
            if not place:
                return _refused(start_response, "503 Service Unavailable", ("Retry-After", "2"))
            if large and str(environ.get("CONTENT_TYPE", "")).lower().startswith("multipart/"):
                return self._application(environ, start_response)
            if length and not large:
                body = environ["wsgi.input"].read(length)
        if length and not large:
            if len(body) < length:  # half a form is none: who sent it is gone
                return _refused(start_response, "400 Bad Request")
            environ["wsgi.input"] = io.BytesIO(body)
        return self._in_turn(environ, start_response)

    def _in_turn(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        with self._turn:
            return self._application(environ, start_response)


class _Places:
    """Where bodies are waited for: so many in all, and fewer for each address."""

    def __init__(self) -> None:
        self._of = Counter[str]()
        self._left = threading.Condition()

    @contextmanager
    def taken(self, address: str) -> Iterator[bool]:
        """Whether there was a place; it is given back behind the block."""
        with self._left:
            found = self._left.wait_for(lambda: self._free(address), SECONDS_FOR_A_PLACE)
            self._of[address] += found
        try:
            yield found
        finally:
            with self._left:
                self._of[address] -= found
                self._of += Counter()  # forgets whoever has none
                self._left.notify_all()

    def _free(self, address: str) -> bool:
        return self._of.total() < BODIES and self._of[address] < BODIES_OF_ONE


def _refused(
    start_response: StartResponse, status: str, *headers: tuple[str, str]
) -> Iterable[bytes]:
    start_response(status, [("Content-Length", "0"), *headers])
    return [b""]


def _length(environ: Environ) -> int | None:
    """Of the body, 0 for none; None where it is not told."""
    text = str(environ.get("CONTENT_LENGTH") or "")
    if not text:
        return None if environ.get("HTTP_TRANSFER_ENCODING") else 0
    return int(text) if text.isascii() and text.isdecimal() and len(text) < _LONGEST_NUMBER else 0
