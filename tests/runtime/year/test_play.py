"""The played year: the same seed plays the same days, and never beside real records."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest
from django.db import transaction

from shangdun.actions.report_incident import do_report_incident
from shangdun.kernel.errors import Conflict
from shangdun.records.actor import SETUP
from shangdun.records.models import LedgerEntry, Programme, User
from shangdun.respond.report import Report
from shangdun.runtime.year.day import Hands
from shangdun.runtime.year.diary import Diary, Entry
from shangdun.runtime.year.play import Year

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 3, 2), date(2026, 3, 6)


def played(seed: int) -> Year:
    year = Year(seed=seed, first=FIRST)
    year.open()
    for _day in year.play(LAST):
        pass
    return year


def test_the_same_seed_plays_the_same_days_through_the_actions(home: Path) -> None:
    told = []
    for seed in (3, 3, 4):
        standing = transaction.savepoint()
        told.append(played(seed).diary.entries)
        assert Programme.objects.get().state == "approved"
        assert LedgerEntry.objects.filter(action="finish_questions").count() == 1
        assert not [one for one in told[-1] if one.what == "refused"]
        transaction.savepoint_rollback(standing)
    assert told[0] == told[1]
    assert {one.day for one in told[2]} <= {date(2026, 3, n) for n in range(2, 7)}


def test_it_never_plays_beside_real_records(home: Path) -> None:
    do_report_incident(SETUP, Report(title="Shop is slow", type="system_failure"))
    with pytest.raises(Conflict):
        Year(seed=1, first=FIRST).open()
    assert not User.objects.exists()


def test_the_hands_never_go_back() -> None:
    hands = Hands(Year(seed=1, first=FIRST).clock.now())
    before = hands.now()
    hands.reach(before.replace(year=2020))
    assert hands.now() == before


def test_the_diary_counts_between_days_and_is_kept(tmp_path: Path) -> None:
    diary = Diary()
    for day, what in ((1, "meeting.security"), (2, "meeting.missed"), (3, "meeting.missed")):
        diary.write(date(2026, 3, day), what, day)
    assert diary.tally(date(2026, 3, 2)) == {"meeting.missed": 2}
    diary.keep(tmp_path / "year.jsonl")
    lines = (tmp_path / "year.jsonl").read_bytes().splitlines()
    assert [msgspec.json.decode(line, type=Entry) for line in lines] == diary.entries
