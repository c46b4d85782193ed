"""What the guard costs a shop: per request, per event, in memory, and behind a real server.

CPU time of one thread for what happens on the request path: finding the client, 100,000 decisions,
the inspector. Then the Flask example behind gunicorn (two workers), with and without the guard,
under `wrk` on loopback for a few seconds: there server, load and guard share the same cores.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple

import psutil
from tests.bench.row import Row
from tests.conftest import ROOT
from tests.guard.servers import command, free_port
from tests.guard.shangdun_server import KEY, SOURCE, TOKEN, shangdun

from shangdun_guard.config import read_config
from shangdun_guard.guard import Guard
from shangdun_guard.request import Request

SECONDS = 2
ROUNDS = 3
FORM = "application/x-www-form-urlencoded"
BROWSER = (
    ("host", "shop.example"),
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141 Safari/537.36"),
    ("accept", "text/html,application/xhtml+xml,*/*;q=0.8"),
    ("accept-language", "zh-CN,zh;q=0.9,en;q=0.8"),
    ("accept-encoding", "gzip, deflate, br"),
    ("referer", "https://shop.example/catalogue/tea_12/"),
    ("cookie", "sessionid=4zj0v5kq0vwz7w2gq9w1; device=0c7d4b1a9e; csrftoken=Xq8mZr4tPw"),
    ("x-forwarded-for", "8.8.8.8, 203.0.113.7"),
)


class Load(NamedTuple):
    """What ``wrk`` saw."""

    requests_a_second: float
    p50_ms: float
    p99_ms: float
    failed: int
    requests: int


class Serving(NamedTuple):
    """A server that runs."""

    port: int
    pid: int


def measure() -> list[Row]:
    """Rows for docs/benchmarks.md."""
    return [*_memory(), *_request_path(), *_telling(), *_arrival(), *_behind_a_server()]


def made_up(count: int) -> list[dict[str, Any]]:
    rng = random.Random(7)
    made = []
    for number in range(count):
        value, kind = str(ip_address(rng.getrandbits(32))), "address"
        if number % 10 == 0:
            value, kind = f"{ip_address(rng.getrandbits(24) << 8)}/24", "range"
        made.append(
            {
                "uid": f"{rng.getrandbits(128):032x}", "measure": "block", "kind": kind,
                "value": value, "scope": "", "until": time.time() + 3600, "rate": 0,
                "reason": "SQL injection", "appeal": "K7QM3-XWF2A",
            }
        )  # fmt: skip
    return made


def _memory() -> list[Row]:
    code = (
        "import sys; sys.path[:0]=[{root!r},{guard!r}]\n"
        "from tests.bench.bench_guard import made_up, _resident\n"
        "from shangdun_guard.decisions import Decisions\n"
        "import json\n"
        "data=json.dumps(made_up(100_000)); before=_resident(); held=Decisions()\n"
        "held.change(json.loads(data),[],full=True); print(_resident()-before)"
    ).format(root=str(ROOT), guard=str(ROOT / "src" / "guard"))
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    value = int(told.stdout) / 1e6
    return [Row("100,000 decisions in memory", value, "MB", 100, at_least=False, note="a process")]


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _cpu(work: Callable[[], object], count: int) -> tuple[float, float, float]:
    """Mean, p50 and p99 of CPU microseconds."""
    work()
    took = []
    for _ in range(count):
        began = time.thread_time_ns()
        work()
        took.append((time.thread_time_ns() - began) / 1000)
    took.sort()
    return sum(took) / count, took[count // 2], took[int(count * 0.99)]


def _pass(guard: Guard, request: Request, body: bytes = b"") -> Callable[[], object]:
    def ask() -> object:
        incoming = guard.meet(
            request, peer="10.0.0.1", path=request.target.partition("?")[0], scheme="https"
        )
        ruling = guard.rule(incoming)
        wanted = guard.wants_body(incoming, ruling)
        return guard.settle(incoming, ruling, body[:wanted], len(body))

    return ask


def _request_path() -> list[Row]:
    get = Request("GET", "/catalogue/?q=%E7%BB%BF%E8%8C%B6&page=2&sort=price", BROWSER)
    form = "&".join(f"field{n}=value+of+field+{n}" for n in range(150)).encode()[:4096]
    about = (("content-type", FORM), ("content-length", str(len(form))))
    post = Request("POST", "/checkout/address/", (*BROWSER, *about))
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        base = {"folder": folder, "trusted_proxies": ["10.0.0.0/8"]}
        bare = Guard(read_config({**base, "inspect": False}, {}))
        whole = Guard(read_config(base, {}))
        for guard in (bare, whole):
            guard.decisions.change(made_up(100_000), [], full=True)
        mean, _, p99 = _cpu(_pass(bare, get), 20_000)
        rows += [
            Row("decisions only, mean", mean, "µs", 50, at_least=False, note="100,000 in force"),
            Row("decisions only, p99", p99, "µs", note="100,000 in force"),
        ]
        mean, _, p99 = _cpu(_pass(whole, get), 10_000)
        rows += [
            Row("with the inspector, GET, mean", mean, "µs", note="the same request again"),
            Row("with the inspector, GET, p99", p99, "µs", 1000, at_least=False),
        ]
        _, p50, p99 = _cpu(_pass(whole, post, form), 3_000)
        rows += [
            Row("with the inspector, 4 KB form, p50", p50, "µs"),
            Row("with the inspector, 4 KB form, p99", p99, "µs", 1000, at_least=False),
        ]
    return rows


def _more_than(guard: Guard, count: int) -> bool:
    return len(guard.decisions) > count


def _until(true: Callable[[], object], seconds: float = 120.0) -> None:
    """Waits; raises ``TimeoutError`` rather than hang."""
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            raise TimeoutError("the machine is too busy to measure anything")
        time.sleep(0.005)


def _telling() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        config = {"url": "http://127.0.0.1:9", "source": SOURCE, "token": TOKEN, "folder": folder}
        guard = Guard(read_config({**config, "poll_seconds": 60}, {}))
        order = {"uid": "10017", "total": 129.0, "currency": "CNY"}
        mean, _, p99 = _cpu(lambda: guard.event("order.created", order=order), 5_000)
        guard.close()
    return [
        Row("a business event on disk, mean", mean, "µs", note="survives kill -9 when it returns"),
        Row("a business event on disk, p99", p99, "µs", 1000, at_least=False),
    ]


def _arrival() -> list[Row]:
    """From a decision to a request that meets it, and a start without ShangDun."""
    with tempfile.TemporaryDirectory() as folder, shangdun() as (url, state):
        for row in made_up(100_000):
            state.changes.append((row["uid"], row))
        settings = {"url": url, "key": KEY, "folder": folder, "inspect": False}
        guard = Guard(read_config(settings, {}))
        guard.start()
        _until(lambda: len(guard.decisions) >= 100_000 and state.unchanged)
        took = []
        for number in range(10):
            state.decide(f"new{number}", "block", "address", f"198.51.100.{number}")
            began = time.monotonic()
            _until(partial(_more_than, guard, 100_000 + number))
            took.append(time.monotonic() - began)
        guard.close()
        began = time.process_time()
        again = Guard(read_config(settings, {}))
        loaded = time.process_time() - began
        again.close()
    note = "100,000 in force, polled every 0.5 s"
    return [
        Row("a decision is in force after, worst of ten", max(took), "s", 1, False, note),
        Row("100,000 last known decisions read at a start", loaded, "s CPU"),
    ]


def load_on(
    port: int,
    target: str = "/?q=tea",
    *,
    seconds: int = SECONDS,
    connections: int = 16,
    script: Path | None = None,
) -> Load:
    """One server on loopback under ``wrk`` for a bounded time, from two threads.

    A script of wrk's says what is asked; without one it is the target.
    """
    asked = ["-s", str(script)] if script else ["-H", "Accept: text/html"]
    done = subprocess.run(
        ["wrk", "-t2", f"-c{connections}", f"-d{min(seconds, 30)}s", "--latency", *asked,
         f"http://127.0.0.1:{port}{target}"],
        capture_output=True, text=True, check=True, timeout=90,
    )  # fmt: skip
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    total = re.search(r"(\d+) requests in", done.stdout)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    return Load(
        float(rate[1]) if rate else 0.0,
        _milliseconds(done.stdout, "50%"),
        _milliseconds(done.stdout, "99%"),
        int(failed[1]) if failed else 0,
        int(total[1]) if total else 0,
    )


def _milliseconds(text: str, share: str) -> float:
    found = re.search(rf"{share}\s+([\d.]+)(us|ms|s)", text)
    return float(found[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[found[2]] if found else 0.0


PLAIN = """
from flask import Flask, request
app = Flask(__name__)
@app.get("/")
def home():
    return f"<h1>Tea</h1><p>Nothing found for {request.args.get('q', 'nothing')!r}</p>"
