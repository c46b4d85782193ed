"""Deciding, confirming, undoing, running out, and the stream that enforcers follow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from shangdun.actions.change_never_block import (
    Protection,
    do_follow_never_block,
    do_protect,
    do_unprotect,
)
from shangdun.actions.confirm_decision import (
    do_confirm_decision,
    do_confirm_decisions,
    do_refuse_decision,
)
from shangdun.actions.console_address import note_console_address
from shangdun.actions.decide import NewDecision, do_decide
from shangdun.actions.expire_decisions import do_expire_decisions, forget_changes
from shangdun.actions.undo_decision import do_undo_decision, do_undo_decisions
from shangdun.detect.finding import Entity
from shangdun.kernel.clock import FixedClock, to_millis
from shangdun.kernel.errors import NotAllowed, UsageError
from shangdun.protect.customers import Customers
from shangdun.protect.decision import Measure, author, scope
from shangdun.protect.never_block import Purpose
from shangdun.protect.target import Target, target
from shangdun.records.actor import POLICY, System
from shangdun.records.customers_file import customers_path
from shangdun.records.decision_feed import feed
from shangdun.records.decisions import decisions_about
from shangdun.records.models import Decision, DecisionChange, DecisionState, LedgerEntry, User
from shangdun.records.roles import Role

from .conftest import NOON, ledger

pytestmark = pytest.mark.django_db

ATTACKER = target("address", "203.0.113.9")
STEP = author("step:block-source")


def wanted(whom: Target = ATTACKER, measure: str = "block", **more: object) -> NewDecision:
    given = {"reason": "scans us", "until": NOON + timedelta(hours=1), **more}
    return NewDecision(target=whom, measure=Measure(measure), **given)


def values(after: int = 0) -> tuple[list[str], list[str], int]:
    """What an enforcer at that place is told, without the allows of who is never turned away."""
    told = feed(after, now=NOON)
    added = [
        f"{one.measure} {one.target.value}" for one in told.added if one.measure != Measure.ALLOW
    ]
    return added, told.removed, told.head


@pytest.fixture(autouse=True)
def _empty_home(home: Path) -> None:
    del home


def test_a_decision_reaches_the_stream_and_the_ledger(responder: User, clock: FixedClock) -> None:
    row = do_decide(responder, wanted(), clock=clock)
    assert (row.state, row.author, row.person) == ("in_force", "person:chen", responder)
    (told,) = [one for one in feed(0, now=NOON).added if one.target == ATTACKER]
    assert (told.uid, told.reason, told.until) == (row.uid, "scans us", to_millis(row.until))
    assert told.appeal == row.appeal
    assert ledger()[-1] == ("decide", f"user:{responder.pk}:chen", f"decision:{row.uid}")


def test_an_enforcer_follows_by_deltas(responder: User, clock: FixedClock) -> None:
    first = do_decide(responder, wanted(), clock=clock)
    _, _, head = values()
    assert values(head) == ([], [], head)
    second = do_decide(responder, wanted(target("account", "li")), clock=clock)
    do_undo_decision(responder, decision_id=first.pk, reason="a tester", clock=clock)
    added, removed, after = values(head)
    assert (added, removed) == (["block li"], [first.uid])
    assert values(after)[:2] == ([], [])
    assert second.state == DecisionState.IN_FORCE


def test_a_delta_is_cut_and_goes_on(responder: User, clock: FixedClock) -> None:
    do_decide(responder, wanted(), clock=clock)
    _, _, head = values()
    for number in range(5):
        do_decide(responder, wanted(target("account", f"bot{number}")), clock=clock)
    part = feed(head, 2, now=NOON)
    assert (len(part.added), part.more, part.full) == (2, True, False)
    rest = feed(part.head, 10, now=NOON)
    assert (len(rest.added), rest.more) == (3, False)


def test_who_is_too_far_behind_or_of_another_stream_gets_everything(
    responder: User, clock: FixedClock
) -> None:
    row = do_decide(responder, wanted(until=None), clock=clock)
    do_undo_decision(responder, decision_id=row.pk, clock=clock)
    do_decide(responder, wanted(until=None), clock=clock)
    old = feed(0, now=NOON).head
    later = NOON + timedelta(days=8)
    assert forget_changes(later) > 0
    do_decide(responder, wanted(target("account", "li"), until=None), clock=FixedClock(later))
    assert not feed(old, now=later).full
    assert feed(old - 1, now=later).full
    assert feed(10**9, now=later).full
    assert {one.target for one in feed(1, now=later).added} >= {ATTACKER, target("account", "li")}


def test_a_clock_set_back_leaves_no_gap_in_the_stream(responder: User, clock: FixedClock) -> None:
    row = do_decide(responder, wanted(until=None), clock=clock)
    seen = feed(0, now=NOON).head
    clock.move(timedelta(hours=-1))
    do_undo_decision(responder, decision_id=row.pk, clock=clock)
    do_decide(responder, wanted(target("account", "li"), until=None), clock=clock)
    forget_changes(NOON + timedelta(days=7, minutes=-30))
    told = feed(seen, now=NOON)
    assert told.full or told.removed == [row.uid]


def test_what_stands_is_told_before_what_ended_however_old(
    responder: User, clock: FixedClock
) -> None:
    standing = do_decide(responder, wanted(until=None), clock=clock)
    for number in range(3):
        clock.move(timedelta(seconds=1))
        new = wanted(scope=scope(f"/{number}"), until=None)
        do_undo_decision(
            responder, decision_id=do_decide(responder, new, clock=clock).pk, clock=clock
        )
    about = [Entity(kind="address", value=ATTACKER.value)]
    assert decisions_about(responder, about, size=2)[0].pk == standing.pk


def test_two_clicks_make_one_decision(responder: User, clock: FixedClock) -> None:
    first = do_decide(responder, wanted(), clock=clock)
    entries, changes = LedgerEntry.objects.count(), DecisionChange.objects.count()
    clock.move(timedelta(seconds=1))
    again = do_decide(responder, wanted(until=clock.now() + timedelta(hours=1)), clock=clock)
    assert again.pk == first.pk
    assert (LedgerEntry.objects.count(), DecisionChange.objects.count()) == (entries, changes)


def test_the_database_itself_refuses_a_second_decision_in_force(
    responder: User, clock: FixedClock
) -> None:
    row = do_decide(responder, wanted(), clock=clock)
    row.pk, row.uid = None, "0" * 32
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_another_end_comes_again_under_the_same_uid(responder: User, clock: FixedClock) -> None:
    first = do_decide(responder, wanted(), clock=clock)
    head = feed(0, now=NOON).head
    do_decide(responder, wanted(until=NOON + timedelta(days=1)), clock=clock)
    (told,) = feed(head, now=NOON).added
    assert (told.uid, told.until) == (first.uid, to_millis(NOON + timedelta(days=1)))


def test_another_measure_replaces_the_one_before(responder: User, clock: FixedClock) -> None:
    first = do_decide(responder, wanted(measure="throttle"), clock=clock)
    assert first.rate == 30
    _, _, head = values()
    do_decide(responder, wanted(), clock=clock)
    assert values(head)[:2] == (["block 203.0.113.9"], [first.uid])
    first.refresh_from_db()
    assert first.state == DecisionState.REPLACED


def test_another_place_is_another_decision(responder: User, clock: FixedClock) -> None:
    do_decide(responder, wanted(), clock=clock)
    do_decide(responder, wanted(scope=scope("/login")), clock=clock)
    assert Decision.objects.filter(value=ATTACKER.value, state="in_force").count() == 2


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"reason": "  "}, "decision.reason"),
        ({"until": NOON}, "decision.until"),
        ({"until": NOON + timedelta(days=800)}, "decision.until"),
        ({"rate": -1}, "decision.rate"),
    ],
)
def test_what_is_no_decision(
    responder: User, clock: FixedClock, more: dict[str, object], code: str
) -> None:
    with pytest.raises(UsageError) as raised:
        do_decide(responder, wanted(**more), clock=clock)
    assert raised.value.code == code


def test_customer_service_sees_and_does_not_decide(
    somebody: Callable[..., User], clock: FixedClock
) -> None:
    with pytest.raises(NotAllowed):
        do_decide(somebody(Role.CUSTOMER_SERVICE), wanted(), clock=clock)


def test_nobody_locks_himself_out(responder: User, clock: FixedClock) -> None:
    assert note_console_address(responder, "::ffff:198.51.100.7", NOON)
    assert not note_console_address(responder, "198.51.100.7", NOON)
    for whom in ("198.51.100.7", "198.51.100.0/24", "198.0.0.0/8"):
        with pytest.raises(UsageError, match=r"198\.51\.100\.7, console \(chen\)") as raised:
            do_decide(responder, wanted(target("address", whom)), clock=clock)
        assert raised.value.code == "decision.protected"
    # A whole country cannot be told from the address: enforcers let the console's address in.
    do_follow_never_block(POLICY, clock=clock)
    do_decide(responder, wanted(target("country", "CN")), clock=clock)
    allowed = [one.target.value for one in feed(0, now=NOON).added if one.measure == "allow"]
    assert "198.51.100.7" in allowed


def test_an_address_of_an_employee_who_decides_nothing_is_not_kept_open(
    somebody: Callable[..., User], responder: User, clock: FixedClock
) -> None:
    note_console_address(somebody(Role.EMPLOYEE), "198.51.100.8", NOON)
    row = do_decide(responder, wanted(target("address", "198.51.100.8")), clock=clock)
    assert row.state == DecisionState.IN_FORCE


def test_a_later_never_block_entry_ends_decisions_at_once(
    responder: User, administrator: User, clock: FixedClock
) -> None:
    row = do_decide(responder, wanted(), clock=clock)
    _, _, head = values()
    payment = Protection(
        target=target("range", "203.0.113.0/28"), purpose=Purpose.PAYMENT, note="callbacks"
    )
    entry = do_protect(administrator, payment, clock=clock)
    assert values(head)[1] == [row.uid]
    row.refresh_from_db()
    assert (row.state, row.ended_reason) == ("undone", "never-block")
    with pytest.raises(UsageError, match=r"payment \(callbacks\)"):
        do_decide(responder, wanted(), clock=clock)
    assert entry.decision is not None
    with pytest.raises(UsageError, match="never turned away"):
        do_undo_decision(responder, decision_id=entry.decision.pk, clock=clock)
    do_unprotect(administrator, entry_id=entry.pk, clock=clock)
    assert do_decide(responder, wanted(), clock=clock).state == DecisionState.IN_FORCE


def customers_at(home: Path, *addresses: str) -> None:
    rows = [{"customer": f"c{n}", "address": text} for n, text in enumerate(addresses)]
    Customers.of(rows, taken=to_millis(NOON)).save(customers_path(home))


def test_a_step_that_runs_by_itself_does_not_turn_customers_away(
    home: Path, responder: User, clock: FixedClock
) -> None:
    customers_at(home, "203.0.113.9", "198.51.100.1")
    playbook = System("system:playbook")
    row = do_decide(playbook, wanted(author=STEP), clock=clock)
    assert (row.state, row.held, row.payers) == ("proposed", "customers", 1)
    assert values()[0] == []
    free = do_decide(playbook, wanted(target("address", "203.0.114.1"), author=STEP), clock=clock)
    assert (free.state, free.author) == ("in_force", "step:block-source")
    clock.move(timedelta(minutes=30))
    confirmed = do_confirm_decision(responder, decision_id=row.pk, clock=clock)
    assert (confirmed.state, confirmed.until) == ("in_force", clock.now() + timedelta(hours=1))
    assert do_confirm_decision(responder, decision_id=row.pk, clock=clock).pk == row.pk


def test_a_person_may_turn_a_customer_away_and_the_record_says_so(
    home: Path, responder: User, clock: FixedClock
) -> None:
    customers_at(home, "203.0.113.9")
    row = do_decide(responder, wanted(), clock=clock)
    assert (row.state, row.payers) == ("in_force", 1)


def test_all_of_one_author_are_confirmed_refused_and_undone_together(
    responder: User, clock: FixedClock
) -> None:
    playbook = System("system:playbook")
    for number in range(3):
        whom = target("address", f"203.0.114.{number}")
        do_decide(playbook, wanted(whom, author=STEP), clock=clock)  # no customers are known
    one = Decision.objects.filter(state="proposed").first()
    assert one is not None
    do_refuse_decision(responder, decision_id=one.pk, clock=clock)
    before = LedgerEntry.objects.count()
    assert len(do_confirm_decisions(responder, author=str(STEP), clock=clock)) == 2
    assert len(values()[0]) == 2
    assert do_undo_decisions(responder, author=str(STEP), clock=clock) == 2
    assert values()[0] == []
    assert LedgerEntry.objects.count() == before + 2
    with pytest.raises(UsageError):
        do_undo_decisions(responder, clock=clock)


def test_what_ran_out_leaves_force_and_the_stream_says_so(
    responder: User, clock: FixedClock
) -> None:
    row = do_decide(responder, wanted(), clock=clock)
    _, _, head = values()
    clock.move(timedelta(hours=1))
    assert feed(0, now=clock.now()).added == [
        one for one in feed(0, now=clock.now()).added if one.measure == "allow"
    ]
    assert do_expire_decisions(POLICY, clock=clock) == 1
    assert feed(head, now=clock.now()).removed == [row.uid]
    assert do_expire_decisions(POLICY, clock=clock) == 0
