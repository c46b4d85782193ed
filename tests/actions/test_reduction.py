"""Few rows, few incidents: storms, suppressions, risk and what verdicts teach, in the records."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shangdun.actions.approve_filter import do_approve_filter
from shangdun.actions.judge_finding import do_judge_finding
from shangdun.actions.merge_incidents import do_merge_incidents
from shangdun.actions.move_incident import do_close_incident, do_move_incident
from shangdun.actions.record_findings import Recorded, do_record_findings
from shangdun.actions.suppress_findings import do_end_suppression, do_suppress_findings
from shangdun.actions.take_incident import do_take_incident
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import WATCH, System
from shangdun.records.entities import risk_of, riskiest
from shangdun.records.models import (
    EntityRisk,
    Finding,
    FindingEntity,
    FindingState,
    Incident,
    Judgement,
    Reduction,
    Suppression,
    User,
)
from shangdun.records.reduction import reduced
from shangdun.respond.filter_proposal import Condition, Proposal, Target
from shangdun.respond.grouping import Policy
from shangdun.respond.storm import APART
from shangdun.respond.suppression import Scope

from .conftest import NOON, finding, ledger

pytestmark = pytest.mark.django_db

ALL = System("system:test")


def record(batch: int, *findings: object, at: timedelta = timedelta()) -> Recorded:
    clock = FixedClock(NOON + at)
    return do_record_findings(WATCH, batch=batch, findings=findings, policy=Policy(), clock=clock)


def strangers(number: int, start: int = 0, **more: object) -> list[object]:
    return [
        finding((start + n, tuple(more)), entities={"address": f"198.18.{n // 250}.{n % 250}"},
                seconds=n / 1000, **more)
        for n in range(start, start + number)
    ]  # fmt: skip


def test_thirty_thousand_alerts_about_as_many_subjects_are_few_rows_and_one_incident() -> None:
    for batch in range(10):
        record(batch + 1, *strangers(3000, batch * 3000))
    assert Finding.objects.count() == APART + 1
    (incident,) = Incident.objects.exclude(state="closed")
    storm = Finding.objects.get(subjects__gt=1)
    assert storm.incident == incident
    assert storm.subjects == pytest.approx(30_000, rel=0.12)
    assert sum(Finding.objects.values_list("count", flat=True)) == 30_000
    assert (incident.finding_count, incident.about_kind) == (APART + 1, "rule")
    assert incident.title == "Rule sqli · many at once"
    merged = Incident.objects.filter(merged_into=incident)
    assert merged.count() == APART
    figures = Reduction.objects.get()
    assert (figures.seen, figures.added, figures.gathered) == (30_000, 21, 30_000 - 21)
    assert reduced(ALL, NOON, [24])[24].incidents == 1


def test_a_storm_leaves_alone_what_somebody_touched_or_other_rules_found(responder: User) -> None:
    record(1, *strangers(APART))
    taken, other, *_ = Incident.objects.order_by("number")
    do_take_incident(responder, incident_id=taken.pk)
    entity = other.entities.get().value
    record(2, finding("x", rule="xss", entities={"address": entity}))
    recorded = record(3, *strangers(5, APART))
    assert len(recorded.merged) == APART - 2
    assert not {taken.number, other.number} & set(recorded.merged)
    strange = Incident.objects.get(about_kind="rule")
    assert not strange.entities.filter(kind="address", joins=True).exists()


def test_a_story_of_one_attacker_is_not_glued_to_a_storm() -> None:
    record(1, *strangers(APART + 30))
    opened = record(2, finding("shell", rule="shell", severity=5,
                               entities={"address": "198.18.0.35"})).opened  # fmt: skip
    assert len(opened) == 1, "an address that a storm only mentions opens its own incident"


def test_a_thousand_repetitions_are_one_row(django_assert_max_num_queries) -> None:
    # Sixty for the findings; the rest tells leadership of the one incident.
    with django_assert_max_num_queries(80):
        record(1, *(finding(n, seconds=n / 10) for n in range(5000)))
    assert Finding.objects.get().count == 5000


def suppress(actor: object, **more: object) -> Suppression:
    values = {
        "scope": Scope(rule_uid="sqli", kind="address", value="203.0.113.0/24"),
        "until": NOON + timedelta(hours=8),
        "reason": "a load test",
        "clock": FixedClock(NOON),
    }
    return do_suppress_findings(actor, **(values | more))


def test_what_is_suppressed_is_stored_counted_and_raises_nothing(responder: User) -> None:
    row = suppress(responder)
    recorded = record(1, finding(1), finding(2, seconds=1), finding(3, rule="xss"))
    assert (recorded.added, recorded.withheld, recorded.opened) == (1, 2, (1,))
    held = Finding.objects.get(state=FindingState.WITHHELD)
    assert (held.count, held.suppression_id, held.incident) == (2, row.pk, None)
    row.refresh_from_db()
    assert (row.withheld, row.last_withheld) == (2, NOON + timedelta(seconds=1))
    assert set(FindingEntity.objects.filter(points__gt=0).values_list("finding__rule_uid")) == {
        ("xss",)
    }
    figures = Reduction.objects.get()
    assert (figures.seen, figures.added, figures.withheld, figures.folded) == (3, 1, 2, 0)
    assert ("suppress_findings", f"user:{responder.pk}:chen", f"suppression:{row.pk}") in ledger()


def test_it_ends_by_itself_and_by_hand(responder: User) -> None:
    row = suppress(responder)
    assert record(1, finding(1), at=timedelta(hours=8)).opened == (1,)
    again = suppress(responder, scope=Scope(rule_uid="xss"))
    assert record(2, finding(2, rule="xss")).withheld == 1
    do_end_suppression(responder, suppression_id=again.pk, clock=FixedClock(NOON))
    assert record(3, finding(3, rule="xss", seconds=5)).added == 1
    again.refresh_from_db()
    assert (again.ended, again.ended_by) == (NOON, responder)
    late = FixedClock(NOON + timedelta(days=1))
    assert do_end_suppression(responder, suppression_id=row.pk, clock=late).ended is None


def test_a_storm_of_suppressed_findings_stays_few_rows(responder: User) -> None:
    row = suppress(responder, scope=Scope(rule_uid="sqli"))
    record(1, *strangers(2000))
    record(2, *strangers(2000, 2000))
    assert Finding.objects.count() == APART + 1
    row.refresh_from_db()
    assert row.withheld == 4000
    assert not Incident.objects.exists()


def test_what_was_confirmed_is_not_suppressed_without_a_warning(responder: User) -> None:
    record(1, finding(1))
    incident = Incident.objects.get()
    do_close_incident(responder, incident_id=incident.pk, verdict="true_positive", note="real",
                      clock=FixedClock(NOON))  # fmt: skip
    with pytest.raises(UsageError) as caught:
        suppress(responder)
    assert caught.value.code == "suppression.confirmed"
    assert suppress(responder, scope=Scope(rule_uid="sqli", kind="address", value="8.8.8.8"))
    assert suppress(responder, knowingly=True)


def small(number: int, **more: object) -> object:
    return finding(number, rule=f"low{number}", severity=1, seconds=number, **more)


def test_small_findings_of_many_rules_open_an_incident_by_their_risk() -> None:
    recorded = [record(n, small(n)) for n in range(1, 40)]
    assert not Incident.objects.exclude(severity=0).filter(finding_count=0).exists()
    opening = next(n for n, one in enumerate(recorded) if one.opened)
    assert opening == 25, "25 findings of 4 points, faded a little, are just below the threshold"
    incident = Incident.objects.get()
    assert incident.timeline.filter(kind="risk").get().data["value"] == "203.0.113.9"
    (risky, *_) = riskiest(ALL, NOON + timedelta(seconds=40))
    assert (risky.entity.value, risky.findings) == ("203.0.113.9", 39)
    assert risky.score == pytest.approx(39 * 4, rel=0.01)


def test_one_noisy_rule_alone_opens_nothing() -> None:
    for n in range(60):
        record(n + 1, finding(n, rule="noisy", severity=1, seconds=n * 660))
    assert not Incident.objects.exists()
    assert EntityRisk.objects.get().level < 1e6


def test_risk_that_crosses_the_threshold_raises_an_open_incident() -> None:
    record(1, finding(1, severity=3))
    record(2, finding(2, rule="b", severity=3), finding(3, rule="c", severity=3))
    incident = Incident.objects.get()
    assert incident.severity == 4
    assert incident.timeline.filter(kind="risk").count() == 1
    record(3, finding(4, rule="d", severity=3))
    assert incident.timeline.filter(kind="risk").count() == 1, "said once"


def test_shared_and_private_addresses_get_no_risk() -> None:
    record(1, finding(1, entities={"address": "10.0.0.7"}), finding(2, entities={"host": "web1"}))
    assert [(row.kind, row.value) for row in EntityRisk.objects.all()] == [("host", "web1")]


def test_a_time_in_the_future_is_not_risky_for_ever() -> None:
    far = finding(1, seconds=3600 * 24 * 365 * 50)
    record(1, far)
    score = riskiest(ALL, NOON)[0].score
    assert score == pytest.approx(73 * 0.8)


def test_a_false_alarm_takes_its_points_back_and_lowers_its_rule(responder: User) -> None:
    record(1, finding(1), finding(2, rule="xss", entities={"account": "li"}))
    false, real = Incident.objects.order_by("number")
    at = FixedClock(NOON + timedelta(minutes=1))
    do_close_incident(responder, incident_id=false.pk, verdict="false_positive", note="ours",
                      clock=at)  # fmt: skip
    do_close_incident(responder, incident_id=real.pk, verdict="true_positive", note="real",
                      clock=at)  # fmt: skip
    assert [row.value for row in EntityRisk.objects.all()] == ["li"]
    verdicts = {row.rule_uid: row.verdict for row in Judgement.objects.all()}
    assert verdicts == {"sqli": "false_positive", "xss": "true_positive"}
    record(2, finding(3, entities={"account": "wang"}))
    record(3, finding(4, rule="xss", entities={"account": "zhao"}))
    scores = {one.entity.value: one.score for one in riskiest(ALL, NOON)}
    assert scores["wang"] == pytest.approx(73 * 4 / 6)
    assert scores["zhao"] == pytest.approx(73 * 5 / 6)
    do_move_incident(responder, incident_id=false.pk, state="active", note="it was real",
                     clock=at)  # fmt: skip
    assert not Judgement.objects.filter(rule_uid="sqli").exists()
    assert Finding.objects.get(rule_uid="sqli", incident=false).state == FindingState.IN_INCIDENT


def test_a_finding_judged_alone_keeps_its_verdict(responder: User) -> None:
    record(1, finding(1), finding(2, rule="xss"))
    alone, rest = Finding.objects.order_by("rule_uid")
    do_judge_finding(responder, finding_id=alone.pk, verdict="false_positive")
    incident = Incident.objects.get()
    do_close_incident(responder, incident_id=incident.pk, verdict="true_positive", note="real")
    alone.refresh_from_db()
    rest.refresh_from_db()
    assert (alone.verdict, alone.state) == ("false_positive", "dismissed")
    assert (rest.verdict, rest.state) == ("true_positive", "confirmed")
    assert {(j.rule_uid, j.verdict) for j in Judgement.objects.all()} == {
        (alone.rule_uid, "false_positive"),
        (rest.rule_uid, "true_positive"),
    }
    do_judge_finding(responder, finding_id=alone.pk, verdict="")
    alone.refresh_from_db()
    assert (alone.verdict, alone.judged_at) == ("true_positive", None)


def test_two_incidents_become_one_and_both_stay_readable(responder: User) -> None:
    record(1, finding(1), finding(2, entities={"account": "li"}))
    first, second = Incident.objects.order_by("number")
    do_merge_incidents(responder, incident_id=first.pk, other=second.number, note="same people")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.finding_count, second.finding_count) == (2, 0)
    assert (second.state, second.merged_into, second.verdict) == ("closed", first, "")
    assert second.timeline.filter(kind="merged").get().data == {"into": first.number}
    record(2, finding(3, rule="xss", entities={"account": "li"}))
    assert Finding.objects.get(rule_uid="xss").incident == first, "its entities join here now"
    with pytest.raises(UsageError) as caught:
        do_move_incident(responder, incident_id=second.pk, state="active", note="again")
    assert caught.value.code == "incident.merged"
    with pytest.raises(UsageError):
        do_merge_incidents(responder, incident_id=first.pk, other=first.number)


PROPOSAL = Proposal(
    (Condition("src_endpoint.ip", "", "203.0.113.9"), Condition("path", "", "/health")), (1, 2, 3)
)
TARGET = Target(
    rules=("sqli",), judged=("sqli", "many_sqli"), logsource={"category": "webserver"}, title="Not"
)


def with_fields(number: int, rule: str) -> object:
    one = finding(number, rule=rule)
    one.evidences[0].fields = {"src_endpoint.ip": "203.0.113.9", "path": "/health"}
    return one


def test_a_filter_is_approved_once_and_refused_where_something_real_would_be_lost(
    administrator: User, responder: User
) -> None:
    row = do_approve_filter(administrator, proposal=PROPOSAL, target=TARGET, reason="ours")
    assert (row.kind, row.origin, row.live) == ("filter", "proposed", True)
    before = len(ledger())
    do_approve_filter(administrator, proposal=PROPOSAL, target=TARGET, reason="ours")
    assert [entry[0] for entry in ledger()[before:]] in ([], ["approve_filter"])
    record(1, with_fields(1, "many_sqli"))
    do_judge_finding(responder, finding_id=Finding.objects.get().pk, verdict="true_positive")
    with pytest.raises(UsageError) as caught:
        do_approve_filter(administrator, proposal=PROPOSAL, target=TARGET, reason="ours again")
    assert caught.value.code == "filter.confirmed"


def test_risk_is_gone_when_nothing_is_left_of_it() -> None:
    record(1, finding(1))
    entity = risk_of(ALL, finding(1).entities[0], NOON + timedelta(days=30))
    assert entity
    assert riskiest(ALL, NOON + timedelta(days=30)) == []
