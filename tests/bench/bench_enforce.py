"""From a decision to where it takes effect, with 100,000 in force, all enforcers at work at once.

`shangdun enforce` and `shangdun web` run as processes; nftables in a network of its own, nginx for
real. A clock starts when the decision is committed and stops when the kernel drops a packet, when
nginx answers 403, when the stream for bouncers and the feed for guards have told of it.
"""

from __future__ import annotations

import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.bench.row import Row
from tests.protect.enforcers.namespace import Namespace, namespace, until
from tests.protect.enforcers.web import Server, server
from tests.runtime.enforcing import Home

from shangdun_guard.client import Link

DECISIONS = 100_000
ROUNDS = 12
PORT = 18_643
GUARD_ASKS = 0.5
BAR = 1.0
LOOK = 0.02
# Where nobody listens the kernel says so at once; silence is a drop. Asking nft for an element
# would read the whole set, and measure that.
KNOCK = """
import socket, sys, time
for line in sys.stdin:
    while True:
        began = time.monotonic()
        with socket.socket() as knock:
            knock.settimeout(0.1)
            knock.bind((line.strip(), 0))
            try:
                knock.connect(("127.0.0.1", 80))
            except ConnectionRefusedError:
                time.sleep(0.01)
                continue
            except TimeoutError:
                break
    print(began, flush=True)
"""


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        try:
            with namespace(Path(folder)) as net, server(Path(folder) / "web") as nginx:
                return Scene(Path(folder), net, nginx).measure()
        except pytest.skip.Exception as reason:
            return [Row("enforcers", 0.0, "", note=f"not measured: {reason}")]


class Scene:
    """One home directory with everything that follows its decisions."""

    def __init__(self, folder: Path, net: Namespace, nginx: Server) -> None:
        self.net, self.nginx = net, nginx
        self.home = Home(
            folder / "home",
            f"""
            [web]
            bind = "127.0.0.1:{PORT}"
            workers = 1
            [[protect.enforcers]]
            kind = "nftables"
            command = "{net.nft}"
            [[protect.enforcers]]
            kind = "nginx"
            folder = "{nginx.folder}/shangdun"
            test = {json.dumps(nginx.settings().test)}
            pid = "{nginx.folder}/nginx.pid"
            variables = {{ session = "$cookie_session", account = "$http_x_account" }}
            """,
        )
        self.keys = {
            kind: self.home.do(f"do_add_enforcer(SETUP, name='{kind}', kind='{kind}')[1]")
            for kind in ("bouncer", "guard")
        }

    def measure(self) -> list[Row]:
        self.nginx.start()
        self.knocker = self.net.start(
            sys.executable, "-c", KNOCK, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.home.do(
            f"decide('address', *['198.%d.%d.%d' % (n >> 16, n >> 8 & 255, n & 255)"
            f" for n in range({DECISIONS})])"
        )
        began = time.monotonic()
        processes = [
            subprocess.Popen(self.home.command(name), env=self.home.environment)
            for name in ("enforce", "web")
        ]
        try:
            self.home.do("decide('address', '127.5.255.9')")
            rows = [
                Row("from start to 100,000 in nftables", self.dropped("127.5.255.9") - began, "s")
            ]
            until(self.answers, 60, 0.1)
            return rows + self.whole() + self.each()
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(30)
            self.knocker.communicate(timeout=10)
            self.home.close()

    def whole(self) -> list[Row]:
        """What beginning costs."""
        rows = []
        for kind, path in (("bouncer", "/v1/decisions/stream?startup=true"), ("guard", None)):
            began = time.monotonic()
            if path:
                self.stream(path)
            else:
                self.link().feed(0, self.keys["guard"])
            name = f"all 100,000 told to a {kind} that begins"
            rows.append(Row(name, time.monotonic() - began, "s"))
        return rows

    def each(self) -> list[Row]:
        """Decision by decision: every enforcer's time until it has it."""
        told = Told(self)
        took: dict[str, list[float]] = {"nftables": []}
        took |= {name: [] for name in self.waiters("", told)}
        told.start()
        try:
            until(lambda: len(told.feed) > DECISIONS, 120)
            for number in range(ROUNDS):
                address = f"127.5.{number}.9"
                self.home.do(f"decide('address', {address!r})")
                began = time.monotonic()
                threads = [
                    threading.Thread(target=_wait, args=(holds, began, took[name]))
                    for name, holds in self.waiters(address, told).items()
                ]
                for thread in threads:
                    thread.start()
                took["nftables"].append(self.dropped(address) - began)
                for thread in threads:
                    thread.join()
                time.sleep(0.13 * (number % 5))
        finally:
            told.stop()
        rows = []
        for name, times in took.items():
            note = f"of {ROUNDS} decisions, 100,000 in force"
            rows.append(Row(f"decision → {name}, median", statistics.median(times), "s", note=note))
            rows.append(
                Row(f"decision → {name}, slowest", max(times), "s", BAR, at_least=False, note=note)
            )
        return rows

    def waiters(self, address: str, told: Told) -> dict[str, Callable[[], bool]]:
        return {
            "nginx": lambda: self.nginx.ask(source=address)[0] == 403,
            "bouncer stream": lambda: address in told.stream,
            "guard feed": lambda: address in told.feed,
        }

    def dropped(self, source: str) -> float:
        """When the first packet from there was dropped (seconds of the monotonic clock)."""
        assert self.knocker.stdin
        assert self.knocker.stdout
        self.knocker.stdin.write(f"{source}\n")
        self.knocker.stdin.flush()
        return float(self.knocker.stdout.readline())

    def answers(self) -> bool:
        try:
            self.stream("/v1/decisions?ip=127.0.0.1")
        except OSError:
            return False
        return True

    def stream(self, path: str = "/v1/decisions/stream") -> dict:
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        connection.request("GET", path, headers={"X-Api-Key": self.keys["bouncer"]})
        body = connection.getresponse().read()
        connection.close()
        return json.loads(body)

    def link(self) -> Link:
        return Link(f"http://127.0.0.1:{PORT}", timeout=60, agent="bench/1")


class Told:
    """A bouncer and a guard that ask as often as they do, and what they were told so far.

    A guard asks twice a second; a bouncer's own interval (10 s, at the least 1 s) comes on top of
    what is measured, so this one asks ten times a second.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self.stream: set[str] = set()
        self.feed: set[str] = set()
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._bouncer),
            threading.Thread(target=self._guard),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _bouncer(self) -> None:
        while not self._over.wait(0.1):
            self.stream |= {one["value"] for one in self._scene.stream()["new"] or []}

    def _guard(self) -> None:
        link = self._scene.link()
        head = 0
        while not self._over.wait(0.0 if head == 0 else GUARD_ASKS):
            found = link.feed(head, self._scene.keys["guard"])
            if found is not None:
                head = found.head
                self.feed |= {one["value"] for one in found.added}
        link.close()


def _wait(holds: Callable[[], bool], began: float, times: list[float]) -> None:
    until(holds, 30, LOOK)
    times.append(time.monotonic() - began)
