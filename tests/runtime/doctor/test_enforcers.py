"""The doctor on enforcers: configured and silent, failing, never seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shangdun.actions.change_enforcer import do_add_enforcer
from shangdun.actions.enforcer_progress import process_row, tell_enforcer
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.config import Config
from shangdun.records.actor import SETUP
from shangdun.runtime.doctor.enforcers import check
from shangdun.runtime.doctor.symptom import Kind, Place

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, tzinfo=UTC)
CONFIG = Config(protect={"enforcers": [{"kind": "nftables"}]})


def said(home: Path, config: Config = CONFIG) -> list[tuple[Kind, str]]:
    return [(one.kind, one.what) for one in check(Place(home, config, FixedClock(NOW)))]


def test_one_that_is_configured_and_never_ran(tmp_path):
    assert said(tmp_path) == [(Kind.MISSING, "the enforcer nftables has never run")]
    assert said(tmp_path, Config()) == []


def test_one_that_is_well_fails_or_is_silent(tmp_path):
    row = process_row("nftables", "nftables", NOW)
    tell_enforcer(row, NOW, acknowledged=3)
    assert said(tmp_path) == []
    tell_enforcer(row, NOW, problem="nft refused: Operation not permitted")
    assert said(tmp_path) == [
        (Kind.BROKEN, "the enforcer nftables: nft refused: Operation not permitted")
    ]
    tell_enforcer(row, NOW - timedelta(minutes=5), problem="")
    assert said(tmp_path) == [(Kind.LATE, "the enforcer nftables has been silent for 5 minutes")]
    assert said(tmp_path, Config()) == [], "it was taken out of the configuration"


def test_one_with_a_key(tmp_path):
    row, _key = do_add_enforcer(SETUP, name="blog", kind="bouncer", product="wordpress")
    assert said(tmp_path, Config()) == [
        (Kind.MISSING, "the enforcer blog never asked for decisions")
    ]
    tell_enforcer(row, NOW - timedelta(minutes=14), agent="csphplapi/1")
    assert said(tmp_path, Config()) == []
    tell_enforcer(row, NOW - timedelta(minutes=40), agent="csphplapi/2")
    assert said(tmp_path, Config()) == [
        (Kind.LATE, "the enforcer blog has been silent for 40 minutes")
    ]
