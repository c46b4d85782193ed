"""What the policy makes of offences: steps, holds, bounds; and that none is lost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from shangdun.actions.answer_offences import Answered, Answering, do_answer_offences
from shangdun.actions.confirm_decision import do_refuse_decision
from shangdun.actions.decide import NewDecision, do_decide
from shangdun.actions.expire_decisions import do_expire_decisions
from shangdun.actions.judge_finding import do_judge_finding
from shangdun.actions.note_offences import offences_of
from shangdun.actions.record_findings import do_record_findings
from shangdun.actions.undo_decision import do_undo_decision
from shangdun.kernel.clock import FixedClock, to_millis
from shangdun.protect.customers import Customers
from shangdun.protect.decision import Measure
from shangdun.protect.policy import Offence
from shangdun.protect.settings import CustomersConfig, ProtectConfig
from shangdun.protect.target import Target, target
from shangdun.records.actor import POLICY, WATCH
from shangdun.records.models import Decision, LedgerEntry, OffenceBatch, User

from .conftest import NOON, finding

pytestmark = pytest.mark.django_db

ATTACKER = target("address", "203.0.113.9")
SHOPPER = {"customer": "li", "address": "198.51.100.20", "account": "li"}
ACT = ProtectConfig(mode="act")


@pytest.fixture(autouse=True)
def _empty_home(home: Path) -> None:
    del home


def offence(whom: Target = ATTACKER, *, time: float = 0, **more: object) -> Offence:
    given = {
        "target": whom,
        "rule": "sqli",
        "title": "SQL injection",
        "severity": 4,
        "time": to_millis(NOON) + int(time * 1000),
        "count": 1,
        "finding": "none",
    }
    return Offence(**{**given, **more})


def answer(
    offences: Iterable[Offence],
    clock: FixedClock,
    *,
    config: ProtectConfig = ACT,
    customers: Customers | None = None,
    **more: object,
) -> Answered:
    known = customers or Customers.of([SHOPPER], taken=to_millis(clock.now()))
    answering = Answering(offences=list(offences), config=config, customers=known, **more)
    return do_answer_offences(POLICY, answering, clock=clock)


def decisions(**chosen: object) -> list[tuple[str, str, str]]:
    rows = Decision.objects.filter(level__gt=0, **chosen).order_by("pk")
    return [(row.state, row.measure, row.held) for row in rows]


def test_repeat_offenders_go_up_step_by_step(clock: FixedClock) -> None:
    expected = [
        ("throttle", timedelta(minutes=10)),
        ("challenge", timedelta(hours=1)),
        ("block", timedelta(days=1)),
        ("block", timedelta(days=7)),
    ]
    for measure, lasts in expected:
        begun = (clock.now() - NOON).total_seconds()
        answer([offence(time=begun)], clock)
        row = Decision.objects.get(state="in_force", level__gt=0)
        assert (row.measure, row.until) == (measure, clock.now() + lasts)
        assert row.author == "rule:sqli"
        answer([offence(time=begun + 5)], clock)  # was on its way: no step for it
        assert Decision.objects.get(state="in_force", level__gt=0).pk == row.pk
        clock.move(timedelta(seconds=60))
    assert [state for state, _, _ in decisions()] == ["replaced"] * 3 + ["in_force"]


def test_who_comes_back_goes_on_where_he_was_and_the_quiet_are_forgotten(
    clock: FixedClock,
) -> None:
    answer([offence()], clock)
    clock.move(timedelta(minutes=30))
    do_expire_decisions(POLICY, clock=clock)
    answer([offence(time=1800)], clock)
    assert Decision.objects.get(state="in_force", level__gt=0).measure == "challenge"
    clock.move(timedelta(days=4))
    do_expire_decisions(POLICY, clock=clock)
    answer([offence(time=4 * 86_400)], clock)
    assert Decision.objects.get(state="in_force", level__gt=0).measure == "throttle"


def test_the_gravest_begin_with_a_challenge_and_nobody_with_a_block(clock: FixedClock) -> None:
    answer([offence(severity=5)], clock)
    assert decisions() == [("in_force", "challenge", "")]


def test_medium_needs_company(clock: FixedClock) -> None:
    found = answer([offence(severity=3)], clock)
    assert (found.decided, len(found.waiting)) == (0, 1)
    answer([offence(severity=3)], clock, earlier={ATTACKER: 2})
    assert decisions() == [("in_force", "throttle", "")]


def test_a_customer_is_not_blocked_by_a_rule(clock: FixedClock) -> None:
    shopper = target("address", "198.51.100.20")
    limits = CustomersConfig(slowed_at_most=0)
    answer([offence(shopper), offence()], clock, config=ProtectConfig(mode="act", customers=limits))
    assert decisions(value=shopper.value) == [("proposed", "throttle", "customers")]
    assert Decision.objects.get(value=shopper.value).payers == 1
    assert decisions(value=ATTACKER.value) == [("in_force", "throttle", "")]


def test_all_together_meet_no_more_customers_than_the_share(clock: FixedClock) -> None:
    rows = [{"customer": f"c{n}", "address": f"198.51.100.{n}"} for n in range(1, 101)]
    known = Customers.of(rows, taken=to_millis(NOON))
    whom = [target("address", f"198.51.100.{n}") for n in range(1, 11)]
    limits = CustomersConfig(slowed_at_most=1, share_percent=5.0)
    found = answer(
        [offence(one) for one in whom],
        clock,
        config=ProtectConfig(mode="act", customers=limits),
        customers=known,
    )
    assert (found.decided, found.proposed) == (5, 5)
    assert decisions(state="proposed") == [("proposed", "throttle", "share")] * 5


def test_without_knowing_who_pays_a_person_is_asked(clock: FixedClock) -> None:
    answer([offence()], clock, customers=Customers.unknown())
    assert decisions() == [("proposed", "throttle", "unknown")]
    answer([offence(time=1)], clock, customers=Customers.unknown())
    assert Decision.objects.get(level__gt=0).offences == 2
    clock.move(timedelta(hours=23))  # a proposal waits for a day, its time begins with a yes
    assert do_expire_decisions(POLICY, clock=clock) == 0
    clock.move(-timedelta(hours=23))
    answer([offence(time=2)], clock)  # now it is known
    assert decisions() == [("replaced", "throttle", "unknown"), ("in_force", "throttle", "")]
    knows_nothing = CustomersConfig(unknown="act")
    other = offence(target("address", "203.0.113.10"))
    config = ProtectConfig(mode="act", customers=knows_nothing)
    answer([other], clock, config=config, customers=Customers.unknown())
    assert decisions(value="203.0.113.10") == [("in_force", "throttle", "")]


def test_an_account_may_be_the_victims(clock: FixedClock) -> None:
    answer([offence(target("account", "wang"))], clock)
    assert decisions() == [("proposed", "throttle", "account")]


def test_modes(clock: FixedClock) -> None:
    answer([offence()], clock, config=ProtectConfig(mode="propose"))
    assert decisions() == [("proposed", "throttle", "mode")]
    simulated = target("address", "203.0.113.10")
    for later in (0, 5, 60):
        clock.move(timedelta(seconds=later))
        config = ProtectConfig(mode="simulate")
        answer([offence(simulated, time=later)], clock, config=config)
    states = decisions(value=simulated.value)
    assert states == [("simulated", "throttle", ""), ("simulated", "challenge", "")]


def test_what_a_person_said_counts(responder: User, clock: FixedClock) -> None:
    allowed = NewDecision(target=ATTACKER, measure=Measure.ALLOW, reason="our tester", until=None)
    do_decide(responder, allowed, clock=clock)
    answer([offence()], clock)
    assert decisions() == []
    undone, refused = target("address", "203.0.113.10"), target("address", "203.0.113.11")
    answer([offence(undone)], clock)
    do_undo_decision(responder, decision_id=Decision.objects.get(value=undone.value).pk)
    answer([offence(refused)], clock, customers=Customers.unknown())
    do_refuse_decision(responder, decision_id=Decision.objects.get(value=refused.value).pk)
    answer([offence(undone, time=60), offence(refused, time=60)], clock)
    assert decisions(value=undone.value)[1:] == [("proposed", "throttle", "undone")]
    assert len(decisions(value=refused.value)) == 1


def test_a_person_who_takes_over_what_the_policy_decided_keeps_it(
    responder: User, clock: FixedClock
) -> None:
    answer([offence()], clock)
    clock.move(timedelta(minutes=1))
    mine = NewDecision(
        target=ATTACKER, measure=Measure.THROTTLE, rate=ProtectConfig().throttle_rate,
        reason="ours to watch", until=None,
    )  # fmt: skip
    kept = do_decide(responder, mine, clock=clock)
    clock.move(timedelta(minutes=5))
    answer([offence(time=360)], clock)
    row = Decision.objects.get(state="in_force", value=ATTACKER.value)
    assert (row.pk, row.until, row.author) == (kept.pk, None, "person:chen")


def test_a_storm_waits_for_a_person_above_the_bound_in_one_entry(clock: FixedClock) -> None:
    whom = [target("address", f"10.{n >> 8}.{n & 255}.1") for n in range(2_000)]
    config = ProtectConfig(mode="act", most_a_minute=100, most_in_force=1_500)
    entries = LedgerEntry.objects.count()
    found = answer([offence(one) for one in whom], clock, config=config)
    assert (found.decided, found.proposed, found.dropped) == (100, 1_500, 400)
    assert decisions(state="proposed")[0] == ("proposed", "throttle", "storm")
    assert LedgerEntry.objects.count() == entries + 1


def test_findings_leave_their_offences_until_these_are_answered(clock: FixedClock) -> None:
    attack = finding(1)
    quiet = finding(2, severity=2, entities={"address": "203.0.113.77"})
    inside = finding(3, entities={"address": "10.0.0.8"})
    do_record_findings(WATCH, batch=1, findings=[attack, quiet, inside], clock=clock)
    (batch,) = OffenceBatch.objects.all()
    (noted,) = offences_of(batch)
    assert (noted.target, noted.rule, noted.finding) == (ATTACKER, "sqli", attack.uid)
    answer(offences_of(batch), clock, batches=[batch.pk])
    assert not OffenceBatch.objects.exists()
    row = Decision.objects.get(level__gt=0)
    assert row.finding is not None
    assert (row.finding.uid, row.incident) == (attack.uid, row.finding.incident)


def test_a_finding_called_a_false_alarm_takes_its_decision_with_it(
    responder: User, clock: FixedClock
) -> None:
    do_record_findings(WATCH, batch=1, findings=[finding(1)], clock=clock)
    answer(offences_of(OffenceBatch.objects.get()), clock)
    row = Decision.objects.get(level__gt=0)
    assert do_expire_decisions(POLICY, clock=clock) == 0
    do_judge_finding(responder, finding_id=row.finding_id, verdict="false_positive", clock=clock)
    assert do_expire_decisions(POLICY, clock=clock) == 1
    assert decisions() == [("undone", "throttle", "")]


def test_a_ruling_and_an_offence_come_back_from_their_bytes() -> None:
    packed = msgspec.msgpack.encode([offence()])
    assert msgspec.msgpack.decode(packed, type=list[Offence]) == [offence()]
