"""The register at work: assessed, treated, borne, learned from, round by round."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from shangdun.actions.risks.accept import (
    Bearing,
    do_accept_risk,
    do_expire_risk_acceptances,
)
from shangdun.actions.risks.assess import Assessed, do_assess_risk
from shangdun.actions.risks.learn import do_judge_risk_evidence, do_learn_risk_frequencies
from shangdun.actions.risks.register import NewRisk, do_add_risk, do_archive_risk, do_change_risk
from shangdun.actions.risks.remind import remind_of_risks
from shangdun.actions.risks.rounds import (
    Round,
    do_begin_risk_assessment,
    do_close_risk_assessment,
    do_confirm_risks,
    do_write_risk_report,
)
from shangdun.actions.risks.treat import (
    NewMeasure,
    do_add_risk_measure,
    do_follow_risk_measures,
    do_move_risk_measure,
)
from shangdun.actions.starters import Asked
from shangdun.actions.starters.risks import start
from shangdun.assess.frequency import prior
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import NotAllowed, UsageError
from shangdun.records.actor import JOBS, SETUP
from shangdun.records.conflict import EditConflict
from shangdun.records.models import (
    Finding,
    Incident,
    Message,
    PlanTask,
    Programme,
    Risk,
    RiskAcceptance,
    RiskFrequency,
    RiskMeasure,
    User,
)
from shangdun.records.risks import leaves, standing_of, standings, top_risks
from shangdun.records.roles import Role
from shangdun.runtime.programme.risks import look_after_risks

from .conftest import NOON

pytestmark = pytest.mark.django_db
CLOCK = FixedClock(NOON)
LATER = FixedClock(NOON + timedelta(days=365.25))
NUMBERS = {
    "frequency_low": Decimal("0.2"), "frequency_high": Decimal(2), "loss_low": Decimal(10_000),
    "loss_high": Decimal(300_000), "basis": "orders an hour × hours",
}  # fmt: skip


def assessed(**changes: Any) -> Assessed:
    given = {"threat_level": 4, "ease": 4, "harm": 4, "asset_value": 4, **NUMBERS, **changes}
    return Assessed(**given)


@pytest.fixture
def risk() -> Risk:
    made = do_add_risk(
        SETUP, NewRisk(title="Hole", incident_types=("network_attack",)), clock=CLOCK
    )
    return do_assess_risk(SETUP, assessed(), number=made.number, clock=CLOCK)


def incident(number: int, **changes: Any) -> Incident:
    at = changes.pop("at", NOON + timedelta(days=30))
    given = {
        "title": "Broken into", "type": "network_attack", "severity": 5, "state": "closed",
        "verdict": "true_positive", "occurred_at": at, "last_activity": at, "reported_at": at,
    }  # fmt: skip
    return Incident.objects.create(number=number, **{**given, **changes})


def attempt(number: int, tags: list[str], **changes: Any) -> Finding:
    at = NOON + timedelta(days=10)
    given = {
        "uid": f"f{number}", "rule_uid": tags[0], "title": "Try", "severity": 4, "first_time": at,
        "time": at, "recorded": at, "fold_key": str(number), "tags": tags,
    }  # fmt: skip
    return Finding.objects.create(**{**given, **changes})


def learn(clock: FixedClock = LATER) -> int:
    return do_learn_risk_frequencies(JOBS, clock=clock)


def programme(language: str = "en") -> Programme:
    return Programme.objects.create(
        number=1, title="Plan", language=language, starts_on=NOON.date(), created_at=NOON
    )


def begin(platform: frozenset[str] = frozenset()) -> Programme:
    made = programme()
    for key in ("network-protection", "encryption", "training-held"):
        PlanTask.objects.create(
            programme=made, position=1, code="1", title=key, key=key, due=NOON.date()
        )
    with transaction.atomic():
        start(Asked(SETUP, made, NOON, NOON.date(), platform))
    return made


def test_the_starting_register_has_the_five_factors_and_is_safe_to_repeat():
    plan = begin()
    factors = Risk.objects.filter(factor=True)
    assert factors.count() == 5
    assert all(one.measures.exists() for one in factors)
    before = Risk.objects.count(), RiskMeasure.objects.count()
    with transaction.atomic():
        assert start(Asked(SETUP, plan, NOON, NOON.date())).made == 0
    assert (Risk.objects.count(), RiskMeasure.objects.count()) == before
    assert not Risk.objects.filter(key="payment-fraud").exists()
    assert all(one.now is not None for one in leaves(standings(SETUP)))
    assert not Risk.objects.exclude(assessed_at=None).exists()
    assert not Risk.objects.exclude(loss_low=None).exists()


def test_a_measure_of_a_factor_follows_its_task_and_lowers_what_is_below():
    begin()
    number = Risk.objects.get(key="web-exploit").number
    first = standing_of(SETUP, number)
    assert first.now == first.before
    PlanTask.objects.filter(key="network-protection").update(state="done")
    RiskMeasure.objects.filter(key="intrusion-prevention").update(control="")
    assert do_follow_risk_measures(JOBS, clock=CLOCK) == 1
    assert do_follow_risk_measures(JOBS, clock=CLOCK) == 0
    after = standing_of(SETUP, number)
    assert after.now.likelihood == first.now.likelihood - 1
    assert [one.key for one in after.effective] == ["intrusion-prevention"]
    PlanTask.objects.filter(key="network-protection").update(state="doing")
    assert do_follow_risk_measures(JOBS, clock=CLOCK) == 1
    assert standing_of(SETUP, number).now == first.now


def test_by_hand_only_what_nothing_proves(risk):
    plan = programme()
    task = PlanTask.objects.create(programme=plan, position=1, code="1", title="Wall")
    linked = do_add_risk_measure(
        SETUP, NewMeasure(title="Wall", task=task.pk), number=risk.number, clock=CLOCK
    )
    with pytest.raises(UsageError, match="follows") as error:
        do_move_risk_measure(SETUP, measure_id=linked.pk, state="effective", reason="I say so")
    assert error.value.code == "measure.proven"
    free = do_add_risk_measure(SETUP, NewMeasure(title="Net"), number=risk.number, clock=CLOCK)
    with pytest.raises(UsageError) as error:
        do_move_risk_measure(SETUP, measure_id=free.pk, state="effective")
    assert error.value.code == "risk.reason"


def test_incidents_update_the_frequency_as_the_conjugate_does(risk):
    for number in (1, 2, 3):
        incident(number)
    incident(4, verdict="false_positive")
    incident(5, state="active", verdict="")
    incident(6, type="system_failure")
    incident(7, at=NOON - timedelta(days=1))
    assert learn() == 1
    found = standing_of(SETUP, risk.number).learned
    said = prior(0.2, 2)
    assert (found.evidence.events, found.evidence.years) == (3, pytest.approx(1))
    assert found.posterior.shape == pytest.approx(said.shape + 3)
    assert found.posterior.rate == pytest.approx(said.rate + 1)
    assert learn() == 0
    row = RiskFrequency.objects.get()
    assert (row.prior_shape, row.events) == (pytest.approx(said.shape), 3)
    assert {one.incident.number for one in risk.evidence.all()} == {1, 2, 3}


def test_an_incident_that_turns_out_harmless_is_evidence_no_more(risk):
    one = incident(1)
    learn()
    Incident.objects.filter(pk=one.pk).update(verdict="false_positive")
    assert learn() == 1
    assert not risk.evidence.exists()


def test_what_a_person_judged_stays(risk):
    other = incident(1, type="system_failure")
    mine = incident(2)
    learn()
    judge = {"number": risk.number, "reason": "looked into it", "clock": LATER}
    do_judge_risk_evidence(SETUP, incident_number=other.number, counts=True, **judge)
    do_judge_risk_evidence(SETUP, incident_number=mine.number, counts=False, **judge)
    learn()
    counted = risk.evidence.filter(counts=True).values_list("incident__number", flat=True)
    assert list(counted) == [1]


def test_attempts_are_counted_apart_and_weigh_by_their_share(risk):
    do_change_risk(
        SETUP,
        NewRisk(title="Hole", incident_types=("network_attack",), tags=("attack.t1190",)),
        number=risk.number, clock=CLOCK,
    )  # fmt: skip
    do_assess_risk(SETUP, assessed(success_share=Decimal("0.01")), number=risk.number, clock=CLOCK)
    real, open_one = incident(1), incident(2, state="active", verdict="")
    for number in range(50):
        attempt(number, ["attack.t1190"])
    attempt(60, ["oat.011"])
    attempt(61, ["attack.t1190"], state="dismissed")
    attempt(62, ["attack.t1190"], incident=real)
    attempt(63, ["attack.t1190"], incident=open_one)
    learn()
    found = standing_of(SETUP, risk.number).learned
    assert (found.evidence.attempts, found.evidence.events) == (50, 1)
    said = prior(0.2, 2)
    assert found.posterior.shape == pytest.approx(said.shape + 1 + 0.5)
    assert found.posterior.rate == pytest.approx(said.rate + 1 + 0.99)


def test_a_year_behind_a_measure_counts_less(risk):
    made = do_add_risk_measure(
        SETUP, NewMeasure(title="Net", frequency_cut=60), number=risk.number, clock=CLOCK
    )
    do_move_risk_measure(SETUP, measure_id=made.pk, state="effective", reason="tested", clock=CLOCK)
    learn()
    found = standing_of(SETUP, risk.number)
    assert found.learned.evidence.years == pytest.approx(0.4)
    assert found.yearly("now") == pytest.approx(found.yearly("before") * 0.4)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"threat_level": 6}, "risk.level"),
        ({"asset_value": None}, "risk.asset"),
        ({"frequency_high": None}, "risk.together"),
        ({"frequency_low": Decimal(3)}, "risk.frequency"),
        ({"loss_low": Decimal(0)}, "risk.loss"),
        ({"loss_shape": "pert", "loss_mode": Decimal(1)}, "risk.loss"),
        ({"basis": " "}, "risk.basis"),
        ({"success_share": Decimal(1)}, "risk.share"),
        ({"observed_since": datetime(2030, 1, 1, tzinfo=UTC)}, "risk.since"),
    ],
)
def test_what_is_wrong_with_an_assessment_is_said(risk, changes, code):
    with pytest.raises(UsageError) as error:
        do_assess_risk(SETUP, assessed(**changes), number=risk.number, clock=CLOCK)
    assert error.value.code == code


def test_two_at_once_both_see_what_the_other_wants(risk):
    with pytest.raises(EditConflict) as conflict:
        do_assess_risk(SETUP, assessed(ease=1), number=risk.number, version=risk.version - 1)
    assert (conflict.value.mine["ease"], conflict.value.theirs["ease"]) == (1, 4)
    same = do_assess_risk(SETUP, assessed(), number=risk.number, clock=CLOCK)
    assert same.version == risk.version


def test_the_owner_does_not_bear_it_where_somebody_else_may(risk, somebody: Callable[..., User]):
    owner = somebody(Role.LEADERSHIP, name="zhao")
    Risk.objects.update(owner=owner)
    bearing = Bearing(until=date(2026, 8, 1), reason="dearer to treat")
    alone = do_accept_risk(owner, bearing, number=risk.number, clock=CLOCK)
    assert alone.approver == owner
    other = somebody(Role.LEADERSHIP, name="qian")
    with pytest.raises(NotAllowed) as error:
        do_accept_risk(
            owner, Bearing(until=date(2026, 9, 1), reason="longer"), number=risk.number,
            clock=CLOCK,
        )  # fmt: skip
    assert error.value.code == "accept.own"
    second = do_accept_risk(other, bearing, number=risk.number, clock=CLOCK)
    alone.refresh_from_db()
    assert (alone.ended_why, second.ended_at) == ("replaced", None)
    assert not standing_of(SETUP, risk.number).untreated


def test_handing_it_over_for_a_moment_does_not_make_the_owner_another(
    risk, somebody: Callable[..., User]
):
    owner, other = somebody(Role.LEADERSHIP, name="zhao"), somebody(Role.LEADERSHIP, name="qian")
    Risk.objects.update(owner=owner)
    wanted = NewRisk(title=risk.title, owner=other.pk)
    do_change_risk(owner, wanted, number=risk.number, clock=CLOCK)
    bearing = Bearing(until=date(2026, 8, 1), reason="dearer to treat")
    with pytest.raises(NotAllowed) as error:
        do_accept_risk(owner, bearing, number=risk.number, clock=CLOCK)
    assert error.value.code == "accept.own"
    later = FixedClock(NOON + timedelta(days=31))
    assert do_accept_risk(owner, bearing, number=risk.number, clock=later).approver == owner


@pytest.mark.parametrize("until", [date(2026, 5, 4), date(2027, 6, 1), date(2020, 1, 1)])
def test_nothing_is_borne_for_ever_or_for_yesterday(risk, until):
    with pytest.raises(UsageError) as error:
        do_accept_risk(SETUP, Bearing(until=until, reason="x"), number=risk.number, clock=CLOCK)
    assert error.value.code == "accept.until"


def test_an_acceptance_ends_on_its_day_or_when_the_risk_rises(risk):
    def bear() -> RiskAcceptance:
        wanted = Bearing(until=date(2026, 5, 10), reason="for a week")
        return do_accept_risk(SETUP, wanted, number=risk.number, clock=CLOCK)

    first = bear()
    last_day = FixedClock(datetime(2026, 5, 10, 10, tzinfo=UTC))
    assert do_expire_risk_acceptances(JOBS, clock=last_day) == 0
    assert do_expire_risk_acceptances(JOBS, clock=FixedClock(NOON + timedelta(days=7))) == 1
    first.refresh_from_db()
    assert first.ended_why == "expired"
    assert Message.objects.filter(kind="risk_acceptance_ended").count() == 1
    second = bear()
    do_assess_risk(
        SETUP, assessed(threat_level=5, ease=5, harm=5, asset_value=5), number=risk.number,
        clock=CLOCK,
    )  # fmt: skip
    assert do_expire_risk_acceptances(JOBS, clock=CLOCK) == 1
    second.refresh_from_db()
    assert second.ended_why == "risen"
    assert standing_of(SETUP, risk.number).untreated


def test_a_round_wants_every_risk_and_the_next_one_tracks_them(risk):
    other = do_add_risk(SETUP, NewRisk(title="Flood"), clock=CLOCK)
    month = FixedClock(NOON + timedelta(days=30))
    begun = do_begin_risk_assessment(
        SETUP, Round(title="Risk assessment report", scope="All", language="en"), clock=month
    )
    with pytest.raises(UsageError) as error:
        do_close_risk_assessment(SETUP, number=begun.number, clock=month)
    assert (error.value.code, error.value.where) == (
        "assessment.unrated", f"R-{risk.number}, R-{other.number}",
    )  # fmt: skip
    assert do_confirm_risks(SETUP, numbers=[risk.number, other.number], clock=month) == 1
    do_assess_risk(SETUP, assessed(harm=1), number=other.number, clock=month)
    closed = do_close_risk_assessment(SETUP, number=begun.number, clock=month)
    assert closed.ratings.count() == 2
    assert closed.figures["stages"]["now"]["mean"] > 0
    do_assess_risk(SETUP, assessed(threat_level=5, ease=5), number=risk.number, clock=month)
    worst = top_risks(SETUP, 1, month.now())[0]
    assert (worst.risk.number, worst.trend) == (risk.number, "up")


def test_the_report_becomes_a_document_once_and_keeps_hostile_texts_as_texts(risk):
    hostile = "<script>alert(1)</script> | **x** {{slot}}"
    do_change_risk(SETUP, NewRisk(title=hostile), number=risk.number, clock=CLOCK)
    begun = do_begin_risk_assessment(
        SETUP, Round(title="风险评估报告", scope=f"{hostile}\n\n# no heading"), clock=CLOCK
    )
    do_confirm_risks(SETUP, numbers=[risk.number], clock=CLOCK)
    do_assess_risk(SETUP, assessed(harm=5), number=risk.number, clock=CLOCK)
    do_close_risk_assessment(SETUP, number=begun.number, clock=CLOCK)
    made = do_write_risk_report(SETUP, number=begun.number, clock=CLOCK)
    assert do_write_risk_report(SETUP, number=begun.number, clock=CLOCK) == made
    draft = made.versions.get()
    assert (made.kind, draft.state) == ("report", "draft")
    assert "<script>" not in draft.body
    assert "{{slot}}" not in draft.body
    assert "\n# no heading" not in draft.body
    assert "GB/T 20984-2022" in draft.body


def test_owners_are_reminded_once_a_week(risk, responder):
    Risk.objects.update(owner=responder, review_on=NOON.date())
    assert remind_of_risks(NOON) == 1
    remind_of_risks(NOON + timedelta(hours=3))
    assert Message.objects.filter(kind="risks_due").count() == 1
    remind_of_risks(NOON + timedelta(days=7))
    assert Message.objects.filter(kind="risks_due").count() == 2


def test_the_night_is_looked_through_once(risk):
    incident(1)
    morning = FixedClock(NOON + timedelta(days=40))
    look_after_risks(morning)
    first = RiskFrequency.objects.count()
    look_after_risks(FixedClock(morning.now() + timedelta(hours=1)))
    assert RiskFrequency.objects.count() == first == 1
    risk.refresh_from_db()
    assert risk.learned_at == morning.now()


def test_a_factor_stays_while_risks_belong_to_it(risk):
    factor = Risk.objects.create(number=99, title="F", factor=True, created_at=NOON)
    do_change_risk(SETUP, NewRisk(title="Hole", parent=99), number=risk.number, clock=CLOCK)
    with pytest.raises(UsageError) as error:
        do_archive_risk(SETUP, number=factor.number, reason="over", clock=CLOCK)
    assert error.value.code == "risk.holds"
    do_archive_risk(SETUP, number=risk.number, reason="over", clock=CLOCK)
    do_archive_risk(SETUP, number=factor.number, reason="over", clock=CLOCK)
    assert not leaves(standings(SETUP))
