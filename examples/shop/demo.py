"""The living demonstration: a real shop, people in it, attackers among them. All on loopback.

    python demo.py --home DIR --port N [--seed N] [--speed X]

Writes DIR/demo/access.log (format `combined`), DIR/demo/shop-events.jsonl (format `shop`) and
DIR/demo/labels.jsonl (what was an attack, for whoever wants to compare). Some visitors use the
running shop; most of the volume is replayed, since the shop answers a few requests a second.
Replay begins at once, the shop joins when it is ready. Ends on SIGTERM and with its parent.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from crowd.actor import Actor
from crowd.driver import Driver
from crowd.scenario import mixed
from crowd.timeline import Timeline
from crowd.writer import Logs
from lifeline import die_with_parent

HERE = Path(__file__).resolve().parent
_TICK = 0.2
_LOG_BYTES = 64_000_000
_WARM = 180.0  # seconds after which as many leave as come
_STALL = 5.0  # seconds asleep (a laptop's lid) after which the past is not caught up


class Shop:
    """The shop's process."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        command = [sys.executable, str(HERE / "serve.py"), "--port", str(port)]
        command += ["--home", str(folder / "shop"), "--logs", str(folder)]
        self._process = subprocess.Popen(command, cwd=HERE)
        self._ready = threading.Event()
        threading.Thread(target=self._await_ready, daemon=True).start()

    @property
    def open(self) -> bool:
        return self._ready.is_set() and self._process.poll() is None

    def _await_ready(self) -> None:
        while self._process.poll() is None:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
                connection.request("HEAD", "/static/oscar/favicon.ico")
                connection.getresponse()
            except OSError:
                time.sleep(0.3)
            else:
                print(f"shop ready: http://127.0.0.1:{self.port}/", flush=True)
                self._ready.set()
                return
        print("shop stopped; its replayed log goes on", file=sys.stderr, flush=True)

    def close(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()


def play(folder: Path, shop: Shop, stop: threading.Event, *, seed: int, speed: float) -> None:
    """Keep the logs growing until `stop`; a machine that slept starts afresh."""
    logs = Logs(folder)
    driver = Driver(shop.port, logs, pace=speed)

    def divert(actor: Actor) -> bool:
        return shop.open and driver.take(actor)

    for attempt in itertools.count():
        last = time.time()
        arrivals = mixed(seed + attempt, last, 1.5 * speed, speed, _WARM / speed)
        timeline = Timeline(arrivals, logs, divert=divert, pace=speed, begin=last)
        while not stop.wait(_TICK) and 0 <= time.time() - last < _STALL:
            last = time.time()
            timeline.run(last)
            logs.flush(rotate_bytes=_LOG_BYTES)
        timeline.finish()
        if stop.is_set():
            break
    driver.stop()
    logs.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--speed", type=float, default=1.0, help="2: everything twice as fast")
    args = parser.parse_args()
    if args.speed <= 0:
        parser.error("--speed must be above 0")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    die_with_parent()
    folder = args.home.resolve() / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    shop = Shop(folder, args.port)
    try:
        play(folder, shop, stop, seed=args.seed, speed=args.speed)
    finally:
        shop.close()


if __name__ == "__main__":
    main()
