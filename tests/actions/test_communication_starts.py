"""What the guided questions create of it, what reports and the calendar say of it."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from tests.actions.conftest import NOON

from shangdun.actions.communication.lines import do_adopt_matrix
from shangdun.actions.reports.sections import READERS, filled
from shangdun.actions.reports.sections import Asked as Reported
from shangdun.actions.starters import Asked, communication
from shangdun.kernel.clock import FixedClock
from shangdun.papers.markup import read
from shangdun.records.dated import Asked as Calendar
from shangdun.records.dated import DatedState
from shangdun.records.dated import communication as calendar
from shangdun.records.duties import gaps_of, visible_duties
from shangdun.records.models import (
    Communication,
    CommunicationLine,
    CrossTeamGroup,
    Programme,
    RaciDuty,
)
from shangdun.records.roles import Role

ZONE = ZoneInfo("Asia/Shanghai")
pytestmark = pytest.mark.django_db(transaction=True)


def asked(somebody, language: str = "zh-hans") -> Asked:
    lead = somebody(Role.LEADERSHIP, name="lead")
    tech = somebody(Role.TECHNICAL_SUPPORT, name="tech")
    legal = somebody(Role.LEGAL, name="legal")
    programme = Programme.objects.create(
        number=1, title="P", language=language, starts_on=NOON.date(), created_at=NOON
    )
    people = {
        "lead": lead.pk, "architect": tech.pk, "technical": tech.pk, "operations": tech.pk,
        "training": legal.pk,
    }  # fmt: skip
    return Asked(lead, programme, NOON, NOON.date(), people=people)


def test_the_answers_make_a_plan_without_gaps_and_again_nothing(somebody) -> None:
    given = asked(somebody)
    with transaction.atomic():
        first = communication.start(given)
    assert (CommunicationLine.objects.count(), RaciDuty.objects.count()) == (17, 13)
    assert CrossTeamGroup.objects.count() == 5
    assert first.made == 35
    assert "17" in str(first.what)
    owned = CommunicationLine.objects.filter(owner_id=given.people["lead"])
    assert owned.count() == 17
    wrong = [gap for gap in gaps_of(visible_duties(READERS)) if gap.duty is not None]
    assert not wrong
    project = CrossTeamGroup.objects.get(key="project")
    assert project.members.count() == 3  # one who holds three roles is one member
    with transaction.atomic():
        assert communication.start(given).made == 0


def test_outside_lines_ask_for_an_approval_whatever_stands_in_the_row(somebody) -> None:
    boss = somebody(Role.LEADERSHIP)
    do_adopt_matrix(boss, keys=["progress-partners"], clock=FixedClock(NOON))
    CommunicationLine.objects.update(approval=False)
    assert CommunicationLine.objects.get().needs_approval


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_report_names_what_was_missed_and_the_calendar_has_it(somebody, language: str) -> None:
    boss = somebody(Role.LEADERSHIP)
    do_adopt_matrix(boss, keys=["training-monthly"], clock=FixedClock(NOON))
    line = CommunicationLine.objects.get()
    common = {"line": line, "made_at": NOON, "since": NOON.date(), "until": NOON.date()}
    day = NOON.date()
    for number, (state, sent) in enumerate([("missed", None), ("sent", NOON), ("due", None)]):
        Communication.objects.create(
            key=f"k{number}", title=f"<b>| [x](javascript:1) {number}", state=state, sent_at=sent,
            opens_on=day, due_on=day, closes_on=day + timedelta(days=3), **common,
        )  # fmt: skip
    now = NOON + timedelta(days=1)
    reported = Reported(date(2026, 5, 1), date(2026, 5, 31), now, language, None, ZONE)
    text = filled("communication", reported)
    assert "3" in text
    assert "javascript:1) 0" in text
    assert all("javascript" not in str(getattr(part, "link", "")) for part in read(text))
    found = list(calendar.dated(Calendar(boss, day, day, now, ZONE)))
    assert [one.state for one in found] == [DatedState.MISSED, DatedState.DONE, DatedState.LATE]
