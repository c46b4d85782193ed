"""Hunts that were asked for are run, told of, and called off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shangdun.actions.change_rule_list import do_add_to_rule_list
from shangdun.actions.hunt_progress import claim_hunt, tell_hunt
from shangdun.actions.run_hunt import do_cancel_hunt, do_start_hunt
from shangdun.actions.save_rule import do_save_rule_document
from shangdun.kernel.clock import FixedClock, SystemClock, to_millis
from shangdun.kernel.config import Config, DetectConfig
from shangdun.kernel.errors import UsageError
from shangdun.lake.block import Block
from shangdun.lake.conform import conform
from shangdun.lake.parse import get_parser
from shangdun.lake.store import Lake
from shangdun.records.actor import JOBS, SETUP
from shangdun.records.models import Finding, HuntRun
from shangdun.records.models.hunts import HuntState
from shangdun.runtime.hunt import _waiting, hunt_once

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, tzinfo=UTC)
CLOCK = FixedClock(NOW)
SPAN = {"since": NOW - timedelta(days=1), "until": NOW}
CONFIG = Config(detect=DetectConfig(builtin=False))
RULE = """\
title: Backup asked for
logsource:
  category: webserver
detection:
  selection:
    cs-uri-stem|endswith: .bak
  condition: selection
level: low
"""
LINE = '203.0.113.{n} - - [22/Nov/2026:10:00:0{n} +0000] "GET /shop.bak HTTP/1.1" 200 5 "-" "x"\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home directory whose lake has five requests for a backup."""
    data = "".join(LINE.format(n=n) for n in range(5)).encode()
    parsed = get_parser("combined").parse(Block(data))
    frame = conform(parsed, source="web", observed=to_millis(NOW), file_id="a")
    Lake(tmp_path / "lake").append(frame, app_id="a", version=1)
    return tmp_path


def start(**more: object) -> HuntRun:
    values = {"title": "backups", "rule_text": RULE, **SPAN, **more}
    return do_start_hunt(JOBS, clock=CLOCK, **values)


def test_a_hunt_runs_to_its_end_and_records_no_finding(home: Path) -> None:
    row = start()
    assert hunt_once(home, CONFIG, CLOCK)
    row.refresh_from_db()
    assert (row.state, row.progress, row.events, row.found, row.matched) == (
        HuntState.DONE, 1.0, 5, 5, 5
    )  # fmt: skip
    assert [finding["title"] for finding in row.findings] == ["Backup asked for"] * 5
    assert row.findings[0]["evidences"][0]["raw"] == LINE.format(n=4).strip()
    assert not Finding.objects.exists()
    assert not hunt_once(home, CONFIG, CLOCK)


OURS = """\
title: Our own backups
id: 00000000-0000-4000-8000-00000000000f
logsource:
  category: webserver
filter:
  rules: any
  ours:
    c-ip|expand: '%our_addresses%'
  condition: not ours
"""


def test_a_rule_runs_as_it_would_in_force(home: Path) -> None:
    """With the filters and lists that are stored, though it is not in force yet."""
    do_add_to_rule_list(
        SETUP, list_name="our_addresses", values=["203.0.113.4"], reason="ours", clock=CLOCK
    )
    do_save_rule_document(SETUP, text=OURS, reason="they are ours", clock=CLOCK)
    row = start()
    assert hunt_once(home, CONFIG, CLOCK)
    row.refresh_from_db()
    assert (row.error, row.found) == ("", 4)


def test_a_rule_that_cannot_be_used_fails_in_words(home: Path) -> None:
    wrong, unknown = start(rule_text="title: x"), start(rule_text="", rule_uid="nobody")
    assert hunt_once(home, CONFIG, CLOCK)
    assert hunt_once(home, CONFIG, CLOCK)
    for row, words in ((wrong, ""), (unknown, "nobody")):
        row.refresh_from_db()
        assert row.state == HuntState.FAILED
        assert row.error
        assert words in row.error


def test_a_waiting_hunt_is_called_off_at_once_and_a_running_one_hears_of_it(home: Path) -> None:
    waiting = start()
    do_cancel_hunt(JOBS, hunt_id=waiting.pk, clock=CLOCK)
    assert not hunt_once(home, CONFIG, CLOCK)
    running = start()
    assert claim_hunt(NOW) == running
    assert tell_hunt(running.pk, NOW, progress=0.5)
    do_cancel_hunt(JOBS, hunt_id=running.pk, clock=CLOCK)
    assert not tell_hunt(running.pk, NOW, progress=0.6)
    waiting.refresh_from_db()
    assert waiting.state == HuntState.CANCELLED


def test_a_hunt_whose_process_died_is_said_to_have_failed() -> None:
    row = start()
    claim_hunt(NOW)
    assert claim_hunt(NOW + timedelta(minutes=1)) is None
    claim_hunt(NOW + timedelta(minutes=5))
    row.refresh_from_db()
    assert row.state == HuntState.FAILED


def test_a_lost_hunt_is_seen_though_no_other_waits() -> None:
    start()
    now = SystemClock().now()
    row = claim_hunt(now)
    assert row
    assert not _waiting()
    tell_hunt(row.pk, now - timedelta(minutes=5))
    assert _waiting()
    assert claim_hunt(now) is None
    assert not _waiting()


def test_what_cannot_be_hunted_is_refused() -> None:
    for more in (
        {"rule_text": ""},
        {"rule_uid": "x"},
        {"since": NOW},
        {"rule_text": "x" * 200_000},
    ):
        with pytest.raises(UsageError):
            start(**more)
    for _ in range(10):
        start()
    with pytest.raises(UsageError, match="too many"):
        start()
