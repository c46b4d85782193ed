"""A shop that others wrote behind nginx, watched by `shangdun up`: all real, all local."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.examples.shop_process import RunningShop, free_port, running_shop

NGINX_CONF = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log {folder}/access.log combined;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    # Visitors all come from this machine and say who they are, as behind a load balancer.
    set_real_ip_from 127.0.0.1;
    real_ip_header X-Forwarded-For;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://127.0.0.1:{shop};
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
        }}
    }}
}}
"""


@dataclass
class Edge:
    """nginx in front of the shop: where visitors go and where its log is."""

    url: str
    access_log: Path


@dataclass
class Console:
    """A running `shangdun up`."""

    url: str
    home: Path
    username: str
    password: str
    output: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    with running_shop(tmp_path_factory.mktemp("shop")) as running:
        yield running


@pytest.fixture(scope="module")
def edge(shop: RunningShop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/sbin")
    if not nginx:
        pytest.skip("needs nginx (apt install nginx-light)")
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    conf = folder / "nginx.conf"
    conf.write_text(NGINX_CONF.format(folder=folder, port=port, shop=shop.port))
    folder.chmod(0o755)
    process = subprocess.Popen([nginx, "-p", str(folder), "-c", str(conf)])
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for_page(url, process)
        yield Edge(url, folder / "access.log")
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def console(
    shop: RunningShop, edge: Edge, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Console]:
    home, port = tmp_path_factory.mktemp("home"), free_port()
    (home / "shangdun.toml").write_text(
        f'[[sources]]\nname = "edge"\nformat = "combined"\npath = "{edge.access_log}"\n'
        f'[[sources]]\nname = "shop"\nformat = "shop"\npath = "{shop.events}"\n'
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "shangdun.cli", "up", "--bind", f"127.0.0.1:{port}"],
        env={**os.environ, "SHANGDUN_HOME": str(home), "SHANGDUN_WEB__MFA": "offered"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    lines: list[str] = []
    reader = threading.Thread(target=lines.extend, args=(iter(process.stdout),), daemon=True)
    reader.start()
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for_page(f"{url}/healthz", process)
        said = wait_for_words(lines, r"sign in as (\S+) with the one-time password (\S+)")
        yield Console(url, home, said[1], said[2], lines)
    finally:
        process.terminate()
        process.wait(30)
        reader.join(5)
        process.stdout.close()


def wait_for_words(lines: list[str], pattern: str) -> re.Match[str]:
    for _ in range(100):
        if found := re.search(pattern, "".join(lines)):
            return found
        time.sleep(0.1)
    pytest.fail(f"it never said {pattern!r}:\n{''.join(lines)}")


def wait_for_page(url: str, process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None, f"the server of {url} ended by itself"
        try:
            urllib.request.urlopen(url, timeout=20).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"{url} does not answer")
