"""A playbook on the board: what opens when, what is left out, what waits for a person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from tests.actions.conftest import NOON
from tests.playbook_runs import Book, an_incident

from shangdun.actions.tasks.begin import begin_run, do_add_run, do_stop_run
from shangdun.actions.tasks.clock import do_pass_time, do_remind_tasks
from shangdun.actions.tasks.finish import (
    Ended,
    do_fail_task,
    do_finish_task,
    do_reopen_task,
    do_skip_task,
)
from shangdun.kernel.clock import FixedClock
from shangdun.kernel.errors import NotAllowed, UsageError
from shangdun.records.actor import JOBS
from shangdun.records.models import InboxItem, Incident, Message, PlaybookRun, PlaybookVersion, Task
from shangdun.records.roles import Role
from shangdun.respond.groups import Group

pytestmark = pytest.mark.django_db


def begun(version: PlaybookVersion, incident: Incident | None = None) -> PlaybookRun:
    with transaction.atomic():
        return begin_run(incident or an_incident(), version, NOON)


def board(run: PlaybookRun) -> dict[str, str]:
    return {task.title_en: str(task.state) for task in run.tasks.order_by("place", "pk")}


def task(run: PlaybookRun, title: str) -> Task:
    return run.tasks.get(title_en=title)


def finish(actor, run: PlaybookRun, title: str, clock: FixedClock, **outcome: str) -> Task:
    ended = Ended(result=f"{title} went well", outcome=outcome)
    return do_finish_task(actor, task_id=task(run, title).pk, ended=ended, clock=clock)


def test_tasks_open_in_the_order_of_the_playbook(somebody, clock) -> None:
    book = Book("order").task("contain").task("tell", Group.CUSTOMER_SERVICE, minutes=30)
    book.task("assess", minutes=20).parallel("both", "tell", "assess").task("close", Group.LEGAL)
    book.chain("start", "contain", "both", "close", "end")
    boss = somebody(Role.LEADERSHIP)
    run = begun(book.stored())
    assert board(run) == {
        "contain": "open", "tell": "waiting", "assess": "waiting", "close": "waiting",
    }  # fmt: skip
    close = task(run, "close")
    assert set(close.depends) == {task(run, "tell").pk, task(run, "assess").pk}
    finish(boss, run, "contain", clock)
    assert board(run)["tell"] == board(run)["assess"] == "open"
    assert task(run, "tell").due_at == NOON + timedelta(minutes=30)
    with pytest.raises(UsageError, match="waits for others"):
        finish(boss, run, "close", clock)
    finish(boss, run, "tell", clock)
    assert board(run)["close"] == "waiting"
    finish(boss, run, "assess", clock)
    assert board(run)["close"] == "open"
    finish(boss, run, "close", clock)
    run.refresh_from_db()
    assert (run.state, run.failed, run.ended_at) == ("done", False, NOON)


def test_an_answer_decides_which_way_it_goes(somebody, clock) -> None:
    book = Book("answers").variable("__leaked__", type="bool")
    book.task("assess", out_args=["__leaked__"]).task("notify").task("reassure").task("after")
    book.condition("fork", "__leaked__:value = 'true'", "notify", "reassure")
    book.chain("start", "assess", "fork", "after", "end")
    boss = somebody(Role.LEADERSHIP)
    run = begun(book.stored())
    assert task(run, "assess").asks == [
        {"name": "__leaked__", "type": "bool", "zh": "leaked", "en": "leaked", "required": True}
    ]
    with pytest.raises(UsageError, match="asks for an answer"):
        finish(boss, run, "assess", clock)
    finish(boss, run, "assess", clock, __leaked__="true")
    assert board(run) == {
        "assess": "done", "notify": "open", "reassure": "skipped", "after": "waiting",
    }  # fmt: skip
    finish(boss, run, "notify", clock)
    assert board(run)["after"] == "open"


def test_a_failure_goes_its_way_or_waits_for_a_person(somebody, clock) -> None:
    book = Book("failures").task("restore").task("rebuild").task("check")
    book.chain("start", "restore", "check", "end").chain("rebuild", "check")
    book.failing("restore", "rebuild")
    boss = somebody(Role.LEADERSHIP)
    run = begun(book.stored())
    assert "rebuild" not in board(run), "what only a failure needs does not wait on the board"
    do_fail_task(boss, task_id=task(run, "restore").pk, reason="no backup", clock=clock)
    assert board(run) == {"restore": "failed", "check": "waiting", "rebuild": "open"}
    assert not task(run, "restore").held
    do_fail_task(boss, task_id=task(run, "rebuild").pk, reason="no disk", clock=clock)
    held = task(run, "rebuild")
    assert (held.state, held.held) == ("failed", True)
    do_reopen_task(boss, task_id=held.pk, clock=clock)
    assert board(run)["rebuild"] == "doing", "whoever tried it tries again"
    finish(boss, run, "rebuild", clock)
    assert board(run)["check"] == "open"


def test_who_may_not_decide_lets_no_block_act_again(somebody, clock) -> None:
    """Handed the task of a step that blocks, somebody without the right reopens it."""
    service = somebody(Role.CUSTOMER_SERVICE)
    book = Book("blocks").task("turn away")
    run = begun(book.chain("start", "turn away", "end").stored())
    step = task(run, "turn away")
    Task.objects.filter(pk=step.pk).update(automatic="block", owner=service, state="failed")
    with pytest.raises(NotAllowed):
        do_reopen_task(service, task_id=step.pk, reason="once more", clock=clock)
    assert task(run, "turn away").state == "failed"
    do_reopen_task(somebody(Role.LEADERSHIP), task_id=step.pk, reason="once more", clock=clock)
    assert task(run, "turn away").state == "doing"


@pytest.mark.parametrize("how", ["by hand", "skipped"])
def test_a_held_task_is_done_by_hand_or_left_out(somebody, clock, how: str) -> None:
    book = Book("held").task("restore").task("check").chain("start", "restore", "check", "end")
    boss = somebody(Role.LEADERSHIP)
    run = begun(book.stored())
    do_fail_task(boss, task_id=task(run, "restore").pk, reason="no backup", clock=clock)
    if how == "by hand":
        finish(boss, run, "restore", clock)
        assert board(run) == {"restore": "done", "check": "open"}
    else:
        do_skip_task(boss, task_id=task(run, "restore").pk, reason="not needed", clock=clock)
        assert board(run) == {"restore": "skipped", "check": "open"}


def test_a_called_playbook_stands_on_the_same_board(somebody, clock) -> None:
    inner = Book("inner").task("dig").chain("start", "dig", "end")
    inner.stored()
    outer = Book("outer").task("first").call("deeper", "inner").task("last")
    outer.chain("start", "first", "deeper", "last", "end")
    boss = somebody(Role.LEADERSHIP)
    run = begun(outer.stored())
    assert board(run) == {"first": "open", "dig": "waiting", "last": "waiting"}
    inner.task("more").chain("dig", "more", "end").stored()
    for title in ("first", "dig", "last"):
        finish(boss, run, title, clock)
    run.refresh_from_db()
    assert run.state == "done", "a run keeps the versions that it began with"


def test_a_time_out_is_a_failure(somebody, clock) -> None:
    book = Book("late").task("answer", timeout=60_000).task("go on").task("escalate")
    book.chain("start", "answer", "go on", "end").chain("escalate", "end")
    book.failing("answer", "escalate")
    somebody(Role.LEADERSHIP)
    run = begun(book.stored())
    assert run.due_at == NOON + timedelta(minutes=1)
    assert do_pass_time(JOBS, clock=clock) == 0
    later = FixedClock(NOON + timedelta(minutes=1))
    assert do_pass_time(JOBS, clock=later) == 1
    assert board(run) == {"answer": "failed", "go on": "skipped", "escalate": "open"}
    assert do_pass_time(JOBS, clock=later) == 0


def test_stopping_leaves_nothing_to_do(somebody, clock) -> None:
    book = Book("stop").task("one").task("two").chain("start", "one", "two", "end")
    boss = somebody(Role.LEADERSHIP)
    run = begun(book.stored())
    do_stop_run(boss, run_id=run.pk, reason="a false alarm", clock=clock)
    run.refresh_from_db()
    assert run.state == "stopped"
    assert set(board(run).values()) == {"skipped"}
    do_stop_run(boss, run_id=run.pk, reason="again", clock=clock)


def test_a_playbook_is_begun_once(somebody, clock) -> None:
    version = Book("twice").task("one").chain("start", "one", "end").stored()
    boss, incident = somebody(Role.LEADERSHIP), an_incident()
    first = do_add_run(boss, incident_id=incident.pk, version_id=version.pk, clock=clock)
    second = do_add_run(boss, incident_id=incident.pk, version_id=version.pk, clock=clock)
    assert first == second
    assert Task.objects.count() == 1


def test_groups_hear_of_their_tasks_once(somebody, clock) -> None:
    lawyer = somebody(Role.LEGAL)
    book = Book("told").task("one", Group.LEGAL, minutes=10).task("two", Group.LEGAL)
    book.parallel("both", "one", "two").chain("start", "both", "end")
    run = begun(book.stored())
    assert [m.kind for m in Message.objects.all()] == ["tasks_ready"]
    assert InboxItem.objects.filter(person=lawyer).count() == 1
    late = FixedClock(NOON + timedelta(minutes=11))
    assert do_remind_tasks(JOBS, clock=late) == 1
    assert do_remind_tasks(JOBS, clock=late) == 0
    later = FixedClock(NOON + timedelta(minutes=30))
    assert do_remind_tasks(JOBS, clock=later) == 1, "then leadership hears of it"
    assert do_remind_tasks(JOBS, clock=later) == 0
    kinds = list(Message.objects.order_by("pk").values_list("kind", "groups"))
    assert kinds[1:] == [("task_overdue", ["legal"]), ("task_overdue", ["leadership"])]
    said = [entry.data["what"] for entry in run.incident.timeline.order_by("pk")]
    assert said == ["begun", "opened", "overdue", "escalated"]
