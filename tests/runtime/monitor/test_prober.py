"""When probes are asked, what is said of them, what survives."""

from __future__ import annotations

import json
import random
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shangdun.kernel.clock import FixedClock, to_millis
from shangdun.kernel.errors import StoreError
from shangdun.lake.collect.spool import Spool
from shangdun.observe.probe import Check, Condition, Probe, ProbeKind
from shangdun.observe.settings import MonitorConfig
from shangdun.observe.state import ProbeStates, load, probes_path
from shangdun.runtime.monitor.beat import Beat, Notifier, beat_path
from shangdun.runtime.monitor.emit import Emitter
from shangdun.runtime.monitor.monitor import Monitor
from shangdun.runtime.monitor.prober import Prober

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


class Shop:
    """Answers probes as told, and remembers what was asked."""

    def __init__(self) -> None:
        self.good = True
        self.clock = FixedClock(NOW)
        self.events: list[dict] = []
        self.asked = 0

    def check(self, probe: Probe) -> Check:
        self.asked += 1
        if probe.name == "bug":
            raise RuntimeError("oops")
        at = to_millis(self.clock.now())
        return Check(at=at, ok=self.good, millis=5.0, detail="" if self.good else "refused",
                     days_left=12.5 if probe.kind is ProbeKind.TLS else None)  # fmt: skip

    def emit(self, *events: bytes) -> None:
        self.events += [json.loads(line) for line in events]


def probe(uid: int = 1, **fields) -> Probe:
    given = {
        "name": "shop",
        "kind": ProbeKind.HTTP,
        "target": "https://shop.example/",
        "retries": 1,
    }
    return Probe(uid=uid, **given | fields)


@pytest.fixture
def shop():
    return Shop()


@pytest.fixture
def prober(home: Path, shop: Shop):
    made = Prober(home, shop.check, shop.emit, shop.clock, random.Random(1))
    yield made
    made.close()


def rounds(prober: Prober, shop: Shop, count: int) -> None:
    """Ask every probe so many times, a minute apart."""
    for _ in range(count):
        shop.clock.move(timedelta(minutes=1))
        for turn in prober._turns.values():
            turn.due = 0.0
        want = len(shop.events) + 1
        deadline = time.monotonic() + 5
        while len(shop.events) < want:
            prober.turn()
            assert time.monotonic() < deadline
            time.sleep(0.005)


def test_an_outage_from_its_begin_to_its_end(prober, shop):
    prober.configure([probe()])
    rounds(prober, shop, 2)
    shop.good = False
    rounds(prober, shop, 3)
    shop.good = True
    rounds(prober, shop, 1)
    said = [(e["status_id"], e["probe.condition"], e.get("probe.change")) for e in shop.events]
    assert said == [
        (1, "up", None), (1, "up", None), (2, "failing", None), (2, "down", "raised"),
        (2, "down", None), (1, "up", "cleared"),
    ]  # fmt: skip
    assert {event["service"] for event in shop.events} == {"probe"}
    assert shop.events[3]["probe.host"] == "shop.example"


def test_days_of_a_certificate_are_told_once(prober, shop):
    prober.configure([probe(kind=ProbeKind.TLS, target="shop.example:443")])
    rounds(prober, shop, 3)
    levels = [event for event in shop.events if event["service"] == "level"]
    assert [(e["level.name"], e["level.value"]) for e in levels] == [("tls_days", 12.5)]


def test_a_check_with_a_bug_is_a_failure_and_stops_no_other(prober, shop, caplog):
    prober.configure([probe(1, name="bug"), probe(2)])
    deadline = time.monotonic() + 10
    for turn in prober._turns.values():
        turn.due = 0.0
    while len(shop.events) < 2 and time.monotonic() < deadline:
        prober.turn()
        time.sleep(0.01)
    assert {event["status_id"] for event in shop.events} == {1, 2}
    assert "failed by itself" in caplog.text


def test_what_is_known_survives_and_what_is_removed_is_forgotten(home, prober, shop):
    prober.configure([probe(1), probe(2)])
    for _ in range(2):
        rounds(prober, shop, 2)
    prober.close()
    kept = load(probes_path(home), ProbeStates)
    assert set(kept.probes) == {1, 2}
    assert kept.probes[1].condition is Condition.UP
    again = Prober(home, shop.check, shop.emit, shop.clock)
    again.configure([probe(2)])
    assert set(again.states.probes) == {2}
    again.close()


def test_no_two_probes_are_asked_in_one_moment_and_times_vary(prober):
    prober.configure([probe(uid) for uid in range(1, 41)])
    dues = {round(turn.due, 3) for turn in prober._turns.values()}
    assert len(dues) > 35


def test_events_wait_for_room(tmp_path: Path, monkeypatch):
    spool = Spool(tmp_path / "spool")
    emitter = Emitter(spool, "own")
    full = True
    append = spool.append

    def maybe(source, lines):
        if full:
            raise StoreError("no room")
        append(source, lines)

    monkeypatch.setattr(spool, "append", maybe)
    emitter.emit(b'{"n":1}')
    emitter.emit(b'{"n":2}')
    full = False
    emitter.emit(b'{"n":3}')
    (segment,) = (tmp_path / "spool" / "own").glob("*.log")
    assert segment.read_bytes() == b'{"n":1}\n{"n":2}\n{"n":3}\n'


def test_the_monitor_beats_tells_figures_and_says_when_the_clock_jumps(home: Path):
    clock = FixedClock(datetime.now(UTC))
    beat = Beat(beat_path(home, "jobs"), Notifier())
    listed: list[Probe] = []
    monitor = Monitor(home, MonitorConfig(host_seconds=1), list_probes=lambda: listed, beat=beat,
                      clock=clock)  # fmt: skip
    monitor._figures_at = 0.0
    monitor.turn()
    monitor._offset = clock.now().timestamp() - time.monotonic()
    clock.move(timedelta(hours=1))
    monitor.turn()
    (segment,) = (home / "spool" / "shangdun-system").glob("*.log")
    events = [json.loads(line) for line in segment.read_bytes().splitlines()]
    assert [event["service"] for event in events][:2] == ["host", "level"]
    assert 0 <= events[0]["host.memory"] <= 100
    assert events[0]["host.disks"] == [] or events[0]["host.disks"][0]["percent"] <= 100
    assert events[1]["level.name"] == "clock_jump"
    assert events[1]["level.value"] == pytest.approx(3600, abs=2)
    assert beat_path(home, "jobs").read_text().split()[1] == "1"


def test_systemd_is_told(tmp_path: Path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        path = str(tmp_path / "notify")
        server.bind(path)
        server.settimeout(5)
        environ = {"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "30000000", "PATH": "/bin"}
        notifier = Notifier.of(environ)
        assert environ == {"PATH": "/bin"}
        assert notifier.watchdog_seconds == 30
        notifier.alive()
        notifier.alive()
        notifier.stopping()
        assert [server.recv(99) for _ in range(3)] == [
            b"READY=1\nWATCHDOG=1", b"WATCHDOG=1", b"STOPPING=1",
        ]  # fmt: skip
    assert not Notifier.of({}).wanted


def test_a_thread_that_runs_ends_when_asked(home: Path):
    beat = Beat(None, Notifier())
    monitor = Monitor(home, MonitorConfig(), list_probes=list, beat=beat)
    stop = threading.Event()
    thread = threading.Thread(target=monitor.run, args=(stop,))
    thread.start()
    time.sleep(0.3)
    stop.set()
    thread.join(5)
    assert not thread.is_alive()
