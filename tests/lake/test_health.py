from __future__ import annotations

import errno
from pathlib import Path

import polars as pl
import pytest

from shangdun.lake import health as module
from shangdun.lake.block import DeadLetter
from shangdun.lake.health import Health, SourceMeter, health_path, read_health, write_health


def frame(count: int, start: int = 0) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "time": [1000 * n for n in range(start, start + count)],
            "http_request.user_agent": ["x" * 1000] * count,
            "unmapped": ["{}"] * count,
        }
    )


def test_rates_are_those_of_the_last_minute() -> None:
    meter = SourceMeter("shop", "combined", "path")
    meter.take(frame(5), 500, observed=1, second=100.2)
    meter.take(frame(2), 200, observed=2, second=100.9)
    meter.take(frame(3), 300, observed=3, second=103.0)
    health = meter.report(second=104.5)
    assert health.rates[-5:] == [7, 0, 0, 3, 0]
    assert (health.events, health.bytes, health.last_received) == (10, 1000, 3)
    assert sum(meter.report(second=164.0).rates) == 0
    assert len(health.rates) == 60


def test_the_last_events_are_small_and_newest_first() -> None:
    meter = SourceMeter("shop", "combined", "path")
    for start in range(0, 50, 10):
        meter.take(frame(10, start), 1, observed=1, second=1.0)
    events = meter.report(second=1.0).last_events
    assert [event["time"] for event in events] == [1000 * n for n in range(49, 29, -1)]
    assert len(events[0]["http_request.user_agent"]) == 300
    assert "unmapped" not in events[0]


def test_dead_letters_are_counted_with_the_last_reason() -> None:
    meter = SourceMeter("shop", "combined", "path")
    meter.bury((DeadLetter(1, 0, b"", "first"), DeadLetter(2, 9, b"", "second")))
    health = meter.report(second=1.0)
    assert (health.dead_letters, health.last_dead) == (2, "second")


def test_health_is_read_as_written_and_known_to_be_stale(tmp_path: Path) -> None:
    assert read_health(tmp_path) is None
    written = Health(written=10_000, pid=7, error="the disk is full")
    write_health(tmp_path, written)
    assert read_health(tmp_path) == written
    assert written.fresh(12_000)
    assert not written.fresh(20_000)
    assert not Health(written=10_000, state="stopped").fresh(10_000)
    health_path(tmp_path).write_bytes(b"{")
    assert read_health(tmp_path) is None


def test_a_full_disk_can_still_be_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_health(tmp_path, Health())
    ballast = health_path(tmp_path).with_name("health.ballast")
    assert ballast.stat().st_size == module.BALLAST
    real = module._replace

    def full(path: Path, data: bytes) -> None:
        if ballast.exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        real(path, data)

    monkeypatch.setattr(module, "_replace", full)
    write_health(tmp_path, Health(error="the disk is full"))
    health = read_health(tmp_path)
    assert health is not None
    assert health.error == "the disk is full"
