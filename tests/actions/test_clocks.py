"""Clocks follow the facts, reports stop them, time runs out; a drill's never count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError

from shangdun.actions.clocks.judge import do_judge_clock
from shangdun.actions.clocks.remind import do_remind_of_clock
from shangdun.actions.clocks.report import Draft, Handed, do_save_report, do_submit_report
from shangdun.actions.clocks.rewind import rewind_open
from shangdun.actions.evidence.collect import keep_content
from shangdun.actions.move_incident import do_close_incident, do_move_incident
from shangdun.actions.report_incident import do_report_incident
from shangdun.actions.state_facts import do_state_facts
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import JOBS
from shangdun.records.clocks import running_clocks, visible_clocks
from shangdun.records.conflict import EditConflict
from shangdun.records.models import (
    Clock,
    ClockState,
    Company,
    Drill,
    Incident,
    Message,
    Submission,
    TimelineKind,
    User,
)
from shangdun.records.roles import Role
from shangdun.respond.facts import Facts
from shangdun.respond.report import Report

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
SAID = {"entity": "拾光百货", "event": "三月四日凌晨，客户资料被导出。"}


@pytest.fixture
def legal(somebody: Callable[..., User]) -> User:
    return somebody(Role.LEGAL, Role.TECHNICAL_SUPPORT, name="sun")


@pytest.fixture
def incident(legal: User, clock: FixedClock) -> Incident:
    return do_report_incident(legal, Report(title="导出", type="data_breach"), clock=clock)


def state(legal: User, incident: Incident, clock: FixedClock, **known: Any) -> None:
    at = known.pop("known_at", incident.reported_at)
    facts = Facts(known_at=at, **{"personal_data": True, **known})
    do_state_facts(legal, incident_id=incident.pk, facts=facts, clock=clock)


def the(incident: Incident, duty: str = "cac-operator") -> Clock:
    return Clock.objects.get(incident=incident, duty=duty)


def told(incident: Incident) -> list[tuple[str, str]]:
    rows = incident.timeline.filter(kind=TimelineKind.CLOCK).order_by("pk")
    return [(row.data["duty"], row.data["what"]) for row in rows]


def reported(
    legal: User, incident: Incident, clock: FixedClock, *clocks: Clock, **more: Any
) -> Submission:
    draft = Draft("cac-report", "zh", "first", SAID)
    row = do_save_report(legal, incident_id=incident.pk, draft=draft, clock=clock)
    handed = Handed(
        "省网信办", "12387", clock.now(), "R-1", [one.pk for one in clocks], **more
    )  # fmt: skip
    return do_submit_report(
        legal, incident_id=incident.pk, number=row.number, handed=handed,
        version=row.version, clock=clock,
    )  # fmt: skip


def test_one_person_more_starts_the_four_hours_and_one_fewer_withdraws_them(
    legal: User, incident: Incident, clock: FixedClock
) -> None:
    rest = {"loss": Decimal(0), "outage_minutes": 0, "people_served": 0}
    Incident.objects.filter(pk=incident.pk).update(grade=1)
    state(legal, incident, clock, people=999_999, **rest)
    assert not Clock.objects.filter(duty="cac-operator").exists()
    clock.move(HOUR)
    state(legal, incident, clock, people=1_000_000, **rest)
    run = the(incident)
    assert (run.state, run.due_at) == (ClockState.RUNNING, incident.reported_at + 4 * HOUR)
    assert run.facts_number == 2
    assert ("cac-operator", "started") in told(incident)
    Incident.objects.filter(pk=incident.pk).update(grade=1)
    state(legal, incident, clock, people=999_999, **rest)
    assert the(incident).state == ClockState.WITHDRAWN
    assert ("cac-operator", "withdrawn") in told(incident)
    message = Message.objects.filter(kind="clocks_changed").order_by("pk").last()
    assert message is not None
    assert "不再适用" in str(message.data)


def test_unknown_becomes_known_when_the_time_is_over(
    legal: User, incident: Incident, clock: FixedClock
) -> None:
    state(legal, incident, clock, people=None)
    assert the(incident).state == ClockState.MAY_APPLY
    clock.move(6 * HOUR)
    state(legal, incident, clock, people=1_000_000)
    late = the(incident)
    assert (late.state, late.due_at) == (ClockState.MISSED, incident.reported_at + 4 * HOUR)
    assert late.applies_since == clock.now()
    assert ("cac-operator", "already_over") in told(incident)
    assert late in running_clocks(incident)  # it still has to be reported


def test_the_article_is_kept_as_it_was(legal: User, incident: Incident, clock: FixedClock) -> None:
    state(legal, incident, clock, people=1_000_000)
    kept = the(incident).frozen
    assert (kept["article"]["zh"], kept["certainty"], kept["within"]) == ("第四条", "V", 14_400)


def test_the_company_decides_between_one_hour_and_four(
    legal: User, incident: Incident, clock: FixedClock
) -> None:
    Company.objects.create(critical_infrastructure=True)
    state(legal, incident, clock, people=1_000_000)
    assert the(incident, "cac-critical").due_at == incident.reported_at + HOUR
    assert not Clock.objects.filter(duty="cac-operator").exists()


def test_a_company_that_is_another_moves_the_clocks_of_what_is_open(
    legal: User, incident: Incident, clock: FixedClock
) -> None:
    state(legal, incident, clock, people=1_000_000)
    Company.objects.create(critical_infrastructure=True)
    rewind_open(clock.now())
    assert the(incident).state == ClockState.WITHDRAWN
    assert the(incident, "cac-critical").due_at == incident.reported_at + HOUR


def test_the_same_facts_again_change_nothing(
    legal: User, incident: Incident, clock: FixedClock
) -> None:
    state(legal, incident, clock, people=1_000_000)
    before = told(incident), the(incident).version
    state(legal, incident, clock, people=1_000_000, outage_minutes=5)
    assert (told(incident), the(incident).version) == before


def test_reminders_come_once_each_and_the_last_one_says_missed(
    legal: User, incident: Incident, clock: FixedClock
) -> None:
    state(legal, incident, clock, people=1_000_000)
    seen = []
    for _half_hour in range(10):
        clock.move(HOUR / 2)
        do_remind_of_clock(JOBS, clock_id=the(incident).pk, clock=clock)
        seen.append(the(incident).reminded)
    assert seen == [0, 0, 0, 50, 50, 50, 80, 100, 100, 100]
    assert the(incident).state == ClockState.MISSED
    percents = Message.objects.filter(kind="clock_reminder").order_by("pk")
    assert [message.data["percent"] for message in percents] == [50, 80, 100]
    assert told(incident).count(("cac-operator", "missed")) == 1


def test_a_report_in_time_stops_the_clock_with_its_proof(
    legal: User, incident: Incident, clock: FixedClock, home: Path
) -> None:
    state(legal, incident, clock, people=1_000_000)
    clock.move(HOUR)
    proof = keep_content("回执.png", b"\x89PNG\r\n\x1a\n receipt")
    row = reported(legal, incident, clock, the(incident), proofs=[proof])
    met = the(incident)
    assert (met.state, met.met_at) == (ClockState.MET, clock.now())
    assert not row.rehearsal
    assert incident.evidence.get(pk=row.evidence[0]).sha256 == proof.stored.sha256
    assert sorted(row.unknown) == ["cause", "leads", "next", "scene", "trend"]
    clock.move(HOUR)
    state(legal, incident, clock, people=3)
    assert the(incident).state == ClockState.MET  # what was reported stays reported


def test_a_late_report_stays_missed_and_says_when(
    legal: User, incident: Incident, clock: FixedClock
) -> None:
    state(legal, incident, clock, people=1_000_000)
    clock.move(5 * HOUR)
    reported(legal, incident, clock, the(incident))
    late = the(incident)
    assert (late.state, late.met_at) == (ClockState.MISSED, clock.now())
    assert late not in running_clocks(incident)


def test_a_second_click_hands_in_once(legal: User, incident: Incident, clock: FixedClock) -> None:
    state(legal, incident, clock, people=1_000_000)
    row = reported(legal, incident, clock, the(incident))
    handed = Handed("省网信办", "12387", clock.now(), "R-1", [the(incident).pk])
    again = do_submit_report(
        legal, incident_id=incident.pk, number=row.number, handed=handed, version=1, clock=clock
    )
    assert again == row
    assert incident.timeline.filter(kind=TimelineKind.SUBMISSION).count() == 1


def test_what_cannot_wait_is_said(legal: User, incident: Incident, clock: FixedClock) -> None:
    draft = Draft("cac-report", "zh", "first", {"entity": "拾光百货"})
    row = do_save_report(legal, incident_id=incident.pk, draft=draft, clock=clock)
    handed = Handed("省网信办", "12387", clock.now())
    with pytest.raises(UsageError) as caught:
        do_submit_report(
            legal, incident_id=incident.pk, number=row.number, handed=handed,
            version=row.version, clock=clock,
        )  # fmt: skip
    assert caught.value.code == "report.first"


def test_two_people_at_one_draft_lose_nothing(
    legal: User, incident: Incident, clock: FixedClock
) -> None:
    first = Draft("cac-report", "zh", "first", SAID)
    row = do_save_report(legal, incident_id=incident.pk, draft=first, clock=clock)
    mine = Draft("cac-report", "zh", "first", {**SAID, "cause": "弱口令"}, row.number, 1)
    do_save_report(legal, incident_id=incident.pk, draft=mine, clock=clock)
    theirs = Draft("cac-report", "zh", "first", {**SAID, "cause": "注入"}, row.number, 1)
    with pytest.raises(EditConflict) as caught:
        do_save_report(legal, incident_id=incident.pk, draft=theirs, clock=clock)
    assert (caught.value.mine["cause"], caught.value.theirs["cause"]) == ("注入", "弱口令")
    fresh = Draft("cac-report", "zh", "first", {"entity": "另写一份"})
    with pytest.raises(EditConflict):  # one a form and phase is open
        do_save_report(legal, incident_id=incident.pk, draft=fresh, clock=clock)


def test_a_report_in_a_drill_is_a_rehearsal_also_for_the_database(
    legal: User, incident: Incident, clock: FixedClock
) -> None:
    drill = Drill.objects.create(
        number=1, title="演练", planned_at=clock.now(), created=clock.now()
    )
    Incident.objects.filter(pk=incident.pk).update(drill=drill)
    state(legal, incident, clock, people=1_000_000)
    row = reported(legal, incident, clock, the(incident))
    assert row.rehearsal
    assert not visible_clocks(legal).exists()
    with pytest.raises(DatabaseError, match="a drill touches nothing real"):
        Submission.objects.filter(pk=row.pk).update(rehearsal=False)


def test_the_summary_runs_when_the_harm_has_stopped_and_rests_when_it_breaks_out_again(
    legal: User, incident: Incident, clock: FixedClock
) -> None:
    state(legal, incident, clock, people=1_000_000)
    assert the(incident, "cac-summary").state == ClockState.WAITING
    for stage in ("active", "contained"):
        clock.move(HOUR)
        do_move_incident(legal, incident_id=incident.pk, state=stage, clock=clock)
    run = the(incident, "cac-summary")
    assert (run.state, run.due_at) == (ClockState.RUNNING, clock.now() + timedelta(days=30))
    do_move_incident(legal, incident_id=incident.pk, state="active", note="again", clock=clock)
    assert the(incident, "cac-summary").state == ClockState.WAITING


def test_a_false_alarm_withdraws_what_runs(
    legal: User, incident: Incident, clock: FixedClock, somebody: Callable[..., User]
) -> None:
    state(legal, incident, clock, people=1_000_000)
    boss = somebody(Role.LEADERSHIP, name="zhao")
    do_close_incident(
        boss, incident_id=incident.pk, verdict="false_positive", note="a test", clock=clock,
        override="a false alarm has nobody to be told",
    )  # fmt: skip
    assert not running_clocks(Incident.objects.get(pk=incident.pk))
    assert the(incident).state == ClockState.WITHDRAWN


def test_counsel_outweighs_the_facts_until_the_word_is_taken_back(
    legal: User, incident: Incident, clock: FixedClock
) -> None:
    state(legal, incident, clock, people=1_000_000)
    pk = the(incident).pk
    do_judge_clock(legal, clock_id=pk, applies=False, reason="不是本单位的系统", clock=clock)
    assert the(incident).state == ClockState.WITHDRAWN
    state(legal, incident, clock, people=2_000_000)
    assert the(incident).state == ClockState.WITHDRAWN
    do_judge_clock(legal, clock_id=pk, applies=None, reason="", clock=clock)
    assert the(incident).state == ClockState.RUNNING


def test_counsel_brings_a_clock_that_only_might_apply(
    legal: User, incident: Incident, clock: FixedClock
) -> None:
    state(legal, incident, clock, people=None)
    may = the(incident)
    with pytest.raises(UsageError) as caught:
        do_judge_clock(legal, clock_id=may.pk, applies=True, reason=" ", clock=clock)
    assert caught.value.code == "clock.reason"
    do_judge_clock(legal, clock_id=may.pk, applies=True, reason="按较大处理", clock=clock)
    assert the(incident).state == ClockState.RUNNING
    rest = {"loss": Decimal(0), "outage_minutes": 0, "people_served": 0}
    Incident.objects.filter(pk=incident.pk).update(grade=1)
    state(legal, incident, clock, people=10, **rest)
    assert the(incident).state == ClockState.RUNNING
