"""What protection costs a request: the guard beside nginx with ModSecurity and the Core Rule Set.

One tiny WSGI shop behind gunicorn (two workers), asked by `wrk` on loopback over 4 connections:
alone, behind a plain nginx, behind the rendered edge in `block`, with the guard's middleware and
100 decisions, and with the guard without inspection. All in one run, in turn, twice; no request
repeats another: a page with a query, a form of 15 fields, an order of 26 items. CPU time is of all
server processes together, so that other work on the machine does not count; requests/s and latency
are of a machine on which load and servers share the cores. nginx has one worker.
"""

from __future__ import annotations

import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psutil
from tests.bench.bench_guard import Load, load_on, made_up, serving
from tests.bench.row import Row
from tests.guard.servers import free_port
from tests.guard.shangdun_server import KEY, shangdun
from tests.protect.edge.edge_nginx import HOST, MODULE, NGINX, write_edge

from shangdun.protect.edge.settings import EdgeConfig

SECONDS = 6
ROUNDS = 2
DECISIONS = 100
CONNECTIONS = 4
"""Few: what is on its way when the time is up was worked on and is not counted."""
LEAST = 100
"""Answers below which a cost of each is no figure to compare with."""
BROWSER = {
    "Host": HOST,
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8",
    "Accept-Encoding": "gzip, deflate, br",
    "Referer": f"http://{HOST}/catalogue/tea_12/?page=2&sort=price",
    "Cookie": "sessionid=4zj0v5kq0vwz7w2gq9w1; device=0c7d4b1a9e; csrftoken=Xq8mZr4tPw; "
    "_ga=GA1.2.1290381.1763850000; cart=12%2C17%2C40",
}
FORM = "application/x-www-form-urlencoded"
APP = """
def app(environ, start_response):
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", "2")])
    return [b"ok"]
"""
GUARDED = """
import os
from shangdun_guard.config import read_config
from shangdun_guard.guard import Guard
from shangdun_guard.wsgi import GuardMiddleware
app = GuardMiddleware(app, Guard(read_config({settings!r}, os.environ)))
"""
PLAIN = """
pid {folder}/plain.pid;
error_log {folder}/plain.error.log;
worker_processes 1;
events {{ worker_connections 512; }}
http {{
    access_log {folder}/plain.access.log combined;
    client_body_temp_path {folder}/plain-body;
    proxy_temp_path {folder}/plain-proxy;
    fastcgi_temp_path {folder}/plain-fastcgi;
    uwsgi_temp_path {folder}/plain-uwsgi;
    scgi_temp_path {folder}/plain-scgi;
    upstream shop {{ server 127.0.0.1:{shop}; keepalive 32; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://shop;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
        }}
    }}
}}
"""
SCRIPT = """
local number = 0
local headers = {{ {headers} }}
function request()
    number = number + 1
    return wrk.format("{method}", "{path}" .. number, headers, {body})
end
"""


class Cost(NamedTuple):
    """Of one way under one kind of request, over all rounds."""

    cpu_ms: float
    """Of all servers, for each request."""
    requests_a_second: float
    p50_ms: float
    p99_ms: float
    requests: int


def measure() -> list[Row]:
    """Rows for docs/benchmarks.md."""
    if not MODULE.exists():
        return []
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        ways = _ways(folder, stack)
        kinds = _scripts(folder)
        for port in ways.values():
            load_on(port, seconds=2, script=kinds["GET"])
        taken: dict[tuple[str, str], list[tuple[float, Load]]] = {}
        for _ in range(ROUNDS):
            for kind, script in kinds.items():
                for way, port in ways.items():
                    taken.setdefault((kind, way), []).append(_loaded(port, script))
    costs = {key: _cost(found) for key, found in taken.items()}
    failed = sum(load.failed for found in taken.values() for _, load in found)
    asked = sum(load.requests for found in taken.values() for _, load in found)
    result = [row for kind in kinds for row in _rows(kind, lambda way, k=kind: costs[k, way])]
    return [*result, Row("requests turned away", failed, "", 0, False, f"of {asked:,}, all honest")]


def _loaded(port: int, script: Path) -> tuple[float, Load]:
    """CPU seconds of all servers, and what ``wrk`` saw."""
    before = _spent()
    load = load_on(port, seconds=SECONDS, connections=CONNECTIONS, script=script)
    return _spent() - before, load


def _spent() -> float:
    return sum(
        times.user + times.system
        for child in psutil.Process().children(recursive=True)
        for times in [child.cpu_times()]
    )


def _cost(found: list[tuple[float, Load]]) -> Cost:
    loads = [load for _, load in found]
    return Cost(
        1000 * sum(cpu for cpu, _ in found) / max(1, sum(load.requests for load in loads)),
        statistics.mean(load.requests_a_second for load in loads),
        statistics.mean(load.p50_ms for load in loads),
        statistics.mean(load.p99_ms for load in loads),
        sum(load.requests for load in loads),
    )


