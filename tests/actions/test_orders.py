"""Asking leadership, ordering, grading: who is asked when, who is first, what is signed."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection, transaction

from shangdun.actions.ledger import append
from shangdun.actions.move_incident import do_close_incident, do_move_incident
from shangdun.actions.orders.asking import (
    GATHERED_FROM,
    do_change_asking,
    do_open_order,
    pass_on_all,
)
from shangdun.actions.orders.grading import do_override_grade, do_release_override
from shangdun.actions.orders.ordering import NewOrder, do_acknowledge_order, do_order, text_of
from shangdun.actions.orders.signing import sign_now
from shangdun.actions.organisation.posts import do_seat_people
from shangdun.actions.organisation.reaching import do_add_absence
from shangdun.actions.record_findings import do_record_findings
from shangdun.actions.report_incident import do_report_incident
from shangdun.actions.state_facts import do_state_facts
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import NotAllowed, UsageError
from shangdun.kernel.ledger import verify
from shangdun.records.actor import WATCH, actor_name
from shangdun.records.checkpoints import CHECKPOINT_FILE, ledger_directory, read_checkpoints
from shangdun.records.conflict import EditConflict
from shangdun.records.ledger_rows import entries
from shangdun.records.models import (
    Asking,
    Drill,
    Incident,
    LedgerEntry,
    Message,
    Order,
    Post,
    Ruling,
    Task,
    TimelineEntry,
    User,
)
from shangdun.records.organisation import chain, on_call
from shangdun.records.roles import Role
from shangdun.respond.facts import Facts
from shangdun.respond.groups import Group
from shangdun.respond.report import Report

from .conftest import NOON, finding

pytestmark = pytest.mark.django_db
REPORT = Report(title="Orders leaked", type="data_breach", severity=4)
START = NewOrder(
    ruling=Ruling.START,
    reason="go",
    instructions={Group.TECHNICAL_SUPPORT: "close it", Group.LEGAL: "watch the clocks"},
)


@pytest.fixture
def cio(somebody: Callable[..., User]) -> User:
    return somebody(Role.LEADERSHIP, name="cio")


@pytest.fixture
def ciso(somebody: Callable[..., User]) -> User:
    return somebody(Role.LEADERSHIP, name="ciso")


@pytest.fixture
def third(somebody: Callable[..., User]) -> User:
    return somebody(Role.LEADERSHIP, name="legal-head")


@pytest.fixture
def seated(cio: User, ciso: User, third: User, administrator: User, clock: FixedClock) -> None:
    for key, person in (("cio", cio), ("security-head", ciso), ("legal-head", third)):
        post = Post.objects.get(key=key)
        do_seat_people(administrator, post_id=post.pk, primary=person.pk, clock=clock)


@pytest.fixture
def incident(seated: None, responder: User, clock: FixedClock) -> Incident:
    return do_report_incident(responder, REPORT, clock=clock)


def asked() -> list[tuple[str, int, str]]:
    rows = Asking.objects.order_by("pk")
    return [(a.person.username if a.person else "", a.round, str(a.state)) for a in rows]


def told(kind: str) -> list[Message]:
    return list(Message.objects.filter(kind=kind).order_by("pk"))


def test_a_report_asks_the_head_of_leadership(incident: Incident, cio: User) -> None:
    assert asked() == [("cio", 1, "waiting")]
    (message,) = told("asked")
    assert [item.person_id for item in message.inbox.all()] == [cio.pk]
    assert message.urgency == "urgent"
    assert Asking.objects.get().due == NOON + timedelta(minutes=15)


def test_who_does_not_answer_is_passed_over_until_all_are_asked_again(
    incident: Incident, clock: FixedClock
) -> None:
    clock.move(timedelta(minutes=14, seconds=59))
    pass_on_all(clock)
    assert asked() == [("cio", 1, "waiting")]
    for _ in range(3):
        clock.move(timedelta(minutes=15))
        pass_on_all(clock)
        pass_on_all(clock)  # again at once: nothing more is due
    assert asked() == [
        ("cio", 1, "passed_on"), ("ciso", 1, "passed_on"), ("legal-head", 1, "passed_on"),
        ("cio", 2, "waiting"),
    ]  # fmt: skip
    last = Asking.objects.latest("pk")
    assert last.due - last.asked == timedelta(minutes=30)  # the second round waits twice as long
    loud = told("asked")[-1]
    assert set(loud.groups) == {"leadership", "technical_support"}
    whats = [e.data["what"] for e in TimelineEntry.objects.filter(kind="escalation").order_by("pk")]
    assert whats == ["asked", "passed_on", "passed_on", "nobody_left"]


def test_waiting_time_is_that_of_the_grade(
    incident: Incident, responder: User, administrator: User, clock: FixedClock
) -> None:
    do_change_asking(administrator, minutes=[60, 50, 40, 3, 2], clock=clock)
    facts = Facts(known_at=NOON, people=10_000_000)
    do_state_facts(responder, incident_id=incident.pk, facts=facts, clock=clock)
    clock.move(timedelta(minutes=15))
    pass_on_all(clock)
    last = Asking.objects.latest("pk")
    assert last.due - last.asked == timedelta(minutes=3)


def test_who_is_away_is_not_asked(
    seated: None, cio: User, ciso: User, responder: User, clock: FixedClock
) -> None:
    away = {"since": NOON - timedelta(hours=1), "until": NOON + timedelta(hours=9)}
    do_add_absence(cio, person_id=cio.pk, clock=clock, **away)
    do_report_incident(responder, REPORT, clock=clock)
    assert asked() == [("ciso", 1, "waiting")]
    assert on_call(Group.LEADERSHIP, NOON) == [ciso]


def test_a_fresh_installation_asks_whoever_has_the_role(cio: User, clock: FixedClock) -> None:
    do_report_incident(cio, REPORT, clock=clock)
    assert asked() == [("cio", 1, "waiting")]


def test_nobody_to_ask_is_said_loudly(responder: User, clock: FixedClock) -> None:
    incident = do_report_incident(responder, REPORT, clock=clock)
    assert chain(NOON) == []
    assert asked() == [("", 1, "waiting")]
    (message,) = told("asked")
    assert responder.pk in {item.person_id for item in message.inbox.all()}
    entry = TimelineEntry.objects.get(incident=incident, kind="escalation")
    assert entry.data["what"] == "nobody"


def test_an_order_ends_the_asking(incident: Incident, ciso: User, clock: FixedClock) -> None:
    do_order(ciso, START, incident_id=incident.pk, clock=clock)
    assert asked() == [("cio", 1, "answered")]
    clock.move(timedelta(hours=5))
    pass_on_all(clock)
    assert len(asked()) == 1


def test_a_closed_incident_is_asked_about_no_longer(
    incident: Incident, responder: User, clock: FixedClock
) -> None:
    do_close_incident(
        responder, incident_id=incident.pk, verdict="false_positive", note="no", clock=clock
    )
    clock.move(timedelta(hours=1))
    pass_on_all(clock)
    assert asked() == [("cio", 1, "dropped")]


def test_a_storm_of_alerts_asks_about_each_once_and_says_it_in_few_messages(
    seated: None, clock: FixedClock
) -> None:
    many = [
        finding(n, rule=f"rule-{n}", severity=5, entities={"address": f"203.0.113.{n}"})
        for n in range(40)
    ]
    do_record_findings(WATCH, batch=1, findings=many, clock=clock)
    opened = Incident.objects.count()
    assert opened >= 30
    assert Asking.objects.count() == opened
    assert len(told("asked")) == GATHERED_FROM
    (gathered,) = told("orders_waiting")
    assert gathered.data["count"] == opened
    again = [
        finding(n + 1000, rule=f"rule-{n}", severity=5, entities={"address": f"203.0.113.{n}"})
        for n in range(40)
    ]
    do_record_findings(WATCH, batch=2, findings=again, clock=clock)
    assert Asking.objects.count() == Incident.objects.count()
    assert len(told("orders_waiting")) == 1


@pytest.mark.parametrize(("severity", "number"), [(3, 0), (4, 1)])
def test_detection_asks_from_high_severity(
    severity: int, number: int, seated: None, clock: FixedClock
) -> None:
    one = finding(1, severity=severity)
    do_record_findings(WATCH, batch=1, findings=[one, finding(2, severity=severity)], clock=clock)
    assert Asking.objects.count() == number * Incident.objects.count()


def test_opening_the_order_acknowledges_the_report_once(
    incident: Incident, cio: User, ciso: User, clock: FixedClock
) -> None:
    clock.move(timedelta(minutes=2))
    do_open_order(cio, incident_id=incident.pk, clock=clock)
    clock.move(timedelta(minutes=2))
    before = LedgerEntry.objects.count()
    do_open_order(cio, incident_id=incident.pk, clock=clock)
    do_open_order(ciso, incident_id=incident.pk, clock=clock)
    assert LedgerEntry.objects.count() == before
    incident.refresh_from_db()
    assert incident.acknowledged_at == NOON + timedelta(minutes=2)
    assert Asking.objects.get().seen == NOON + timedelta(minutes=2)


def test_the_order_starts_the_plan_and_each_group_gets_its_task(
    incident: Incident, cio: User, responder: User, clock: FixedClock
) -> None:
    clock.move(timedelta(minutes=3))
    order = do_order(cio, START, incident_id=incident.pk, number=0, clock=clock)
    incident.refresh_from_db()
    now = NOON + timedelta(minutes=3)
    assert incident.state == "active"
    assert (incident.ordered_at, incident.activated_at) == (now, now)
    assert incident.acknowledged_at == now
    tasks = Task.objects.filter(incident=incident, source="order:1").order_by("pk")
    assert [(t.group, t.instruction_zh) for t in tasks] == [
        ("technical_support", "close it"), ("legal", "watch the clocks"),
    ]  # fmt: skip
    assert {m.groups[0]: m.urgency for m in told("ordered")} == {
        "leadership": "normal", "technical_support": "urgent", "customer_service": "normal",
        "legal": "urgent", "logistics": "normal",
    }  # fmt: skip
    first = order.instructions.get(group="technical_support")
    do_acknowledge_order(responder, instruction_id=first.pk, clock=clock)
    other = order.instructions.get(group="legal")
    with pytest.raises(NotAllowed):
        do_acknowledge_order(responder, instruction_id=other.pk, clock=clock)


def test_the_order_is_sealed_by_the_entry_it_names(
    incident: Incident, cio: User, clock: FixedClock, tmp_path: Path
) -> None:
    order = do_order(cio, START, incident_id=incident.pk, clock=clock)
    entry = LedgerEntry.objects.get(seq=order.ledger_seq)
    assert entry.action == "order"
    assert order.text_sha256 in entry.payload
    told_ = {one.group: one.text for one in order.instructions.all()}
    fresh = Order.objects.select_related("incident").get()
    assert fresh.text_sha256 == _sha(text_of(fresh, actor_name(cio), told_, []))
    Order.objects.update(reason="do nothing")
    changed = Order.objects.select_related("incident").get()
    assert changed.text_sha256 != _sha(text_of(changed, actor_name(cio), told_, []))
    assert verify(entries(), [], None).holds
    assert sign_now(tmp_path, clock)
    (mark,) = read_checkpoints(ledger_directory(tmp_path) / CHECKPOINT_FILE)
    assert mark.seq >= order.ledger_seq


def test_where_the_head_cannot_be_signed_the_order_stands(
    incident: Incident, cio: User, clock: FixedClock, tmp_path: Path
) -> None:
    do_order(cio, START, incident_id=incident.pk, clock=clock)
    (tmp_path / "ledger").write_text("in the way")
    assert sign_now(tmp_path, clock) is False
    assert Order.objects.count() == 1


def test_a_second_click_is_the_same_order(incident: Incident, cio: User, clock: FixedClock) -> None:
    first = do_order(cio, START, incident_id=incident.pk, number=0, clock=clock)
    before = LedgerEntry.objects.count()
    again = do_order(cio, START, incident_id=incident.pk, number=0, clock=clock)
    assert (again.pk, LedgerEntry.objects.count()) == (first.pk, before)
    assert Task.objects.filter(source="order:1").count() == 2


def test_the_second_of_two_leaders_sees_both(
    incident: Incident, cio: User, ciso: User, clock: FixedClock
) -> None:
    do_order(cio, START, incident_id=incident.pk, number=0, clock=clock)
    no = NewOrder(ruling=Ruling.NOT_START, reason="a false alarm")
    with pytest.raises(EditConflict) as caught:
        do_order(ciso, no, incident_id=incident.pk, number=0, clock=clock)
    assert caught.value.mine["ruling"] == "not_start"
    theirs = caught.value.theirs
    assert (theirs["ruling"], theirs["by"], theirs["legal"]) == ("start", "cio", "watch the clocks")


@pytest.mark.django_db(transaction=True)
def test_two_leaders_at_the_same_moment_one_wins(
    django_db_serialized_rollback: None, somebody: Callable[..., User], clock: FixedClock
) -> None:
    leaders = [somebody(Role.LEADERSHIP, name=f"lead{n}") for n in range(2)]
    incident = do_report_incident(leaders[0], REPORT, clock=clock)
    gate = threading.Barrier(2)
    results: list[str] = []

    def decide(who: User) -> None:
        gate.wait()
        try:
            do_order(who, START, incident_id=incident.pk, number=0, clock=clock)
            results.append("won")
        except EditConflict:
            results.append("saw both")
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(one,)) for one in leaders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["saw both", "won"]
    assert Order.objects.count() == 1
    assert verify(entries(), [], None).holds


def test_not_starting_needs_a_reason_and_leaves_the_incident_assessed(
    incident: Incident, cio: User, clock: FixedClock
) -> None:
    with pytest.raises(UsageError) as caught:
        do_order(cio, NewOrder(ruling=Ruling.NOT_START), incident_id=incident.pk, clock=clock)
    assert caught.value.code == "order.reason"
    no = NewOrder(ruling=Ruling.NOT_START, reason="one customer, handled as usual")
    do_order(cio, no, incident_id=incident.pk, clock=clock)
    incident.refresh_from_db()
    assert (incident.state, incident.activated_at, incident.ordered_at) == ("triaged", None, NOON)
    do_order(cio, START, incident_id=incident.pk, clock=clock)  # it was worse after all
    incident.refresh_from_db()
    assert incident.state == "active"


def test_what_makes_no_sense_as_it_stands_is_refused(
    incident: Incident, cio: User, clock: FixedClock
) -> None:
    def refused(ruling: Ruling, **more: object) -> str:
        wanted = NewOrder(ruling=ruling, reason="so", **more)
        with pytest.raises(UsageError) as caught:
            do_order(cio, wanted, incident_id=incident.pk, clock=clock)
        return caught.value.code

    extra = {"instructions": {Group.LEGAL: "more"}}
    assert refused(Ruling.AMEND, **extra) == "order.not_started"
    assert refused(Ruling.STAND_DOWN) == "order.not_started"
    assert refused(Ruling.START, playbooks=(987_654,)) == "order.playbook"
    do_order(cio, START, incident_id=incident.pk, clock=clock)
    assert refused(Ruling.NOT_START) == "order.started"
    assert refused(Ruling.START) == "order.running"
    assert refused(Ruling.AMEND) == "order.empty"
    do_order(cio, NewOrder(ruling=Ruling.AMEND, **extra), incident_id=incident.pk, clock=clock)
    over = NewOrder(ruling=Ruling.STAND_DOWN, reason="it has stopped")
    do_order(cio, over, incident_id=incident.pk, clock=clock)
    incident.refresh_from_db()
    assert incident.state == "contained"


def test_a_start_by_responders_waits_for_its_order(
    incident: Incident, responder: User, cio: User, clock: FixedClock
) -> None:
    """An obvious emergency does not wait; leadership is asked all the same, and confirms it."""
    do_move_incident(responder, incident_id=incident.pk, state="active", clock=clock)
    clock.move(timedelta(minutes=15))
    pass_on_all(clock)
    assert asked()[-1] == ("ciso", 1, "waiting")
    do_order(cio, START, incident_id=incident.pk, clock=clock)
    incident.refresh_from_db()
    assert incident.activated_at == NOON
    assert incident.ordered_at == NOON + timedelta(minutes=15)


def test_facts_grade_in_the_same_transaction(
    incident: Incident, responder: User, clock: FixedClock
) -> None:
    for people, grade in ((999_999, 1), (1_000_000, 2), (100_000_000, 4), (5, 1)):
        facts = Facts(known_at=NOON, people=people)
        do_state_facts(responder, incident_id=incident.pk, facts=facts, clock=clock)
        incident.refresh_from_db()
        assert incident.grade == grade
    changes = incident.grade_changes.order_by("number")
    assert [(c.number, c.computed) for c in changes] == [(1, 1), (2, 2), (3, 4), (4, 1)]


def test_a_grade_by_hand_holds_against_new_facts_until_it_is_released(
    incident: Incident, responder: User, cio: User, clock: FixedClock
) -> None:
    with pytest.raises(UsageError):
        do_override_grade(cio, incident_id=incident.pk, grade=3, reason=" ", clock=clock)
    do_override_grade(cio, incident_id=incident.pk, grade=3, reason="the press", clock=clock)
    facts = Facts(known_at=NOON, loss=Decimal(1))
    do_state_facts(responder, incident_id=incident.pk, facts=facts, clock=clock)
    incident.refresh_from_db()
    newest = incident.grade_changes.latest("number")
    assert (incident.grade, newest.computed, newest.overridden) == (3, 1, True)
    assert newest.reason == "the press"
    with pytest.raises(EditConflict):
        do_override_grade(
            cio, incident_id=incident.pk, grade=2, reason="less", number=1, clock=clock
        )
    do_release_override(cio, incident_id=incident.pk, reason="it is quiet", clock=clock)
    incident.refresh_from_db()
    assert incident.grade == 1


def test_a_drill_is_ordered_like_the_real_thing(
    incident: Incident, cio: User, clock: FixedClock
) -> None:
    drill = Drill.objects.create(number=77, title="Q4", created=NOON, planned_at=NOON)
    Incident.objects.filter(pk=incident.pk).update(drill=drill)
    do_order(cio, START, incident_id=incident.pk, clock=clock)
    assert all(message.drill for message in told("ordered"))
    assert Task.objects.filter(incident=incident).count() >= 2


def test_the_chain_of_entries_holds_when_others_write_between(
    incident: Incident, cio: User, clock: FixedClock
) -> None:
    with transaction.atomic():
        append("x", "note", subject=("a", "1"), payload={}, at=NOON)
    order = do_order(cio, START, incident_id=incident.pk, clock=clock)
    assert LedgerEntry.objects.get(seq=order.ledger_seq).action == "order"


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
