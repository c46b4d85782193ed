"""The demo shop behind a real edge and a real ShangDun, with visitors from anywhere in the world.

The way of a request: a CDN (a plain nginx with one port for each visitor, who is named in
``X-Forwarded-For``), the rendered edge (nginx, ModSecurity, Core Rule Set, decisions), the demo
shop with the guard in it. ``shangdun up`` reads the logs, decides and enforces. All on loopback.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from tests.e2e.conftest import wait_for_page
from tests.examples.shop_process import RunningShop, free_port, running_shop
from tests.protect.edge.edge_nginx import HOST, NGINX, write_edge

from shangdun.lake.health import read_health
from shangdun.protect.edge.settings import EdgeConfig

SHOPPER = "198.51.100.20"
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari"
CDN = """
daemon off;
pid {folder}/cdn.pid;
error_log {folder}/cdn.error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/cdn-body;
    proxy_temp_path {folder}/cdn-proxy;
    fastcgi_temp_path {folder}/cdn-fastcgi;
    uwsgi_temp_path {folder}/cdn-uwsgi;
    scgi_temp_path {folder}/cdn-scgi;
    proxy_request_buffering off;
    proxy_http_version 1.1;
    upstream edge {{ server 127.0.0.1:{edge}; keepalive 16; }}
{visitors}
}}
"""
VISITOR = """    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://edge;
            proxy_set_header Host shop.example;
            proxy_set_header Connection "";
            proxy_set_header X-Forwarded-For {address};
        }}
    }}"""
SETTINGS = """
[web]
bind = "127.0.0.1:{console}"
mfa = "offered"

[protect]
mode = "act"

[protect.customers]
unknown = "act"  # a shop that opened a minute ago has no customers to be careful of

[[protect.enforcers]]
kind = "nginx"
folder = "{decisions}"
pid = "{edge}/nginx.pid"
test = ["{nginx}", "-c", "{edge}/nginx.conf", "-t"]

[[sources]]
name = "edge-access"
format = "combined"
path = "{edge}/log/shop-access.log"

[[sources]]
name = "edge-modsecurity"
format = "modsecurity"
path = "{edge}/log/modsecurity.json"

[[sources]]
name = "shop-events"
format = "shop"
path = "{shop}/shop-events.jsonl"

[[sources]]
name = "shop-guard"
format = "ocsf"
http = true
token = "{token}"
"""
TOKEN = "sdt_only-for-a-test-on-loopback"
ADD_GUARD = """
from shangdun.records import boot
boot.migrate(boot.start())
from shangdun.actions.change_enforcer import do_add_enforcer
from shangdun.records.actor import SETUP
from shangdun.records.models import EnforcerKind
print(do_add_enforcer(SETUP, name="shop", kind=EnforcerKind.GUARD)[1])
"""
FOUND = """
select f.recorded, f.title from records_finding f
join records_findingentity e on e.finding_id = f.id
where e.kind = 'address' and e.value = ? and f.severity >= 3 order by f.recorded limit 1
"""
DECIDED = """
select measure, since, state from records_decision
where kind = 'address' and value = ? order by since
"""


@dataclass
class Shopper(threading.Thread):
    """An honest customer who looks at the shop once a second, all the while."""

    port: int
    answers: list[tuple[int, float]] = field(default_factory=list)
    """Status and seconds of each."""

    def __post_init__(self) -> None:
        super().__init__(name="shopper", daemon=True)
        self._stop_event = threading.Event()

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        pages = ("/catalogue/", "/accounts/login/", "/static/oscar/favicon.ico")
        while not self._stop_event.wait(1.0):
            began = time.monotonic()
            status = ask(self.port, pages[len(self.answers) % len(pages)])
            self.answers.append((status, time.monotonic() - began))

    def leave(self) -> None:
        self._stop_event.set()
        self.join(30)


@dataclass(frozen=True)
class Range:
    """Where to attack, and where to look afterwards."""

    home: Path
    console: int
    decisions: Path
    doors: dict[str, int]
    """The CDN's port for each visitor's address."""
    shopper: Shopper

    def url(self, address: str) -> str:
        return f"http://127.0.0.1:{self.doors[address]}"

    def detected(self, address: str) -> tuple[float, str] | None:
        """When the first finding about an address was recorded (epoch), and its title."""
        rows = self._records(FOUND, address)
        return (_epoch(rows[0][0]), rows[0][1]) if rows else None

    def measures(self, address: str) -> list[str]:
        """What was decided about an address, in turn."""
        return [measure for measure, _since, _state in self._records(DECIDED, address)]

    def in_force(self, address: str) -> bool:
        """Whether the edge has files that name the address."""
        needle = f"{address}/32 ".encode()
        return any(
            re.search(
                rb"(?m)^" + re.escape(needle), (self.decisions / "current" / name).read_bytes()
            )
            for name in ("throttle.geo", "challenge.geo", "block.geo")
        )

    def refused(self, address: str) -> bool:
        """Whether an innocent request of that address is turned away."""
        return ask(self.doors[address], "/static/oscar/favicon.ico") in (403, 429)

    def _records(self, query: str, address: str) -> list[tuple[str, ...]]:
        with closing(sqlite3.connect(self.home / "records.sqlite3", timeout=20)) as records:
            return records.execute(query, (address,)).fetchall()


def _epoch(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def ask(port: int, path: str, timeout: float = 30) -> int:
    """The status of one request as a browser sends it; 0 where there was no answer."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        link.request("GET", path, headers={
            "User-Agent": AGENT, "Accept": "text/html,*/*;q=0.8", "Accept-Language": "zh-CN,zh",
            "Cookie": "device=0c7d4b1a9e; csrftoken=Xq8mZr4tPw0cXq8mZr4tPw0cXq8mZr4t",
        })  # fmt: skip
        answer = link.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return 0
    else:
        return answer.status
    finally:
        link.close()


