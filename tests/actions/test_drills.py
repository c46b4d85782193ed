"""A drill played: its report, its injects by its own clock, its marks, and nothing real touched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shangdun.actions.create_user import do_create_first_administrator
from shangdun.actions.drills.marks import do_sign_drill
from shangdun.actions.drills.plan import DrillPlan, do_plan_drill
from shangdun.actions.drills.play import (
    do_begin_drill,
    do_end_drill,
    do_pause_drill,
    do_resume_drill,
)
from shangdun.actions.move_incident import do_move_incident
from shangdun.actions.orders.asking import ask_leadership, pass_on_all
from shangdun.actions.prove import do_finish_proof
from shangdun.actions.state_facts import do_state_facts
from shangdun.actions.take_incident import do_take_incident
from shangdun.kernel.errors import UsageError
from shangdun.protect.prove.catalogue import MeasureKind
from shangdun.protect.prove.proof import Exchange, Result
from shangdun.protect.prove.proof import Outcome as Proven
from shangdun.records.access import real_incidents
from shangdun.records.actor import JOBS, SETUP
from shangdun.records.clocks import clocks_to_remind, running_clocks
from shangdun.records.models import (
    Asking,
    AskingState,
    Drill,
    Incident,
    Message,
    ProofRun,
    TimelineEntry,
    TimelineKind,
)
from shangdun.records.orders import still_to_decide
from shangdun.records.rehearsal import require_real
from shangdun.respond.facts import DataKind, Facts
from shangdun.runtime.response.drills import tell_injects

pytestmark = pytest.mark.django_db
DEMO = "http://127.0.0.1:8601"
NOON = datetime(2026, 8, 3, 4, tzinfo=UTC)


class At:
    """A clock that is set by hand."""

    def __init__(self, now: datetime) -> None:
        self.at = now

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def boss(home):
    return do_create_first_administrator(SETUP).user


@pytest.fixture
def clock() -> At:
    return At(NOON)


@pytest.fixture
def drill(boss, clock) -> Drill:
    plan = DrillPlan(title="三季度演练", scenario="data_breach", planned_at=NOON, factor=10)
    planned = do_plan_drill(boss, plan, clock=clock)
    return do_begin_drill(boss, number=planned.number, clock=clock)


def test_a_drill_is_an_incident_that_is_in_no_list_and_leaves_nothing(drill, boss):
    incident = drill.incidents.get()
    assert incident.is_drill
    assert not real_incidents(boss).exists()
    with pytest.raises(UsageError) as told:
        require_real(incident)
    assert told.value.code == "drill.outward"
    assert all(message.drill for message in Message.objects.filter(incident=incident))


def test_injects_come_by_the_drill_s_own_clock_once(drill, boss, clock):
    incident = drill.incidents.get()
    told = TimelineEntry.objects.filter(incident=incident, kind=TimelineKind.INJECT)
    tell_injects(clock)
    assert not told.exists()
    clock.at = NOON + timedelta(seconds=90)  # minute 15 at ten times the pace
    tell_injects(clock)
    tell_injects(clock)
    assert [entry.data["key"] for entry in told] == ["volume"]
    do_pause_drill(boss, number=drill.number, clock=clock)
    clock.at += timedelta(hours=1)
    tell_injects(clock)
    assert told.all().count() == 1
    do_resume_drill(boss, number=drill.number, clock=clock)
    clock.at += timedelta(seconds=90)
    tell_injects(clock)
    assert told.all().count() == 2


def test_marks_come_from_what_people_did(drill, boss, clock):
    incident = drill.incidents.get()
    clock.at = NOON + timedelta(seconds=90)
    tell_injects(clock)
    clock.at += timedelta(seconds=60)
    do_take_incident(boss, incident_id=incident.pk, clock=clock)  # minute 25: too late
    facts = Facts(known_at=NOON, personal_data=True, people=1_260_000, data_kinds=(DataKind.ORDER,))
    do_state_facts(boss, incident_id=incident.pk, facts=facts, clock=clock)
    ended = do_end_drill(boss, number=drill.number, clock=clock)
    marks = {row.key: (row.mark, row.actual) for row in ended.scores.all()}
    assert marks["acknowledged"][0] == "partly"
    assert marks["facts"] == ("fully", 10)  # ten minutes after the inject at minute 15
    assert marks["graded"][0] == "fully"
    assert marks["contained"] == ("not", None)
    assert marks["press"][0] == "not_applicable"  # its inject was never told


def test_nobody_is_asked_any_more_once_a_drill_ended(drill, boss, clock):
    incident = drill.incidents.get()
    ask_leadership(incident, clock.now())
    assert still_to_decide(incident)
    clock.at += timedelta(minutes=1)
    do_end_drill(boss, number=drill.number, clock=clock)
    clock.at += timedelta(days=3)
    pass_on_all(clock)
    assert {one.state for one in Asking.objects.filter(incident=incident)} == {AskingState.DROPPED}


def test_one_drill_at_a_time_and_two_clicks_begin_it_once(drill, boss, clock):
    assert do_begin_drill(boss, number=drill.number, clock=clock).pk == drill.pk
    assert Incident.objects.count() == 1
    plan = DrillPlan(title="另一次", scenario="sale_peak", planned_at=NOON)
    other = do_plan_drill(boss, plan, clock=clock)
    with pytest.raises(UsageError) as told:
        do_begin_drill(boss, number=other.number, clock=clock)
    assert told.value.code == "drill.busy"


def test_a_live_drill_attacks_the_demo_shop_and_no_other(boss, clock, home, monkeypatch):
    plan = DrillPlan(title="实战", scenario="network_attack", planned_at=NOON, kind="live")
    drill = do_plan_drill(boss, plan, clock=clock)
    told = '[protect.proof]\nurl = "https://shop.example.com"\n'
    (home / "shangdun.toml").write_text(told, "utf-8")
    with pytest.raises(UsageError) as refused:
        do_begin_drill(boss, number=drill.number, clock=clock)
    assert refused.value.code == "drill.live"
    assert not Incident.objects.exists()
    (home / "shangdun.toml").write_text(told.replace("https://shop.example.com", DEMO), "utf-8")
    do_begin_drill(boss, number=drill.number, clock=clock)
    run = ProofRun.objects.get()
    assert (run.cause, run.url, run.incident) == ("drill", DEMO, drill.incidents.get())
    exchange = Exchange(
        number=1, request="GET /", status=403, stopped=True, milliseconds=1.0, seen_after=2.0
    )
    result = Result(
        measure="sql",
        kind=MeasureKind.ATTACK,
        title={"zh": "注入", "en": "injection"},
        outcome=Proven.WORKS,
        exchanges=(exchange,),
    )
    do_finish_proof(JOBS, proof_id=run.pk, results=[result], clock=clock)
    entry = TimelineEntry.objects.filter(kind=TimelineKind.INJECT).get()
    assert (entry.data["sent"], entry.data["stopped"], entry.data["seen"]) == (1, 1, 1)


def test_what_a_drill_played_is_over_once_it_is_signed_and_stays_so(drill, boss, clock):
    incident = drill.incidents.get()
    do_take_incident(boss, incident_id=incident.pk, clock=clock)
    facts = Facts(known_at=NOON, personal_data=True, people=1_260_000, data_kinds=(DataKind.ORDER,))
    do_state_facts(boss, facts=facts, incident_id=incident.pk, clock=clock)
    clock.at += timedelta(minutes=30)
    do_end_drill(boss, number=drill.number, clock=clock)
    incident.refresh_from_db()
    assert incident.is_open  # its people may still finish what they were at
    assert running_clocks(incident)
    marks = list(drill.scores.values_list("key", "mark", "actual"))
    clock.at += timedelta(days=2)
    do_sign_drill(boss, number=drill.number, conclusion="联系及时。", clock=clock)
    incident = Incident.objects.get()
    assert (incident.state, incident.closed_at, incident.verdict) == ("closed", clock.at, "")
    assert list(drill.scores.values_list("key", "mark", "actual")) == marks
    assert not running_clocks(incident)
    assert not clocks_to_remind(clock.at + timedelta(days=30))
    told = incident.timeline.filter(kind=TimelineKind.STATE).latest("pk")
    assert told.data["drill"] == drill.number
    with pytest.raises(UsageError) as refused:
        do_move_incident(boss, incident_id=incident.pk, state="active", note="again", clock=clock)
    assert refused.value.code == "drill.begun"
