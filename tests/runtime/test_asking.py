"""The ticker asks the next by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shangdun.actions.report_incident import do_report_incident
from shangdun.kernel.clock import FixedClock
from shangdun.records.actor import SETUP
from shangdun.records.models import Asking, TimelineEntry
from shangdun.respond.report import Report
from shangdun.runtime.response.asking import pass_on
from shangdun.runtime.response.tick import DUTIES

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.mark.django_db
def test_the_duty_is_on_the_ticker_and_safe_to_repeat() -> None:
    (duty,) = [one for one in DUTIES if one.do is pass_on]
    assert duty.seconds <= 10
    clock = FixedClock(NOON)
    do_report_incident(SETUP, Report(title="Slow", type="system_failure"), clock=clock)
    clock.move(timedelta(minutes=15))
    for _ in range(3):
        duty.do(clock)
    assert Asking.objects.count() == 2
    assert TimelineEntry.objects.filter(kind="escalation").count() == 2
