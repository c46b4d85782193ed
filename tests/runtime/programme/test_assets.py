"""What the logs show of hosts, services and routes, asked of a real lake."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from shangdun.kernel.clock import FixedClock, to_millis
from shangdun.kernel.config import load_config
from shangdun.lake.places import lake_folder
from shangdun.lake.schema import POLARS_SCHEMA
from shangdun.lake.store import Lake
from shangdun.observe.routes import Seen
from shangdun.observe.state import Observed, observed_path, save
from shangdun.records.models import LedgerEntry, Sighting
from shangdun.runtime.programme.assets import look_for_assets

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHANGDUN_HOME", str(tmp_path))
    return tmp_path


Row = dict[str, object]


def event(n: int, class_uid: int = 4002, **fields: object) -> Row:
    at = NOON - timedelta(minutes=30) + timedelta(seconds=n)
    return {"time": to_millis(at), "day": at.date(), "class_uid": class_uid, **fields}


def request(n: int, name: str, status: int = 200, client: str = "") -> Row:
    fields = {
        "http_request.url.hostname": name,
        "http_response.code": status,
        "src_endpoint.ip": client or f"203.0.113.{n % 9 + 1}",
        "device.hostname": "Edge-1",
        "dst_endpoint.ip": "10.0.0.5" if n % 2 else "198.51.100.9",
    }
    return event(n, **fields)


def fill(home: Path, rows: list[Row]) -> None:
    lake = Lake(lake_folder(home, load_config(home)), clock=FixedClock(NOON))
    usual = {"source": "edge", "source_file": "edge", "format": "json"}
    numbered = [
        {**usual, "source_line": n + 1, "source_offset": n, **row} for n, row in enumerate(rows)
    ]
    lake.append(pl.DataFrame(numbered, schema=dict(POLARS_SCHEMA)), app_id="test", version=1)


@pytest.mark.django_db
def test_the_logs_are_looked_through_once_and_attackers_names_are_left_out(home):
    lines = [request(n, "Shop.example:443") for n in range(12)]
    lines += [request(n, f"random{n}.attacker.example") for n in range(40)]
    lines += [request(n, "one-client.example", client="203.0.113.200") for n in range(30)]
    lines += [request(n, "not-ours.example", status=404) for n in range(30)]
    lines += [event(1, class_uid=3002, **{"service.name": "payments"})]
    fill(home, lines)
    observed = Observed()
    minute = to_millis(NOON - timedelta(minutes=10)) // 60_000
    seen = [("/checkout/41", 2), ("/wp-login.php", 4), ("/a.css", 2)]
    observed.routes.take(Seen(path, minute, status, None, 9) for path, status in seen)
    save(observed_path(home), observed)
    clock = FixedClock(NOON)
    look_for_assets(clock)
    found = {(one.kind, one.value): one.events for one in Sighting.objects.all()}
    assert found == {
        ("host", "shop.example"): 12,
        ("host", "edge-1"): 112,
        ("host", "10.0.0.5"): 56,
        ("service", "payments"): 1,
        ("route", "/checkout/:id"): 9,
    }
    look_for_assets(clock)
    clock.move(timedelta(hours=1))
    look_for_assets(clock)
    assert LedgerEntry.objects.filter(action="note_sightings").count() == 1


@pytest.mark.django_db
def test_an_empty_home_shows_nothing(home):
    look_for_assets(FixedClock(NOON))
    assert not Sighting.objects.exists()
