"""ShangDun as a guard sees it, in memory, on loopback: the feed of decisions and the ingest.

Implements the real interface (console/api/guards.py, console/api/ingest.py): sequence numbers,
whole answers, removals, ETag and 304, gzip, tokens, 202 only for what is stored.
"""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY, TOKEN, SOURCE = "sde_a-key-for-tests", "sdt_a-token-for-tests", "shop-guard"


@dataclass
class State:
    """What the server holds, and how it misbehaves."""

    changes: list[tuple[str, dict[str, Any] | None]] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    feeds: int = 0
    unchanged: int = 0
    pushes: int = 0
    delay: float = 0.0
    status: int = 0
    """Answer everything with it."""
    refuse_line: bytes = b""
    """A batch with this in it is refused (400)."""
    acknowledge: bool = True
    """False: events are stored and the connection then breaks."""
    problems: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def decide(self, uid: str, measure: str, kind: str, value: str, **more: Any) -> None:
        row = {
            "uid": uid, "measure": measure, "kind": kind, "value": value, "scope": "",
            "until": None, "rate": 0, "reason": "test", "appeal": f"APPEA-{uid[:5]:>05}",
        }  # fmt: skip
        with self.lock:
            self.changes.append((uid, {**row, **more}))

    def undo(self, uid: str) -> None:
        with self.lock:
            self.changes.append((uid, None))

    def feed(self, after: int) -> dict[str, Any]:
        with self.lock:
            head, changes = len(self.changes), self.changes
            full = after <= 0 or after > head
            latest: dict[str, dict[str, Any] | None] = {}
            for uid, row in changes[0 if full else after :]:
                latest.pop(uid, None)
                latest[uid] = row
        return {
            "head": head,
            "full": full,
            "more": False,
            "added": [row for row in latest.values() if row],
            "removed": [] if full else [uid for uid, row in latest.items() if not row],
            "settings": self.settings,
        }

    @property
    def events(self) -> list[dict[str, Any]]:
        with self.lock:
            return [json.loads(line) for line in self.lines]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: State

    def do_GET(self) -> None:
        state, url = self.state, urlsplit(self.path)
        time.sleep(state.delay)
        if state.status:
            return self._answer(state.status, b"")
        if url.path != "/api/guard/v1/feed":
            return self._answer(404, b"")
        if self.headers.get("X-Api-Key") != KEY:
            return self._answer(401, b"{}")
        state.feeds += 1
        if problem := self.headers.get("X-Guard-Problem"):
            state.problems.append(problem)
        after = int(parse_qs(url.query)["after"][0])
        feed = state.feed(after)
        tag = f'"{feed["head"]}-{hash(json.dumps(state.settings, sort_keys=True))}"'
        if not feed["full"] and feed["head"] == after and self.headers.get("If-None-Match") == tag:
            state.unchanged += 1
            return self._answer(304, b"", ETag=tag)
        body = gzip.compress(json.dumps(feed).encode(), 1)
        return self._answer(200, body, ETag=tag, **{"Content-Encoding": "gzip"})

    def do_POST(self) -> None:
        state = self.state
        body = self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(state.delay)
        if state.status:
            return self._answer(state.status, b"", **{"Retry-After": "1"})
        if self.path != f"/api/ingest/{SOURCE}":
            return self._answer(404, b"")
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self._answer(401, b"{}")
        lines = [line for line in gzip.decompress(body).split(b"\n") if line]
        if state.refuse_line and any(state.refuse_line in line for line in lines):
            return self._answer(400, b"{}")
        with state.lock:
            state.lines.extend(lines)
            state.pushes += 1
        if not state.acknowledge:
            self.close_connection = True
            self.connection.close()
            return None
        return self._answer(202, json.dumps({"accepted": len(lines)}).encode())

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        pass  # guards that are killed leave broken connections: that is what is tested


@contextmanager
def shangdun(state: State | None = None, port: int = 0) -> Iterator[tuple[str, State]]:
    """The server's address and its state."""
    state = state or State()
    handler = type("Bound", (Handler,), {"state": state})
    server = Server(("127.0.0.1", port), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
