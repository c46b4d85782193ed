"""Programmes: making, changing, working, proving, approving; the guided questions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group

from shangdun.actions.documents.approve import do_approve_document, do_review_document
from shangdun.actions.programmes.create import Head, NewProgramme, do_create_programme
from shangdun.actions.programmes.guided import Answers
from shangdun.actions.programmes.prove import Found, Wanted, do_set_criteria
from shangdun.actions.programmes.submit import do_submit_programme
from shangdun.actions.programmes.tasks import NewTask, do_archive_plan_task
from shangdun.actions.programmes.templates import do_save_programme_template
from shangdun.actions.programmes.work import do_drop_plan_task, do_tick_plan_task
from shangdun.records.actor import JOBS, SETUP
from shangdun.records.criteria import State
from shangdun.records.models import GuidedAnswers, PlanCriterion, PlanTask, Programme, User
from shangdun.records.roles import Role

MONDAY = date(2026, 3, 2)
Case = tuple[tuple[Any, ...], dict[str, Any]]


def _programme(world: Any) -> Programme:
    wanted = NewProgramme(
        title="Plan", language="en", starts_on=MONDAY, template="built-in:ecommerce",
        people={"lead": world.other.pk},
    )  # fmt: skip
    return do_create_programme(SETUP, wanted)


def _task(world: Any, key: str = "inventory") -> PlanTask:
    return PlanTask.objects.get(programme=_programme(world), key=key)


def _number(world: Any) -> Case:
    return (), {"number": _programme(world).number}


def _own(world: Any) -> PlanTask:
    """A task of whoever was made last: of the one whose role is tried."""
    task = _task(world)
    owner = User.objects.filter(is_active=True).latest("pk")
    PlanTask.objects.filter(pk=task.pk).update(owner=owner)
    return task


def _id(world: Any) -> Case:
    return (), {"task_id": _task(world).pk}


def _begin(world: Any) -> Case:
    return (), {"task_id": _own(world).pk}


def _because(world: Any) -> Case:
    return (), {"task_id": _own(world).pk, "reason": "all of it is listed"}


def _two_more() -> tuple[int, int]:
    """A reviewer and an approver who wrote nothing."""
    people = []
    for name in ("reviewer", "approver"):
        user = User.objects.create(username=name)
        user.groups.set(Group.objects.filter(name=Role.LEADERSHIP.value))
        people.append(user.pk)
    return people[0], people[1]


def _create(world: Any) -> Case:
    return (NewProgramme(title="Plan", language="en", starts_on=MONDAY),), {}


def _change(world: Any) -> Case:
    return (Head(title="Plan B", starts_on=MONDAY),), {"number": _programme(world).number}


def _submit(world: Any) -> Case:
    reviewer, approver = _two_more()
    number = _programme(world).number
    return (), {"number": number, "reviewer": reviewer, "approver": approver}


def _adopt(world: Any) -> Case:
    given = _submit(world)[1]
    version = do_submit_programme(SETUP, **given)
    which = {"number": version.document.number, "version_number": version.number}
    do_review_document(User.objects.get(username="reviewer"), **which)
    do_approve_document(User.objects.get(username="approver"), **which)
    return (), {"number": given["number"]}


def _close(world: Any) -> Case:
    programme = _programme(world)
    Programme.objects.filter(pk=programme.pk).update(state="approved")
    return (), {"number": programme.number}


def _restore(world: Any) -> Case:
    programme = _programme(world)
    Programme.objects.filter(pk=programme.pk).update(archived_at=programme.created_at)
    return (), {"number": programme.number}


def _add_task(world: Any) -> Case:
    return (NewTask(title="Penetration test"),), {"number": _programme(world).number}


def _change_task(world: Any) -> Case:
    return (NewTask(title="Inventory", days=7),), {"task_id": _task(world).pk}


def _move_task(world: Any) -> Case:
    return (), {"task_id": _task(world).pk, "place": 0, "parent": None}


def _return_task(world: Any) -> Case:
    task = _task(world)
    do_archive_plan_task(SETUP, task_id=task.pk)
    return (), {"task_id": task.pk}


def _progress(world: Any) -> Case:
    return (), {"task_id": _own(world).pk, "progress": 40}


def _reopen(world: Any) -> Case:
    task = _own(world)
    do_tick_plan_task(SETUP, task_id=task.pk, reason="listed")
    return (), {"task_id": task.pk, "reason": "one was forgotten"}


def _restore_task(world: Any) -> Case:
    task = _task(world)
    do_drop_plan_task(SETUP, task_id=task.pk, reason="not needed")
    return (), {"task_id": task.pk}


def _criteria(world: Any) -> Case:
    return ([Wanted(kind="drill_held", params={"least": 2})],), {"task_id": _task(world).pk}


def _judge(world: Any) -> Case:
    task = _task(world)
    do_set_criteria(SETUP, [Wanted(kind="drill_held")], task_id=task.pk)
    row = PlanCriterion.objects.get(task=task, archived_at=None)
    found = Found(criterion=row.pk, state=State.MET, proof=("/drills/1/",))
    return ([found],), {"task_id": task.pk}


def _remind(world: Any) -> Case:
    task = _task(world)
    Programme.objects.filter(pk=task.programme_id).update(state="approved")
    PlanTask.objects.filter(pk=task.pk).update(due=datetime.now(UTC).date() + timedelta(days=3))
    return (), {"task_id": task.pk, "missing": {"zh": "资产清单", "en": "the inventory"}}


def _save_template(world: Any) -> Case:
    return (), {"number": _programme(world).number, "title": "Ours"}


def _template(world: Any) -> int:
    return do_save_programme_template(SETUP, **_save_template(world)[1]).number


def _rename_template(world: Any) -> Case:
    return (), {"number": _template(world), "title": "Ours, better"}


def _archive_template(world: Any) -> Case:
    return (), {"number": _template(world)}


def _keep(world: Any) -> Case:
    return (), {"step": "company", "answers": {"name_en": ["Shop Ltd"]}}


def _finish(world: Any) -> Case:
    now = datetime.now(UTC)
    for user in User.objects.all():
        GuidedAnswers.objects.create(person=user, created_at=now, updated_at=now)
    return (
        Answers(
            name_en="Shop Ltd", language="en", title="Plan", template="built-in:ecommerce",
            starts_on=MONDAY, people={"lead": world.other.pk},
        ),
    ), {}  # fmt: skip


CASES = {
    "add_plan_task": _add_task,
    "adopt_programme": _adopt,
    "archive_plan_task": _id,
    "archive_programme": _number,
    "archive_programme_template": _archive_template,
    "begin_plan_task": _begin,
    "change_plan_task": _change_task,
    "change_programme": _change,
    "close_programme": _close,
    "create_programme": _create,
    "drop_plan_task": _because,
    "finish_questions": _finish,
    "judge_plan_task": _judge,
    "keep_answers": _keep,
    "move_plan_task": _move_task,
    "remind_of_plan_task": _remind,
    "rename_programme_template": _rename_template,
    "reopen_plan_task": _reopen,
    "report_plan_progress": _progress,
    "restore_plan_task": _restore_task,
    "restore_programme": _restore,
    "return_plan_task": _return_task,
    "save_programme_template": _save_template,
    "set_criteria": _criteria,
    "submit_programme": _submit,
    "tick_plan_task": _because,
}
ACTORS = {
    "adopt_programme": JOBS,
    "judge_plan_task": JOBS,
    "remind_of_plan_task": JOBS,
}
_WORK = ("begin_plan_task", "report_plan_progress", "tick_plan_task", "reopen_plan_task")
MAY = {name: {Role.LEADERSHIP} for name in CASES if name not in ACTORS}
MAY |= {name: set(Role) - {Role.AUDITOR} for name in _WORK}
"""Whoever owns the task works on it, the administrator too; the audit only looks on."""
MAY |= {name: set() for name in ACTORS}
