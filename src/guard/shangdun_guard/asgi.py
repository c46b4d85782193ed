"""The guard in front of an ASGI application (FastAPI, Starlette, Django, …).

    app = GuardMiddleware(app, guard)

Responses are not touched: what the application sends goes straight to the server. Of a request's
body only the beginning is held, up to ``body_limit``; the rest streams on as it comes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import quote

from shangdun_guard.answers import Answer
from shangdun_guard.guard import OWN_BYTES, Guard
from shangdun_guard.incoming import Identity, Incoming, current
from shangdun_guard.request import Request

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Identify = Callable[[Scope], Identity]

_POLICY_VIOLATION = 1008  # RFC 6455, 7.4.1; before it is accepted, servers answer 403


class GuardMiddleware:
    """ASGI 3. Lifespan passes; of a websocket the handshake is guarded, messages are not read.

    ``identify`` tells whose request it is, from the scope, where an outer middleware knows it.
    """

    def __init__(self, app: App, guard: Guard, *, identify: Identify | None = None) -> None:
        self.app = app
        self.guard = guard
        self._identify = identify

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        kind = scope["type"]
        if kind == "http":
            await self._http(scope, receive, send)
        elif kind == "websocket":
            await self._websocket(scope, receive, send)
        else:
            if kind == "lifespan":
                self.guard.start()
            await self.app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        guard, incoming = self.guard, self._meet(scope)
        if guard.own(incoming):
            kept = await _read(receive, OWN_BYTES)
            answer = guard.take_answer(incoming, kept.data if kept else b"")
            await _answer(send, answer, incoming)
            return
        ruling = guard.rule(incoming)
        limit = guard.wants_body(incoming, ruling)
        kept = await _read(receive, limit) if limit else _Kept([], b"", whole=False)
        if kept is None:
            return  # the client has gone before its request was complete
        size = _size(incoming, kept) if limit else 0
        found = guard.settle(incoming, ruling, kept.data[:limit], size)
        if found is not None:
            await _answer(send, found, incoming)
            return
        token = current.set(incoming)
        try:
            await self.app(scope, kept.replay(receive) if kept.messages else receive, send)
        finally:
            current.reset(token)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        incoming = self._meet(scope)
        ruling = self.guard.rule(incoming)
        found = self.guard.settle(incoming, ruling)
        if found is not None:
            await receive()  # websocket.connect
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
            return
        token = current.set(incoming)
        try:
            await self.app(scope, receive, send)
        finally:
            current.reset(token)

    def _meet(self, scope: Scope) -> Incoming:
        request = Request(
            method=scope.get("method", "GET"),
            target=_target(scope),
            headers=tuple(
                (name.decode("latin-1").lower(), value.decode("latin-1"))
                for name, value in scope["headers"]
            ),
            version=f"HTTP/{scope.get('http_version', '1.1')}",
        )
        peer = (scope.get("client") or ("",))[0] or ""
        told = self._identify
        incoming = self.guard.meet(
            request,
            peer=peer,
            path=scope["path"],
            scheme=scope.get("scheme", "http"),
            identify=(lambda _: told(scope)) if told else None,
        )
        if self.guard.config.set_client and incoming.client.believed and incoming.address:
            scope["client"] = (incoming.address, 0)
        return incoming


class _Kept:
    """The beginning of a body, and the messages it came in."""

    def __init__(self, messages: list[Message], data: bytes, *, whole: bool) -> None:
        self.messages = messages
        self.data = data
        self.whole = whole

    def replay(self, receive: Receive) -> Receive:
        """The application receives what was kept, then whatever comes."""
        waiting = list(reversed(self.messages))

        async def again() -> Message:
            return waiting.pop() if waiting else await receive()

        return again


async def _read(receive: Receive, limit: int) -> _Kept | None:
    """Messages until ``limit`` bytes or the end; None when the client goes away before."""
    messages: list[Message] = []
    parts: list[bytes] = []
    size = 0
    while size < limit:
        message = await receive()
        if message["type"] != "http.request":
            return None
        messages.append(message)
        part = message.get("body", b"")
        parts.append(part)
        size += len(part)
        if not message.get("more_body", False):
            return _Kept(messages, b"".join(parts), whole=True)
    return _Kept(messages, b"".join(parts), whole=False)


def _size(incoming: Incoming, kept: _Kept) -> int:
    if kept.whole:
        return len(kept.data)
    announced = incoming.headers.get("content-length", "")
    return int(announced) if announced.isdigit() else len(kept.data) + 1


def _target(scope: Scope) -> str:
    raw = scope.get("raw_path")
    path = raw.decode("latin-1") if raw else _quoted(scope["path"])
    query = scope.get("query_string", b"").decode("latin-1")
    return f"{path}?{query}" if query else path


def _quoted(path: str) -> str:
    return quote(path, safe="/%:@!$&'()*+,;=~-._")


async def _answer(send: Send, answer: Answer, incoming: Incoming) -> None:
    body = b"" if incoming.request.method == "HEAD" else answer.body
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.headers]
    headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