def _rows(kind: str, of: Callable[[str], Cost]) -> Iterator[Row]:
    for way in WAYS:
        cost = of(way)
        said = f"p50 {cost.p50_ms:.2f} ms, p99 {cost.p99_ms:.2f} ms, {cost.cpu_ms:.3f} ms CPU "
        said += f"for each of {cost.requests:,}"
        yield Row(f"{kind}: {way}", cost.requests_a_second, "requests/s", note=said)
    modsecurity = of(MODSECURITY).cpu_ms - of(NGINX_ALONE).cpu_ms
    guard = of(GUARD).cpu_ms - of(SHOP).cpu_ms
    bare = of(BARE).cpu_ms - of(SHOP).cpu_ms
    yield Row(f"{kind}: decisions add", bare, "ms CPU")
    yield Row(f"{kind}: ModSecurity adds", modsecurity, "ms CPU")
    enough = of(MODSECURITY).requests >= LEAST
    note = (
        "bar: what ModSecurity adds in the same run" if enough else "ModSecurity answered too few"
    )
    bar = modsecurity if enough else None
    yield Row(f"{kind}: the guard adds", guard, "ms CPU", bar, at_least=False, note=note)


SHOP = "the shop alone"
NGINX_ALONE = "plain nginx, shop"
MODSECURITY = "nginx, ModSecurity, CRS, shop"
GUARD = "shop with the guard"
BARE = "shop with the guard, not inspecting"
WAYS = (SHOP, NGINX_ALONE, MODSECURITY, BARE, GUARD)


def _ways(folder: Path, stack: ExitStack) -> Mapping[str, int]:
    """All servers at once, so that each round finds them warm; the port of each."""
    url, state = stack.enter_context(shangdun())
    for row in made_up(DECISIONS):
        state.changes.append((row["uid"], row))

    def guarded(name: str, **settings: Any) -> int:
        told = {"folder": str(folder / name), "url": url, "key": KEY, **settings}
        return stack.enter_context(serving(APP + GUARDED.format(settings=told), {})).port

    shop = stack.enter_context(serving(APP, {})).port
    return {
        SHOP: shop,
        NGINX_ALONE: stack.enter_context(_plain(folder, shop)),
        MODSECURITY: stack.enter_context(_edge(folder / "edge", shop)),
        BARE: guarded("bare", inspect=False),
        GUARD: guarded("whole", routes={"/": "block"}),
    }


@contextmanager
def _plain(folder: Path, shop: int) -> Iterator[int]:
    port, config = free_port(), folder / "plain.conf"
    config.write_text(PLAIN.format(folder=folder, shop=shop, port=port))
    with _nginx(config, port):
        yield port


@contextmanager
def _edge(folder: Path, shop: int) -> Iterator[int]:
    """Its limits lifted: all load comes from one address here."""
    port = free_port()
    edge = EdgeConfig(
        hosts=[HOST],
        upstream=[f"127.0.0.1:{shop}"],
        listen=f"127.0.0.1:{port}",
        redirect_from="",
        tls="off",
        inspect="block",
        decisions=False,
        per_minute=1_000_000,
        burst=100_000,
        connections=60_000,
        classes=[],
        log_folder=str(folder / "log"),
    )
    folder.mkdir()
    with _nginx(write_edge(folder, edge), port):
        yield port


@contextmanager
def _nginx(config: Path, port: int) -> Iterator[None]:
    process = subprocess.Popen(
        [NGINX, "-c", str(config), "-g", "daemon off;"], stderr=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + 30
        while not _listens(port):
            if time.monotonic() > until:
                raise AssertionError("nginx did not come up")
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _listens(port: int) -> bool:
    with socket.socket() as link:
        return link.connect_ex(("127.0.0.1", port)) == 0


def _scripts(folder: Path) -> dict[str, Path]:
    """Files for ``wrk`` by kind of request."""
    fields = "".join(
        f"&field{n}=the+value+of+field+number+{n}+as+somebody+wrote+it+into+a+form"
        for n in range(14)
    )
    about = "grown at eight hundred metres, picked before the rains, dried over a slow fire"
    items = ",".join(
        f'{{"sku":"tea-{n}","name":"West Lake tea {n}","price":{n}.5,"about":"{about}"}}'
        for n in range(26)
    )
    form = f'"email=ann" .. number .. "@example.com{fields}"'
    json = f'[[{{"order":]] .. number .. [[,"items":[{items}]}}]]'
    made = {
        "GET": ("GET", "/catalogue/?q=%E7%BB%BF%E8%8C%B6&sort=price&page=", "nil", ""),
        "1 KB form": ("POST", "/checkout/address/?step=", form, FORM),
        "4 KB JSON": ("POST", "/api/orders?number=", json, "application/json"),
    }
    found = {}
    for number, (kind, (method, path, body, content_type)) in enumerate(made.items()):
        headers = {**BROWSER, **({"Content-Type": content_type} if content_type else {})}
        text = SCRIPT.format(
            method=method,
            path=path,
            body=body,
            headers=", ".join(f'["{name}"] = [[{value}]]' for name, value in headers.items()),
        )
        found[kind] = folder / f"{number}.lua"
        found[kind].write_text(text)
    return found


if __name__ == "__main__":
    for one in measure():
        print(one)
