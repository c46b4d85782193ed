"""What the watch learns from what passes: counted once, kept, said once a minute."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from shangdun.kernel.clock import FixedClock, to_millis
from shangdun.lake.block import Block
from shangdun.lake.collect.otlp_metrics import to_lines
from shangdun.lake.conform import conform
from shangdun.lake.health import Health, SourceHealth
from shangdun.lake.parse import get_parser
from shangdun.observe.event import SYSTEM, event
from shangdun.observe.settings import Objective
from shangdun.observe.state import Observed, load, observed_path
from shangdun.runtime.journal import Entry
from shangdun.runtime.monitor.observer import Observer
from shangdun.runtime.pipeline import Outcome, PieceResult

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
LINE = '203.0.113.9 - - [%s] "GET %s HTTP/1.1" %d 5 "-" "x" %s\n'


class Shop:
    """An observer whose minutes pass as a test wants."""

    def __init__(self, home: Path, first_batch: int = 0) -> None:
        self.home = home
        self.clock = FixedClock(START)
        self.events: list[dict] = []
        self.batch = first_batch
        self.health = Health(sources=[SourceHealth(name="web", format="combined")])
        self.observer = self.make()

    def make(self) -> Observer:
        objectives = [Objective(name="shop", availability=99.0)]
        return Observer(self.home, objectives, self.emit, clock=self.clock)

    def emit(self, *lines: bytes) -> None:
        self.events += [json.loads(line) for line in lines]

    def feed(self, source: str, form: str, data: bytes, batch: int = 0) -> None:
        self.batch += 1
        now = to_millis(self.clock.now())
        parsed = get_parser(form).parse(Block(data, 1, 0, source), None)
        frame = conform(parsed, source=source, observed=now)
        outcome = Outcome(batch or self.batch, [PieceResult(source, frame, (), len(data))])
        entry = Entry(batch=batch or self.batch, observed=now, pieces=(), positions={})
        self.observer.take(outcome, entry)

    def requests(self, path: str, status: int, count: int = 1, seconds: str = "0.050") -> bytes:
        stamp = self.clock.now().strftime("%d/%b/%Y:%H:%M:%S +0000")
        return (LINE % (stamp, path, status, seconds)).encode() * count

    def minute(self) -> None:
        self.observer.turn(self.health)
        self.clock.move(timedelta(minutes=1))
        self.observer.turn(self.health)

    def said(self, service: str) -> list[dict]:
        return [event for event in self.events if event["service"] == service]


@pytest.fixture
def shop(home: Path) -> Shop:
    return Shop(home)


def test_an_outage_burns_the_budget_and_its_end_is_said(shop):
    for minute in range(30):
        broken = 5 <= minute < 12
        good, bad = (40, 60) if broken else (100, 0)
        data = shop.requests("/checkout/71", 200, good) + shop.requests("/cart", 503, bad)
        shop.feed("web", "combined", data)
        shop.minute()
    changes = [
        (e["objective.kind"], e["objective.window"], e["objective.change"])
        for e in shop.said("objective")
    ]
    assert ("availability", "1h", "raised") in changes
    assert ("availability", "1h", "cleared") in changes
    assert changes.index(("availability", "1h", "raised")) < changes.index(
        ("availability", "1h", "cleared")
    )
    routes = {
        one.route: one for one in shop.observer.state.routes.figures(to_millis(shop.clock.now()))
    }
    assert routes["/cart"].errors == 420
    assert routes["/checkout/:id"].p95 == pytest.approx(50, rel=0.06)


def test_a_source_that_falls_silent_is_said_once_and_so_is_its_return(shop):
    for _ in range(90):
        shop.feed("web", "combined", shop.requests("/", 200))
        shop.minute()
    for _ in range(20):
        shop.minute()
    shop.feed("web", "combined", shop.requests("/", 200))
    shop.minute()
    assert [event["source.change"] for event in shop.said("source")] == ["raised", "cleared"]
    assert shop.said("source")[0]["source.name"] == "web"


def test_what_waits_to_be_read_is_no_silence(shop):
    for _ in range(90):
        shop.feed("web", "combined", shop.requests("/", 200))
        shop.minute()
    shop.health.sources[0].lag_bytes = 5_000_000
    for _ in range(30):
        shop.minute()
    shop.health.sources[0].lag_bytes = 0
    shop.health.state = "waiting"
    for _ in range(30):
        shop.minute()
    assert not shop.said("source")


def collected(host: str, now: int) -> dict:
    """What a collector sends of a disk that is 95 % full."""
    points = [
        {
            "timeUnixNano": str(now * 1_000_000),
            "asInt": str(size),
            "attributes": [
                {"key": "state", "value": {"stringValue": state}},
                {"key": "mountpoint", "value": {"stringValue": "/var"}},
            ],
        }
        for state, size in (("used", 95), ("free", 5))
    ]
    metric = {"name": "system.filesystem.usage", "sum": {"dataPoints": points}}
    name = {"key": "host.name", "value": {"stringValue": host}}
    resource = {"resource": {"attributes": [name]}, "scopeMetrics": [{"metrics": [metric]}]}
    return {"resourceMetrics": [resource]}


def test_hosts_of_our_own_and_of_others(shop):
    for _ in range(6):
        now = to_millis(shop.clock.now())
        disk = {"mount": "/", "percent": 91.0, "free": 1, "inodes": None}
        fields = {"host__memory": 97.0, "host__disks": [disk]}
        own = event("host", now, "x", device__hostname="me", **fields)
        shop.feed(SYSTEM, "json", own + b"\n")
        document = collected("web-1", now)
        lines = to_lines(json.dumps(document).encode(), "application/json")
        shop.feed("metrics", "json", b"\n".join(lines) + b"\n")
        shop.minute()
    levels = {
        (e.get("device.hostname"), e["level.name"], e.get("level.subject")): e["level.value"]
        for e in shop.said("level")
        if e.get("device.hostname")
    }
    assert levels == {
        ("me", "disk", "/"): 91.0, ("me", "memory", None): 97.0, ("web-1", "disk", "/var"): 95.0,
    }  # fmt: skip
    assert set(load(observed_path(shop.home), Observed).hosts) == {"me", "web-1"}


def test_a_batch_done_again_is_counted_once(shop):
    shop.feed("web", "combined", shop.requests("/", 200, 10))
    shop.minute()
    again = Shop(shop.home)
    again.clock = shop.clock
    again.observer = again.make()
    again.feed("web", "combined", again.requests("/", 200, 10), batch=1)
    (root,) = again.observer.state.routes.figures(to_millis(shop.clock.now()))
    assert root.requests == 10


def test_a_frame_that_breaks_the_figures_does_not_break_the_watch(shop, caplog):
    entry = Entry(batch=1, observed=0, pieces=(), positions={})
    broken = pl.DataFrame(
        {"time": ["x"], "http_response.code": ["y"], "http_request.url.path": [1]}
    )
    shop.observer.take(Outcome(1, [PieceResult("web", broken, (), 1)]), entry)
    assert "left out" in caplog.text


def test_losses_and_a_clock_ahead_are_told(shop):
    shop.minute()
    shop.health.sources[0].losses = 2
    stamp = (shop.clock.now() + timedelta(minutes=30)).strftime("%d/%b/%Y:%H:%M:%S +0000")
    shop.feed("web", "combined", (LINE % (stamp, "/", 200, "0.001")).encode())
    shop.minute()
    told = {(e["level.name"], e.get("level.subject")): e["level.value"] for e in shop.said("level")}
    assert told["lost", "web"] == 2
    assert told["clock_ahead", "web"] == pytest.approx(30, abs=1.1)