"""
GUARDED = """
from shangdun_guard.guard import Guard
from shangdun_guard.wsgi import GuardMiddleware
app.wsgi_app = GuardMiddleware(app.wsgi_app, Guard())
"""


@contextlib.contextmanager
def serving(application: str, environ: dict[str, str]) -> Iterator[Serving]:
    """A WSGI application's text behind gunicorn."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "app.py").write_text(application)
        whole = {**os.environ, "PYTHONPATH": str(ROOT / "src" / "guard"), **environ}
        server = subprocess.Popen(command("gunicorn", "app:app", port), cwd=folder, env=whole)
        try:
            _await(port)
            yield Serving(port, server.pid)
        finally:
            server.terminate()
            server.wait(20)


def _await(port: int) -> None:

    until = time.monotonic() + 60
    while time.monotonic() < until:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
        finally:
            connection.close()


def _cpu_of(pid: int) -> float:
    """CPU seconds of a server and its workers so far."""
    server = psutil.Process(pid)
    times = [one.cpu_times() for one in (server, *server.children(recursive=True))]
    return sum(one.user + one.system for one in times)


def _rounds(servers: dict[str, Serving]) -> dict[str, tuple[Load, float]]:
    """The median load of each, in turns so that other work meets all, and CPU µs a request."""
    seen: dict[str, list[Load]] = {name: [] for name in servers}
    cpu: dict[str, list[float]] = {name: [] for name in servers}
    for _ in range(ROUNDS):
        for name, server in servers.items():
            before = _cpu_of(server.pid)
            load = load_on(server.port)
            seen[name].append(load)
            took = _cpu_of(server.pid) - before
            cpu[name].append(1e6 * took / max(1.0, load.requests_a_second * SECONDS))
    return {
        name: (sorted(loads)[ROUNDS // 2], sorted(cpu[name])[ROUNDS // 2])
        for name, loads in seen.items()
    }


def _behind_a_server() -> list[Row]:
    if not shutil.which("wrk"):
        return []
    with tempfile.TemporaryDirectory() as folder, shangdun() as (url, state):
        for row in made_up(100_000):
            state.changes.append((row["uid"], row))
        guard = {"URL": url, "KEY": KEY, "FOLDER": folder}
        environ = {f"SHANGDUN_GUARD_{name}": value for name, value in guard.items()}
        with serving(PLAIN, {}) as plain, serving(PLAIN + GUARDED, environ) as guarded:
            load_on(guarded.port, seconds=1)
            _until(lambda: state.unchanged >= 8)  # both workers have all decisions
            found = _rounds({"without": plain, "with": guarded})
    (without, cpu_without), (with_it, cpu_with) = found["without"], found["with"]
    note = "Flask, gunicorn, two workers, 16 connections; wrk on the same cores"
    rows = []
    for name, load in (("without", without), ("with", with_it)):
        rows += [
            Row(f"requests/s {name} the guard", load.requests_a_second, "/s", note=note),
            Row(f"p50 {name} the guard", load.p50_ms, "ms"),
            Row(f"p99 {name} the guard", load.p99_ms, "ms"),
        ]
    cost = cpu_with - cpu_without
    return [
        *rows,
        Row("the guard's CPU time a request, all in", cost, "µs", 200, False, "100,000 in force"),
        Row("answers that were no success", with_it.failed + without.failed, "", note="of all"),
    ]


if __name__ == "__main__":
    for one in measure():
        print(one)