@contextmanager
def attack_range(folder: Path, attackers: Sequence[str]) -> Iterator[Range]:
    """Everything up and answering, until the block ends."""
    home, edge, shop = folder / "home", folder / "edge", folder / "shop"
    for each in (home, edge, shop):
        each.mkdir(parents=True)
    console, listen = free_port(), free_port()
    decisions = edge / "shangdun" / "decisions"
    (home / "shangdun.toml").write_text(SETTINGS.format(
        console=console, decisions=decisions, edge=edge, shop=shop, nginx=NGINX, token=TOKEN
    ))  # fmt: skip
    key = _run(home, "-c", ADD_GUARD).strip()
    told = {"url": f"http://127.0.0.1:{console}", "key": key, "source": "shop-guard"}
    (shop / "guard.json").write_text(json.dumps({**told, "token": TOKEN}))
    with ExitStack() as stack:
        running = stack.enter_context(running_shop(shop))
        stack.enter_context(_edge(home, edge, listen, running, decisions))
        doors = stack.enter_context(_cdn(edge, listen, [SHOPPER, *attackers]))
        stack.enter_context(_shangdun(home, console))
        shopper = Shopper(doors[SHOPPER])
        shopper.start()
        stack.callback(shopper.leave)
        yield Range(home, console, decisions, doors, shopper)


@contextmanager
def _edge(
    home: Path, folder: Path, port: int, shop: RunningShop, decisions: Path
) -> Iterator[None]:
    _run(home, "-m", "shangdun.cli", "enforce", "--prepare")
    config = write_edge(
        folder,
        EdgeConfig(
            hosts=[HOST, "shop.example"],
            upstream=[f"127.0.0.1:{shop.port}"],
            listen=f"127.0.0.1:{port}",
            redirect_from="",
            tls="off",
            trusted_proxies=["127.0.0.1/32"],
            inspect="block",
            decisions_folder=str(decisions),
            log_folder=str(folder / "log"),
        ),
    )
    with _process([NGINX, "-c", str(config), "-g", "daemon off;"]):
        yield


@contextmanager
def _cdn(folder: Path, edge: int, addresses: Sequence[str]) -> Iterator[dict[str, int]]:
    doors = {address: free_port() for address in addresses}
    visitors = "\n".join(VISITOR.format(port=doors[one], address=one) for one in addresses)
    config = folder / "cdn.conf"
    config.write_text(CDN.format(folder=folder, edge=edge, visitors=visitors))
    with _process([NGINX, "-c", str(config)]):
        _wait_until(lambda: ask(doors[addresses[0]], "/static/oscar/favicon.ico") == 200, "the CDN")
        yield doors


@contextmanager
def _shangdun(home: Path, console: int) -> Iterator[None]:
    log = home / "up.log"
    with (
        log.open("wb") as said,
        _process(
            [sys.executable, "-m", "shangdun.cli", "up"],
            env=_environ(home),
            stdout=said,
            stderr=said,
        ) as process,
    ):
        wait_for_page(f"http://127.0.0.1:{console}/healthz", process)
        _wait_until(partial(_watches, home), "the watch")
        yield


def _watches(home: Path) -> bool:
    health = read_health(home)
    return health is not None and health.state == "running"


@contextmanager
def _process(command: list[str], **options: object) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, **options)  # type: ignore[call-overload]  # passed on
    try:
        yield process
    finally:
        process.terminate()
        process.wait(40)


def _environ(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SHANGDUN_")}
    return {**kept, "SHANGDUN_HOME": str(home)}


def _run(home: Path, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, *arguments], env=_environ(home), check=True,
        capture_output=True, text=True, timeout=120,
    ).stdout  # fmt: skip


def _wait_until(holds: Callable[[], bool], what: str, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"waited too long for {what}"
        time.sleep(0.1)
