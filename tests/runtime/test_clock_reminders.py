"""The duty that reminds of deadlines: each mark once, also after an absence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shangdun.actions.create_user import do_create_user
from shangdun.actions.report_incident import do_report_incident
from shangdun.actions.state_facts import do_state_facts
from shangdun.kernel.clock import FixedClock
from shangdun.records.actor import SETUP
from shangdun.records.models import Clock, Message
from shangdun.records.roles import Role
from shangdun.respond.facts import Facts
from shangdun.respond.report import Report
from shangdun.runtime.response.clocks import remind_of_clocks

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.mark.django_db
def test_whoever_was_away_reminds_once_and_of_the_highest_mark() -> None:
    clock = FixedClock(NOON)
    legal = do_create_user(SETUP, username="sun", roles=[Role.LEGAL]).user
    found = do_report_incident(legal, Report(title="导出", type="data_breach"), clock=clock)
    facts = Facts(known_at=NOON, personal_data=True, people=1_000_000, eu_people=0)
    do_state_facts(legal, incident_id=found.pk, facts=facts, clock=clock)
    reminders = Message.objects.filter(kind="clock_reminder")
    for _minute in range(3):
        clock.move(timedelta(minutes=30))
        remind_of_clocks(clock)
    assert not reminders.exists()
    clock.move(timedelta(hours=2))  # 50 and 80 per cent passed while nobody looked
    for _again in range(3):
        remind_of_clocks(clock)
    assert [message.data["percent"] for message in reminders] == [80]
    clock.move(timedelta(days=1))
    remind_of_clocks(clock)
    assert Clock.objects.get(incident=found, duty="cac-operator").state == "missed"
    assert [message.data["percent"] for message in reminders.order_by("pk")] == [80, 100]
