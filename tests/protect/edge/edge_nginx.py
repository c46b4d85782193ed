"""A real nginx on loopback with the rendered edge, before a shop that answers everything."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from shangdun.protect.edge.render import render
from shangdun.protect.edge.settings import EdgeConfig

MODULE = Path("/usr/lib/nginx/modules/ngx_http_modsecurity_module.so")
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
HOST = "shop.test"


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes


class Edge(NamedTuple):
    port: int
    folder: Path
    tls: bool
    seen: list[dict[str, str]]
    """Headers of the requests that reached the shop."""

    def ask(
        self,
        target: str,
        *,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        told = {"Host": HOST, "User-Agent": "Mozilla/5.0", "Accept": "*/*", **(headers or {})}
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        if self.tls:
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            link.sock = context.wrap_socket(
                socket.create_connection(("127.0.0.1", self.port), 10), server_hostname=HOST
            )
        try:
            link.request(method, target, body, told)
            answer = link.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            link.close()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def shop(seen: list[dict[str, str]]) -> Iterator[int]:
    """A shop that says yes to everything and remembers who asked."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _yes(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            seen.append(dict(self.headers.items()))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.send_header("X-Powered-By", "PHP/5.2")
            self.end_headers()
            self.wfile.write(b"ok")

        do_GET = do_POST = do_PUT = do_HEAD = _yes  # noqa: N815  the library's names

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def running_edge(folder: Path, **settings: object) -> Iterator[Edge]:
    """nginx with what ``[edge]`` of these settings renders, until the block ends."""
    seen: list[dict[str, str]] = []
    with shop(seen) as upstream:
        port = free_port()
        edge = EdgeConfig(
            **{
                "hosts": [HOST],
                "upstream": [f"127.0.0.1:{upstream}"],
                "listen": f"127.0.0.1:{port}",
                "redirect_from": "",
                "tls": "off",
                "decisions": False,
                "log_folder": str(folder / "log"),
                **settings,
            }  # type: ignore[arg-type]  # keyword arguments of many types
        )
        config = write_edge(folder, edge)
        process = subprocess.Popen([NGINX, "-c", str(config), "-g", "daemon off;"])
        try:
            _wait_for(port)
            yield Edge(port, folder, edge.tls != "off", seen)
        finally:
            process.terminate()
            process.wait(20)


def write_edge(folder: Path, edge: EdgeConfig) -> Path:
    """The rendered files beneath a folder, with an ``nginx.conf`` that loads them."""
    for name, text in render(edge, str(folder)).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for name in ("log", "temp", "shangdun/private"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        os.chmod(folder / name, 0o777)  # noqa: PTH101  workers of nginx run as another user
    for parent in (folder, *folder.parents[:3]):
        parent.chmod(parent.stat().st_mode | 0o055) if os.access(parent, os.W_OK) else None
    config = folder / "nginx.conf"
    temp = "".join(
        f"{name}_temp_path {folder}/temp/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config.write_text(
        f"load_module {MODULE};\npid {folder}/nginx.pid;\nerror_log {folder}/log/error.log;\n"
        f"worker_processes 1;\nevents {{ worker_connections 512; }}\n"
        f"http {{ {temp} include {folder}/conf.d/*.conf; }}\n"
    )
    return config


def _wait_for(port: int) -> None:
    until = time.monotonic() + 15
    while time.monotonic() < until:
        with socket.socket() as link:
            if link.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("nginx did not come up")
