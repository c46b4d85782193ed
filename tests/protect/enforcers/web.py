"""A real nginx with our files in it, on a port of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.protect.enforcers.namespace import until

from shangdun.protect.enforcers.nginx import build
from shangdun.protect.enforcers.nginx.server import Nginx
from shangdun.protect.enforcers.nginx.settings import NginxSettings

BINARY = "/usr/sbin/nginx"
CONF = """
user root;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log notice;
events {{ worker_connections 512; }}
http {{
    access_log off;
    keepalive_requests 1000000;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/shangdun/http.conf;
    server {{
        listen 127.0.0.1:{port};
        limit_req_status 429;
        include {folder}/shangdun/server.conf;
        location /slow/ {{ alias {folder}/files/; limit_rate 400k; }}
        location / {{ try_files /nothing @shop; }}
        location @shop {{ return 200 "shop\\n"; }}
    }}
}}
"""


class Server:
    """A running nginx."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.conf = folder / "nginx.conf"
        (folder / "files").mkdir()
        self.conf.write_text(CONF.format(folder=folder, port=port))

    def settings(self, **given) -> NginxSettings:
        test = [BINARY, "-t", "-q", "-c", str(self.conf)]
        return NginxSettings(
            folder=str(self.folder / "shangdun"),
            test=test,
            pid=str(self.folder / "nginx.pid"),
            variables={"session": "$cookie_session", "account": "$http_x_account"},
            **given,
        )

    def start(self, **given) -> Nginx:
        enforcer = build(self.settings(**given), lambda *_: 0)
        enforcer.prepare()
        subprocess.run([BINARY, "-c", str(self.conf)], check=True, capture_output=True)
        return enforcer

    @property
    def master(self) -> int:
        return int((self.folder / "nginx.pid").read_text())

    def ask(self, *headers: str, source: str = "127.0.0.1", path: str = "/") -> tuple[int, str]:
        words = ["curl", "-s", "-w", "\n%{http_code}", "--interface", source]
        for header in headers:
            words += ["-H", header]
        said = subprocess.run(
            [*words, f"http://127.0.0.1:{self.port}{path}"], capture_output=True, check=True
        ).stdout.decode()
        body, _, status = said.rpartition("\n")
        return int(status), body

    def stop(self) -> None:
        try:
            os.kill(self.master, signal.SIGTERM)
        except (OSError, ValueError):  # nginx -t leaves an empty file
            return
        until(lambda: not (self.folder / "nginx.pid").exists())


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    """An nginx that is not started yet, and stopped at the end."""
    if shutil.which(BINARY) is None or shutil.which("curl") is None:
        pytest.skip("nginx is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder.mkdir(parents=True, exist_ok=True)
    made = Server(folder, port)
    try:
        yield made
    finally:
        made.stop()
