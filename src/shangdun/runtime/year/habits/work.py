"""The plan's subtasks: begun in time, finished by what proves them, often late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from shangdun.actions.documents.plan import built_in_plan
from shangdun.actions.documents.write import NewDocument, do_write_document
from shangdun.actions.meetings.call import NewMeeting, do_call_meeting, do_send_invitations
from shangdun.actions.programmes.work import (
    do_begin_plan_task,
    do_report_plan_progress,
    do_tick_plan_task,
)
from shangdun.records.documents import company
from shangdun.records.models import (
    ControlledKind,
    Document,
    Meeting,
    MeetingState,
    PlanTask,
    PlanTaskKind,
    PlanTaskState,
    ProgrammeState,
    User,
)
from shangdun.respond.groups import Group
from shangdun.runtime.year.day import Day

ORDER = 20
DELAYS = (0, 0, 0, 2, 4, 9)
"""Days after the planned end; a subtask draws one."""
WAITS = 6
"""After so many more days without proof the owner ticks it off, with a reason."""


def act(day: Day) -> None:
    if not day.workday:
        return
    day.reach(9, 30)
    tasks = PlanTask.objects.filter(
        programme__state=ProgrammeState.APPROVED, kind=PlanTaskKind.SUBTASK, archived_at=None,
        starts_on__lte=day.date,
    )  # fmt: skip
    open_tasks = tasks.exclude(state__in=(PlanTaskState.DONE, PlanTaskState.DROPPED))
    for task in open_tasks.select_related("owner", "programme").order_by("position"):
        _one(day, task, task.owner or day.people["lead"])


def _one(day: Day, task: PlanTask, owner: User) -> None:
    if task.state == PlanTaskState.TODO:
        do_begin_plan_task(owner, task_id=task.pk, clock=day.clock)
        day.write("task.begun", task.key)
        return
    delay = _delay(day, task)
    planned = task.baseline_end or task.due or task.ends_on or day.date
    late = min((day.date - planned).days, (day.date - (task.began_on or day.date)).days) - delay
    if late < 0:
        done = (day.date - (task.began_on or day.date)).days * 90 // max(task.days * 7 // 5, 1)
        if day.date.weekday() == 4:
            progress = min(max(done, 5), 90)
            do_report_plan_progress(owner, task_id=task.pk, progress=progress, clock=day.clock)
    elif late >= WAITS:
        reason = day.say(
            "已由负责人现场核验，证据随后补充。", "Seen by its owner; the evidence follows."
        )
        do_tick_plan_task(owner, task_id=task.pk, reason=reason, clock=day.clock)
        day.write("task.ticked", task.key)
    elif task.key in _DO:
        _DO[task.key](day)


def _delay(day: Day, task: PlanTask) -> int:
    """Drawn once for a subtask, whatever day it is asked."""
    for place, delay in enumerate(DELAYS[:-1], 1):
        if day.happens("delay", f"{task.key}:{place}", 1 / (len(DELAYS) - place + 1)):
            return delay
    return DELAYS[-1]


def _document(kind: str, zh: str, en: str, *, read: bool = False) -> Callable[[Day], None]:
    def write(day: Day) -> None:
        title = day.say(zh, en)
        if Document.objects.filter(title=title).exists():
            return
        wanted = NewDocument(
            kind=kind,
            title=title,
            language=day.language,
            body=day.say(
                "## 目的\n\n明确职责、流程与要求。\n", "## Purpose\n\nWho does what, and how.\n"
            ),
            readers=tuple(Group) if read else (),
        )
        do_write_document(day.people["engineer"], wanted, clock=day.clock)
        day.write("document.written", title)

    return write


def _response_plan(day: Day) -> None:
    if not Document.objects.filter(kind=ControlledKind.PLAN).exists():
        wanted = built_in_plan(day.language, company())
        do_write_document(day.people["engineer"], wanted, clock=day.clock)
        day.write("document.written", wanted.title)


def _training(day: Day) -> None:
    lead = day.people["lead"]
    title = day.say("全员安全培训", "Security training for everybody")
    begins = day.reach(10) + timedelta(days=3)
    wanted = NewMeeting(
        kind="training",
        title=title,
        begins_at=begins,
        language=day.language,
        chair=lead.pk,
        people=tuple(person.pk for person in day.people.values()),
    )
    if not Meeting.objects.filter(title=title, state=MeetingState.PLANNED).exists():
        meeting = do_call_meeting(lead, wanted, clock=day.clock)
        do_send_invitations(lead, number=meeting.number, clock=day.clock)
        day.write("training.called", meeting.number)


_DO: dict[str, Callable[[Day], None]] = {
    "architecture": _document(
        ControlledKind.PROCEDURE, "安全架构设计方案", "Security architecture of the shop"
    ),
    "operating-rules": _document(
        ControlledKind.POLICY, "安全运维管理制度", "Security operations rules", read=True
    ),
    "training-plan": _document(
        ControlledKind.PROCEDURE, "年度安全培训计划", "Yearly security training plan"
    ),
    "training-held": _training,
    "response-plan": _response_plan,
}
"""What proves a subtask and is not done by other habits, by its key in the template."""
