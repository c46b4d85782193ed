"""The guard in front of a WSGI application (Flask, Django, …).

    app.wsgi_app = GuardMiddleware(app.wsgi_app, guard)

Responses are not touched: what the application returns goes to the server as it is. Of a request's
body only the beginning is held, up to ``body_limit``; the rest is read by the application.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from shangdun_guard.answers import Answer
from shangdun_guard.guard import OWN_BYTES, Guard
from shangdun_guard.incoming import Identity, Incoming, current
from shangdun_guard.request import Request

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]
Identify = Callable[[Environ], Identity]
_SAFE = "/:@!$&'()*+,;=~-._"


class GuardMiddleware:
    """PEP 3333. ``identify`` tells whose request it is, from the environ, where that is known."""

    def __init__(self, app: App, guard: Guard, *, identify: Identify | None = None) -> None:
        self.app = app
        self.guard = guard
        self._identify = identify

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """See PEP 3333."""
        guard, told = self.guard, self._identify
        incoming = incoming_of(guard, environ, (lambda _: told(environ)) if told else None)
        if guard.own(incoming):
            body, _ = read_body(environ, OWN_BYTES)
            return _respond(guard.take_answer(incoming, body), incoming, start_response)
        ruling = guard.rule(incoming)
        limit = guard.wants_body(incoming, ruling)
        body, size = read_body(environ, limit)
        answer = guard.settle(incoming, ruling, body, size)
        if answer is not None:
            return _respond(answer, incoming, start_response)
        current.set(incoming)  # until this thread or task serves its next request
        return self.app(environ, start_response)


def incoming_of(
    guard: Guard, environ: Environ, identify: Callable[[Incoming], Identity] | None = None
) -> Incoming:
    """The request of an environ; also of Django's ``request.META``."""
    request = Request(
        method=environ["REQUEST_METHOD"],
        target=_target(environ),
        headers=tuple(_headers(environ)),
        version=environ.get("SERVER_PROTOCOL") or "HTTP/1.1",
    )
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    incoming = guard.meet(
        request,
        peer=environ.get("REMOTE_ADDR") or "",
        path=path.encode("latin-1", "replace").decode("utf-8", "replace") or "/",
        scheme=environ.get("wsgi.url_scheme", "http"),
        identify=identify,
    )
    if guard.config.set_client and incoming.client.believed and incoming.address:
        environ["REMOTE_ADDR"] = incoming.address
    return incoming


def read_body(environ: Environ, limit: int) -> tuple[bytes, int]:
    """The body's beginning and the size of the whole, as far as known; put back to be read again.

    Without a length a body is only there where the server ends it itself
    (``wsgi.input_terminated``, RFC 9112, 6.3).
    """
    if not limit:
        return b"", 0
    length = environ.get("CONTENT_LENGTH") or ""
    if not (length.isdigit() or environ.get("wsgi.input_terminated")):
        return b"", 0
    stream = environ["wsgi.input"]
    wanted = min(limit, int(length)) if length.isdigit() else limit
    body = _read(stream, wanted)
    environ["wsgi.input"] = Replayed(body, stream)
    if length.isdigit():
        return body, int(length)
    return body, len(body) + (len(body) == limit)


class Replayed:
    """What was read, then the rest of the stream; everything an input stream is asked for."""

    def __init__(self, begun: bytes, rest: Any) -> None:  # noqa: ANN401  any server's stream
        self._begun = io.BytesIO(begun)
        self._left = len(begun)
        self._rest = rest

    def read(self, size: int | None = -1) -> bytes:
        """Up to ``size`` bytes; less only at the end of the body."""
        if not self._left:
            return self._more(size)
        begun = self._take(self._begun.read(-1 if size is None else size))
        if size is None or size < 0:
            return begun + self._more(size)
        missing = size - len(begun)
        return begun + self._more(missing) if missing else begun

    def readline(self, size: int | None = -1) -> bytes:
        """One line, or ``size`` bytes of it."""
        limit = -1 if size is None else size
        if not self._left:
            return bytes(self._rest.readline() if limit < 0 else self._rest.readline(limit))
        line = self._take(self._begun.readline(limit))
        if line.endswith(b"\n") or self._left or len(line) == limit:
            return line
        return line + self.readline(limit - len(line) if limit >= 0 else -1)

    def readlines(self, hint: int = -1) -> list[bytes]:
        """Lines until the end, or until ``hint`` bytes are passed."""
        lines, size = [], 0
        for line in self:
            lines.append(line)
            size += len(line)
            if 0 < hint <= size:
                break
        return lines

    def __iter__(self) -> Iterator[bytes]:
        while line := self.readline():
            yield line

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever the server's stream has
        return getattr(self._rest, name)

    def _more(self, size: int | None) -> bytes:
        return bytes(self._rest.read() if size is None or size < 0 else self._rest.read(size))

    def _take(self, part: bytes) -> bytes:
        self._left -= len(part)
        return part


def _read(stream: Any, wanted: int) -> bytes:  # noqa: ANN401  any server's stream
    parts = []
    while wanted > 0:
        part = stream.read(wanted)
        if not part:
            break
        parts.append(part)
        wanted -= len(part)
    return b"".join(parts)


def _headers(environ: Environ) -> Iterator[tuple[str, str]]:
    for name, value in environ.items():
        if name.startswith("HTTP_"):
            yield name[5:].replace("_", "-").lower(), value
        elif name in ("CONTENT_TYPE", "CONTENT_LENGTH") and value:
            yield name.replace("_", "-").lower(), value


def _target(environ: Environ) -> str:
    """As on the wire where the server tells, else put together again."""
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if raw:
        return str(raw)
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    target = quote(path.encode("latin-1", "replace"), safe=_SAFE) or "/"
    query = environ.get("QUERY_STRING", "")
    return f"{target}?{query}" if query else target


def _respond(answer: Answer, incoming: Incoming, start_response: StartResponse) -> list[bytes]:
    status = f"{answer.status} {HTTPStatus(answer.status).phrase}"
    headers = [*answer.headers, ("Content-Length", str(len(answer.body)))]
    start_response(status, headers)
    return [b"" if incoming.request.method == "HEAD" else answer.body]
