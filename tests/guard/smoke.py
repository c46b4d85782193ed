"""The whole guard in a few requests, for interpreters that have none of the tests' packages."""

from __future__ import annotations

import io
import itertools
import json
import re
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlencode

from shangdun_guard.guard import OWN_PATH, Guard
from shangdun_guard.wsgi import GuardMiddleware

ROWS = [
    {"uid": "1", "measure": "block", "kind": "address", "value": "203.0.113.1", "appeal": "X"},
    {"uid": "2", "measure": "throttle", "kind": "range", "value": "203.0.113.2/32", "rate": 0},
    {"uid": "3", "measure": "challenge", "kind": "range", "value": "2001:db8::/64"},
]
RECEIVED: list[bytes] = []


class ShangDun(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps({"head": 3, "full": True, "added": ROWS, "removed": []}).encode()
        self._answer(200, body)

    def do_POST(self) -> None:
        RECEIVED.append(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(202, b"{}")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def shop(environ: dict, start_response: object) -> list:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["wsgi.input"].read()]


def main() -> None:
    server = HTTPServer(("127.0.0.1", 0), ShangDun)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    guard = Guard(
        {
            "url": f"http://127.0.0.1:{server.server_address[1]}", "key": "k", "source": "s",
            "token": "t", "folder": Path(sys.argv[1]), "difficulty": 8, "poll_seconds": 0.05,
        }
    )  # fmt: skip
    guarded = GuardMiddleware(shop, guard)
    cookies = ""

    def ask(peer: str, path: str = "/", query: str = "", body: bytes = b"") -> bytes:
        told = []
        environ = {
            "REQUEST_METHOD": "POST" if body else "GET", "PATH_INFO": path, "REMOTE_ADDR": peer,
            "QUERY_STRING": query, "HTTP_ACCEPT": "text/html", "HTTP_COOKIE": cookies,
            "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body),
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
        }  # fmt: skip
        answer = guarded(environ, lambda *start: told.append(start))
        print(told[0][0][:3])
        headers.update(told[0][1])
        return b"".join(answer)

    headers: dict = {}
    guard.start()
    until = time.monotonic() + 20
    while len(guard.decisions) < 3 and time.monotonic() < until:
        time.sleep(0.05)
    ask("203.0.113.9")
    assert ask("203.0.113.9", "/cart", body=b"a=1") == b"a=1"
    ask("203.0.113.9", "/", "id=1%27%20UNION%20SELECT%20password%20FROM%20users--%20-")
    ask("203.0.113.1")
    ask("203.0.113.2")
    incoming = guard.passes.ask("2001:db8::/64", time.time())
    number = next(
        n
        for n in itertools.count()
        if guard.passes.solved(incoming.text, str(n), "2001:db8::/64", time.time())
    )
    fields = {"challenge": incoming.text, "answer": number, "next": "/tea"}
    ask("2001:db8::7", OWN_PATH, body=urlencode(fields).encode())
    cookies = re.match("[^;]+", headers["Set-Cookie"])[0]
    ask("2001:db8::8", "/tea")
    print("kept" if guard.event("order.created", order={"uid": "1"}) else "lost")
    while not RECEIVED and time.monotonic() < until:
        time.sleep(0.05)
    print(min(1, len(RECEIVED)))
    guard.close()
    server.shutdown()


main()
