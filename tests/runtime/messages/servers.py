"""Services on loopback that messages are sent to: a mail server, and HTTP in every mood."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult


class Mailbox:
    """Takes mail; refuses recipients that begin with ``nobody``."""

    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802  aiosmtpd's
        if address.startswith("nobody"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  aiosmtpd's
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append((envelope.rcpt_tos, mail))
        return "250 OK"


@contextmanager
def mail_server(password: str = "") -> Iterator[tuple[Mailbox, int]]:
    """A mail server and its port; with a password it wants to be told it."""
    box = Mailbox()

    def check(server, session, envelope, mechanism, data):
        return AuthResult(success=data.password == password.encode(), handled=False)

    more = (
        {"authenticator": check, "auth_required": True, "auth_require_tls": False}
        if password
        else {}
    )
    ready, ports = threading.Event(), []
    ends: list[Callable[[], object]] = []

    async def serve() -> None:
        loop, end = asyncio.get_running_loop(), asyncio.Event()
        server = await loop.create_server(lambda: SMTP(box, loop=loop, **more), "127.0.0.1", 0)
        ports.append(server.sockets[0].getsockname()[1])
        ends.append(lambda: loop.call_soon_threadsafe(end.set))
        ready.set()
        await end.wait()
        server.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield box, ports[0]
    finally:
        ends[0]()
        thread.join()


@dataclass
class Hook:
    """What a path of the HTTP server does, and what it got."""

    status: int = 200
    body: str = "{}"
    seconds: float = 0.0
    location: str = ""
    got: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def http_server(**hooks: Hook) -> Iterator[int]:
    """``/name`` behaves as its hook says; gives the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hook = hooks[self.path.strip("/").partition("?")[0].partition("/")[0]]
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            hook.got.append(json.loads(content))
            time.sleep(hook.seconds)
            try:
                self.send_response(hook.status)
                if hook.location:
                    self.send_header("Location", hook.location)
                self.send_header("Content-Length", str(len(hook.body.encode())))
                self.end_headers()
                self.wfile.write(hook.body.encode())
            except OSError:
                return  # who asked is gone

        do_GET = do_POST  # noqa: N815  http.server's name

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
