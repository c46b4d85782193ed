"""Following an incident: taking, assigning, commenting, moving, closing, and being second."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction

from shangdun.actions.comment_on_incident import do_comment_on_incident
from shangdun.actions.ledger import append
from shangdun.actions.move_incident import do_close_incident, do_move_incident
from shangdun.actions.record_findings import do_record_findings
from shangdun.actions.report_incident import do_report_incident
from shangdun.actions.state_facts import do_state_facts
from shangdun.actions.take_incident import do_assign_incident, do_take_incident
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import Conflict, NotFound, UsageError
from shangdun.kernel.ledger import verify
from shangdun.records.actor import WATCH
from shangdun.records.conflict import EditConflict
from shangdun.records.ledger_rows import entries
from shangdun.records.models import Clock, Finding, Incident, LedgerEntry, TimelineEntry, User
from shangdun.records.roles import Role
from shangdun.respond.facts import Facts
from shangdun.respond.report import Report

from .conftest import NOON, finding, ledger

REPORT = Report(title=" Orders  fail\n", type="system_failure", affected="checkout")


@pytest.fixture
def incident(responder: User, clock: FixedClock) -> Incident:
    return do_report_incident(responder, REPORT, clock=clock)


@pytest.mark.django_db
def test_an_incident_goes_from_report_to_closed_with_all_of_it_on_record(
    incident: Incident, responder: User, clock: FixedClock
) -> None:
    assert (incident.number, incident.title, incident.state) == (1, "Orders fail", "reported")
    do_take_incident(responder, incident_id=incident.pk, clock=clock)
    for state in ("triaged", "active", "contained"):
        clock.move(timedelta(minutes=5))
        do_move_incident(responder, incident_id=incident.pk, state=state, clock=clock)
    do_comment_on_incident(responder, incident_id=incident.pk, text="换了磁盘", clock=clock)
    do_close_incident(
        responder, incident_id=incident.pk, verdict="true_positive", note="disk full", clock=clock
    )
    row = Incident.objects.get()
    assert (row.state, row.verdict, row.verdict_note) == ("closed", "true_positive", "disk full")
    assert [row.triaged_at, row.activated_at, row.contained_at, row.closed_at] == [
        NOON + timedelta(minutes=m) for m in (5, 10, 15, 15)
    ]
    by_itself = {"clock", "escalation"}  # leadership is asked, duties to report are reckoned
    rows = TimelineEntry.objects.order_by("id")
    kinds = [entry.kind for entry in rows if entry.kind not in by_itself]
    assert kinds == ["reported", "assigned", "state", "state", "state", "comment", "state"]
    assert [action for action, _, _ in ledger()] == [
        "report_incident",
        "take_incident",
        "move_incident",
        "move_incident",
        "move_incident",
        "comment_on_incident",
        "close_incident",
    ]
    assert verify(entries(), [], None).holds
    assert "换了磁盘" not in "".join(LedgerEntry.objects.values_list("payload", flat=True))


@pytest.mark.django_db
def test_reopening_takes_the_verdict_back_from_the_findings(responder: User) -> None:
    do_record_findings(WATCH, batch=1, findings=[finding(1)])
    (row,) = Incident.objects.all()
    close = {"incident_id": row.pk, "note": "ours", "verdict": "true_positive"}
    do_close_incident(responder, **close)
    assert Finding.objects.get().state == "confirmed"
    do_move_incident(responder, incident_id=row.pk, state="active", note="it came back")
    row.refresh_from_db()
    assert (row.state, row.verdict, row.closed_at) == ("active", "", None)
    assert Finding.objects.get().state == "in_incident"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"state": "contained"}, "incident.move"),
        ({"state": "closed"}, "incident.verdict"),
        ({"state": "asleep"}, "incident.state"),
    ],
)
def test_illegal_moves_are_refused(
    incident: Incident, responder: User, change: dict[str, str], code: str
) -> None:
    with pytest.raises(UsageError) as caught:
        do_move_incident(responder, incident_id=incident.pk, **change)
    assert caught.value.code == code


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("verdict", "note", "code"),
    [
        ("", "x", "incident.verdict"),
        ("true_positive", " ", "incident.note"),
        ("maybe", "x", "incident.verdict"),
    ],
)
def test_closing_needs_a_verdict_and_a_note(
    incident: Incident, responder: User, verdict: str, note: str, code: str
) -> None:
    with pytest.raises(UsageError) as caught:
        do_close_incident(responder, incident_id=incident.pk, verdict=verdict, note=note)
    assert caught.value.code == code


@pytest.mark.django_db
def test_a_stale_form_is_refused_with_both_versions(
    incident: Incident, responder: User, somebody: Callable[..., User]
) -> None:
    boss = somebody(Role.LEADERSHIP, name="cio")
    do_move_incident(boss, incident_id=incident.pk, state="active", version=1)
    with pytest.raises(EditConflict) as caught:
        do_close_incident(
            responder, incident_id=incident.pk, verdict="false_positive", note="test", version=1
        )
    assert isinstance(caught.value, Conflict)
    assert caught.value.mine["version"] == 1
    assert caught.value.mine["verdict"] == "false_positive"
    assert (caught.value.theirs["version"], caught.value.theirs["state"]) == (2, "active")
    assert Incident.objects.get().state == "active"


@pytest.mark.django_db
def test_findings_that_join_leave_an_open_form_good(responder: User) -> None:
    do_record_findings(WATCH, batch=1, findings=[finding(1)])
    row = Incident.objects.get()
    do_record_findings(WATCH, batch=2, findings=[finding(2, rule="xss", severity=6)])
    do_move_incident(responder, incident_id=row.pk, state="triaged", version=row.version)
    row.refresh_from_db()
    assert (row.severity, row.finding_count, row.state) == (6, 2, "triaged")


@pytest.mark.django_db
def test_second_clicks_are_harmless(incident: Incident, responder: User) -> None:
    for _ in range(2):
        do_take_incident(responder, incident_id=incident.pk)
        do_move_incident(responder, incident_id=incident.pk, state="triaged")
    for _ in range(2):
        do_close_incident(responder, incident_id=incident.pk, verdict="true_positive", note="x")
    assert len(ledger()) == 4


@pytest.mark.django_db
def test_taking_over_needs_having_seen_whose_it_is(
    incident: Incident, responder: User, somebody: Callable[..., User]
) -> None:
    other = somebody(Role.TECHNICAL_SUPPORT, name="li")
    do_take_incident(responder, incident_id=incident.pk)
    with pytest.raises(EditConflict) as caught:
        do_take_incident(other, incident_id=incident.pk)
    assert caught.value.theirs["assignee"] == "chen"
    do_take_incident(other, incident_id=incident.pk, version=2)
    assert Incident.objects.get().assignee == other


@pytest.mark.django_db
def test_an_incident_is_assigned_only_to_who_may_handle_it(
    incident: Incident, responder: User, somebody: Callable[..., User]
) -> None:
    boss, clerk = somebody(Role.LEADERSHIP), somebody(Role.LEGAL)
    do_assign_incident(boss, incident_id=incident.pk, assignee_id=responder.pk)
    with pytest.raises(NotFound):
        do_assign_incident(boss, incident_id=incident.pk, assignee_id=clerk.pk)
    do_close_incident(boss, incident_id=incident.pk, verdict="true_positive", note="x")
    late = somebody(Role.TECHNICAL_SUPPORT, name="li")
    with pytest.raises(UsageError):
        do_take_incident(late, incident_id=incident.pk, version=3)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"title": " "},
        {"title": "x" * 301},
        {"type": "party"},
        {"severity": 0},
        {"severity": 99},
        {"occurred_at": NOON.replace(tzinfo=None)},
        {"occurred_at": NOON + timedelta(hours=1)},
    ],
)
def test_a_report_that_says_nothing_is_refused(
    responder: User, clock: FixedClock, changes: dict[str, object]
) -> None:
    filled = {"title": "x", "type": "system_failure", **changes}
    with pytest.raises(UsageError):
        do_report_incident(responder, Report(**filled), clock=clock)
    assert not Incident.objects.exists()


def together(*calls: Callable[[], object]) -> list[object]:
    """Run at the same moment in real threads with their own connections; results or errors."""
    barrier = threading.Barrier(len(calls))
    results: list[object] = [None] * len(calls)

    def run(place: int, work: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait()
            results[place] = work()
        except Conflict as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_at_once_one_gets_it_and_the_other_is_told(
    somebody: Callable[..., User],
) -> None:
    people = [somebody(Role.TECHNICAL_SUPPORT, name=name) for name in ("chen", "li", "wang")]
    row = do_report_incident(people[0], REPORT)
    results = together(
        *(
            lambda user=user: do_take_incident(user, incident_id=row.pk, version=1)
            for user in people
        )
    )
    assert sorted(type(result).__name__ for result in results) == [
        "EditConflict",
        "EditConflict",
        "Incident",
    ]
    assert Incident.objects.get().version == 2


@pytest.mark.django_db(transaction=True)
def test_one_person_who_clicks_many_times_at_once_moves_once(
    somebody: Callable[..., User],
) -> None:
    user = somebody(Role.TECHNICAL_SUPPORT)
    row = do_report_incident(user, REPORT)
    results = together(
        *(lambda: do_move_incident(user, incident_id=row.pk, state="triaged") for _ in range(6))
    )
    assert all(isinstance(result, Incident) for result in results)
    assert [action for action, _, _ in ledger()] == ["report_incident", "move_incident"]


@pytest.mark.django_db(transaction=True)
def test_the_chain_stays_gap_free_when_many_write_at_once(somebody: Callable[..., User]) -> None:
    user = somebody(Role.TECHNICAL_SUPPORT)
    row = do_report_incident(user, REPORT)

    def write(number: int) -> None:
        for turn in range(5):
            text = f"{number}/{turn}"
            do_comment_on_incident(user, incident_id=row.pk, text=text)
            do_record_findings(
                WATCH, batch=number * 100 + turn, findings=[finding(text, rule=text)]
            )

    results = together(*(lambda number=number: write(number) for number in range(6)))
    assert results == [None] * 6
    verdict = verify(entries(), [], None)
    assert verdict.holds
    assert verdict.entries >= 31
    numbers = sorted(Incident.objects.values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.django_db(transaction=True)
def test_the_ledger_is_not_written_outside_a_transaction() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        append("x", "y", subject=("a", "b"), payload={}, at=NOON)


@pytest.mark.django_db
def test_a_false_alarm_closes_though_a_reporting_clock_runs(responder: User) -> None:
    row = do_report_incident(responder, REPORT)
    facts = Facts(known_at=row.reported_at, personal_data=True, people=1_000_000)
    do_state_facts(responder, incident_id=row.pk, facts=facts)
    assert Clock.objects.filter(incident=row, state="running").exclude(due_at=None).exists()
    close = {"incident_id": row.pk, "note": "our own test"}
    with pytest.raises(UsageError) as told:
        do_close_incident(responder, verdict="true_positive", **close)
    assert told.value.code == "incident.open"
    closed = do_close_incident(responder, verdict="false_positive", **close)
    assert closed.state == "closed"
    assert not Clock.objects.filter(incident=row, state="running").exists()
