"""Completion by evidence: proof, what is missing, what cannot be told, proof that is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from shangdun.actions.documents.approve import (
    do_approve_document,
    do_publish_document,
    do_review_document,
    do_submit_document,
    do_withdraw_document,
)
from shangdun.actions.documents.write import NewDocument, do_write_document
from shangdun.actions.programmes.look import note_sources
from shangdun.actions.programmes.prove import Found, Wanted, do_judge_plan_task, do_set_criteria
from shangdun.actions.programmes.work import do_tick_plan_task
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import JOBS
from shangdun.records.criteria import Asked, State, asked_of, check, kinds
from shangdun.records.messages import console_zone
from shangdun.records.models import (
    DocumentVersion,
    Drill,
    LedgerEntry,
    Message,
    PlanCriterion,
    PlanTask,
    Programme,
    Source,
    User,
)
from shangdun.runtime.programme.completion import (
    check_criteria,
    follow_approvals,
    remind_of_tasks,
)

from .test_life import _approved

pytestmark = pytest.mark.django_db
Task = Callable[[str], PlanTask]
WORDS = "Operating rules|运维"


def _verdict(kind: str, task: PlanTask, clock: FixedClock, **params: object) -> State:
    asked = Asked(task.programme, task, clock.now(), console_zone())
    return check(kind, params, asked).state


def _written(lead: User, clock: FixedClock, title: str = "Operating rules") -> DocumentVersion:
    wanted = NewDocument(kind="policy", title=title, language="en", body="## 1. Scope\n\nAll.\n")
    return do_write_document(lead, wanted, clock=clock)


def _publish(version: DocumentVersion, lead: User, chief: User, clock: FixedClock) -> None:
    which = {"number": version.document.number, "version_number": version.number, "clock": clock}
    do_submit_document(lead, reviewer=chief.pk, approver=chief.pk, **which)
    do_review_document(chief, **which)
    do_approve_document(chief, **which)
    do_publish_document(lead, **which)


def test_every_kind_says_what_it_asks_and_never_breaks_on_an_empty_system(
    task: Task, clock: FixedClock
) -> None:
    row = task("inventory")
    assert len(kinds()) >= 12
    for kind in kinds():
        assert str(asked_of(kind, {}))
        verdict = check(kind, {}, Asked(row.programme, row, clock.now(), console_zone()))
        assert verdict.state in (State.UNMET, State.UNKNOWN), kind
        assert str(verdict.says), kind
        assert "log says why" not in str(verdict.says), kind
    assert _verdict("no_such_kind", row, clock) is State.UNKNOWN


def test_evidence_completes_a_task_its_loss_shows_and_its_return_heals(
    programme: Programme, task: Task, lead: User, chief: User, clock: FixedClock
) -> None:
    row = task("operating-rules")
    wanted = [Wanted(kind="document_published", params={"words": WORDS})]
    do_set_criteria(lead, wanted, task_id=row.pk, clock=clock)
    _approved(programme, lead, chief, clock)
    check_criteria(clock)
    assert task("operating-rules").state == "todo"
    version = _written(lead, clock)
    check_criteria(clock)
    assert task("operating-rules").state == "todo"  # written is not in force
    clock.move(timedelta(days=2))
    _publish(version, lead, chief, clock)
    check_criteria(clock)
    done = task("operating-rules")
    assert (done.state, done.proven, done.done_on) == ("done", True, date(2026, 3, 4))
    entry = LedgerEntry.objects.filter(action="judge_plan_task").latest("seq")
    assert entry.actor == "system:jobs"
    assert f"/documents/{version.document.number}/" in entry.payload
    before = LedgerEntry.objects.count()
    check_criteria(clock)
    assert LedgerEntry.objects.count() == before  # nothing changed, nothing is written
    which = {"number": version.document.number, "version_number": version.number}
    do_withdraw_document(chief, **which, remark="out of date", clock=clock)
    check_criteria(clock)
    lost = task("operating-rules")
    assert (lost.state, lost.unproven_since) == ("done", clock.now())
    assert Message.objects.filter(kind="plan_proof_lost").count() == 1
    clock.move(timedelta(days=1))
    _publish(_written(lead, clock, "Operating rules, second edition"), lead, chief, clock)
    check_criteria(clock)
    assert task("operating-rules").unproven_since is None


def test_before_its_approval_evidence_shows_but_completes_nothing(
    programme: Programme, task: Task, lead: User, chief: User, clock: FixedClock
) -> None:
    row = task("operating-rules")
    do_set_criteria(
        lead, [Wanted(kind="document_published", params={"words": WORDS})],
        task_id=row.pk, clock=clock,
    )  # fmt: skip
    _publish(_written(lead, clock), lead, chief, clock)
    check_criteria(clock)
    assert PlanCriterion.objects.get(task=row, archived_at=None).state == "met"
    assert task("operating-rules").state == "todo"
    _approved(programme, lead, chief, clock)
    assert task("operating-rules").state == "done"  # from the first moment on


def test_what_cannot_be_told_takes_no_proof_away(
    programme: Programme, task: Task, lead: User, chief: User, clock: FixedClock
) -> None:
    _approved(programme, lead, chief, clock)
    row = task("monitoring")
    do_set_criteria(lead, [Wanted(kind="on_call_covered")], task_id=row.pk, clock=clock)
    criterion = PlanCriterion.objects.get(task=row, archived_at=None)

    def judge(state: State) -> PlanTask:
        found = Found(criterion=criterion.pk, state=state, proof=("/organisation/",))
        do_judge_plan_task(JOBS, [found], task_id=row.pk, clock=clock)
        return task("monitoring")

    assert judge(State.UNKNOWN).state == "todo"
    assert judge(State.MET).proven
    assert judge(State.UNKNOWN).unproven_since is None
    assert judge(State.UNMET).unproven_since is not None


def test_a_held_drill_stays_held(
    programme: Programme, task: Task, lead: User, chief: User, clock: FixedClock
) -> None:
    _approved(programme, lead, chief, clock)
    row = task("response-plan")
    do_set_criteria(lead, [Wanted(kind="drill_held")], task_id=row.pk, clock=clock)
    drill = Drill.objects.create(
        number=1, title="Drill", scenario="data_breach", state="ended", planned_at=clock.now(),
        created=clock.now(), began_at=clock.now(),
    )  # fmt: skip
    assert _verdict("drill_held", row, clock) is State.UNMET  # not evaluated yet
    Drill.objects.filter(pk=drill.pk).update(state="signed")
    check_criteria(clock)
    assert task("response-plan").proven
    Drill.objects.all().delete()
    check_criteria(clock)
    assert task("response-plan").unproven_since is None


def test_a_word_becomes_proof_when_the_evidence_comes(
    programme: Programme, task: Task, lead: User, chief: User, clock: FixedClock
) -> None:
    row = task("operating-rules")
    do_set_criteria(
        lead, [Wanted(kind="document_published", params={"words": WORDS})],
        task_id=row.pk, clock=clock,
    )  # fmt: skip
    _approved(programme, lead, chief, clock)
    do_tick_plan_task(lead, task_id=row.pk, reason="on paper", clock=clock)
    check_criteria(clock)
    assert (task("operating-rules").state, task("operating-rules").proven) == ("done", False)
    _publish(_written(lead, clock), lead, chief, clock)
    check_criteria(clock)
    assert task("operating-rules").proven


def test_sources_count_day_by_day(task: Task, clock: FixedClock) -> None:
    row = task("monitoring")
    assert _verdict("sources_live", row, clock, days=3) is State.UNMET  # none is connected
    Source.objects.create(
        name="shop", format="combined", path="/x", created=clock.now(), changed=clock.now()
    )
    assert _verdict("sources_live", row, clock, days=3) is State.UNKNOWN  # nobody looks
    for _ in range(3):
        note_sources({"shop": True}, clock.now(), looks=100)
        clock.move(timedelta(days=1))
    assert _verdict("sources_live", row, clock, days=3) is State.MET  # today nobody looked yet
    note_sources({"shop": True}, clock.now(), looks=90)
    note_sources({"shop": False}, clock.now(), looks=10)
    assert _verdict("sources_live", row, clock, days=3) is State.UNMET
    clock.move(timedelta(days=3))
    assert _verdict("sources_live", row, clock, days=3) is State.UNKNOWN


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (Wanted(kind="hearsay"), "criterion.kind"),
        (Wanted(kind="drill_held", params={"least": 0}), "criterion.param"),
        (Wanted(kind="drill_held", params={"least": "1"}), "criterion.param"),
        (Wanted(kind="drill_held", params={"least": True}), "criterion.param"),
        (Wanted(kind="document_published", params={"document_kind": "poem"}), "criterion.param"),
        (Wanted(kind="document_published", params={"words": "x" * 301}), "criterion.param"),
    ],
)
def test_criteria_out_of_bounds_are_refused(
    task: Task, lead: User, clock: FixedClock, wanted: Wanted, code: str
) -> None:
    with pytest.raises(UsageError) as refused:
        do_set_criteria(lead, [wanted], task_id=task("inventory").pk, clock=clock)
    assert refused.value.code == code


def test_owners_are_told_what_is_missing_once_a_step(
    programme: Programme, task: Task, lead: User, chief: User, clock: FixedClock
) -> None:
    remind_of_tasks(clock)
    assert not Message.objects.filter(kind="plan_due").exists()  # it does not run yet
    _approved(programme, lead, chief, clock)
    for _ in range(2):
        remind_of_tasks(clock)
    (told,) = Message.objects.filter(kind="plan_due")
    assert told.data["due"] == "2026-03-06"
    assert "资产" in told.data["missing"]["zh"]
    assert "assets" in told.data["missing"]["en"]
    for _ in range(20):
        clock.move(timedelta(days=1))
        remind_of_tasks(clock)
    keys = Message.objects.filter(kind="plan_due", key__contains=f":{task('inventory').pk}:")
    steps = sorted(key.rpartition("2026-03-06:")[2] for key in keys.values_list("key", flat=True))
    assert steps == ["ahead", "due", "eve", "late:0", "late:1", "late:2"]
    follow_approvals(clock)
