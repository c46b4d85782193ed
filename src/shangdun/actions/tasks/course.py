"""From the pure course of a playbook to rows: what begins, what ends, what is not needed.

Each function works within the transaction of the action that calls it. The course is read from the
run, changed by one event, written back, and the board follows from its entries.
"""

from __future__ import annotations

from datetime import datetime

from shangdun.actions.incident_changes import write_timeline
from shangdun.actions.tasks import telling
from shangdun.actions.tasks.add import due_of, next_place
from shangdun.actions.tasks.changes import save_task, tell
from shangdun.actions.tasks.plan import needed, still_possible
from shangdun.actions.tasks.playbooks import course_of
from shangdun.actions.tasks.rows import frame_of, row_of, say_filled
from shangdun.actions.tasks.waiting import open_waiting
from shangdun.records.actor import JOBS
from shangdun.records.models import PlaybookRun, RunState, Task, TaskState, TimelineKind
from shangdun.respond.playbook.course import Course
from shangdun.respond.playbook.course_state import (
    Ended,
    Entry,
    Outcome,
    Passed,
    Repeated,
    Started,
    State,
)
from shangdun.respond.playbook.model import Kind

ENDS = {
    TaskState.DONE.value: State.OK,
    TaskState.FAILED.value: State.FAILED,
    TaskState.SKIPPED.value: State.SKIPPED,
}


def task_ended(task: Task, at: datetime) -> None:
    """Go on from a task that is done, failed or skipped; its row is saved already."""
    entry = _entry(task)
    if entry is None:
        if task.state == TaskState.FAILED:
            task.held = True
            task.save(update_fields=["held"])
        open_waiting(task.incident, at)
        return
    course, passed, run = entry
    if passed.held and task.state == TaskState.DONE:
        course = _again(course, task, at)
    if passed.is_open or passed.held:
        how = ENDS[str(task.state)]
        gives = course.step(task.step).out_args
        values = {name: value for name, value in task.outcome.items() if name in gives}
        course = course.apply(Ended(task.step, how, at, values))
        task.held = course.entry(task.step).held
        task.save(update_fields=["held", "step"])
    follow(run, course, at)


def task_reopened(task: Task, at: datetime) -> None:
    """Try a failed step again: another pass of the course, the same row on the board."""
    entry = _entry(task)
    task.held = False
    if entry is None or not entry[1].held:
        task.save(update_fields=["held"])
        return
    course, _passed, run = entry
    course = _again(course, task, at)
    task.save(update_fields=["held", "step"])
    follow(run, course, at)


def step_started(task: Task, at: datetime) -> None:
    """Remember that an automatic step acts, before it does."""
    entry = _entry(task)
    if entry is not None and entry[1].state is State.READY:
        course, _passed, run = entry
        _keep(run, course.apply(Started(task.step, at)))


def time_passed(run: PlaybookRun, at: datetime) -> None:
    """Open what was delayed, end what took too long."""
    follow(run, course_of(run).apply(Passed(at)), at)


def _entry(task: Task) -> tuple[Course, Entry, PlaybookRun] | None:
    """Where the task stands in its course; None: it has none that goes on."""
    if task.run_id is None or not task.step:
        return None
    run = PlaybookRun.objects.select_related("playbook_version", "incident").get(pk=task.run_id)
    if run.state != RunState.RUNNING:
        return None
    course = course_of(run)
    known = {entry.key: entry for entry in course.entries}
    return (course, known[task.step], run) if task.step in known else None


def _again(course: Course, task: Task, at: datetime) -> Course:
    """Another pass through the step of a task that is held; the task goes with it."""
    held = course.entry(task.step)
    before = {entry.key for entry in course.entries}
    course = course.apply(Repeated(task.step, at))
    for entry in course.entries:
        if entry.key not in before and (entry.step, entry.scope) == (held.step, held.scope):
            task.step = entry.key
    return course


def follow(run: PlaybookRun, course: Course, at: datetime) -> None:
    """Bring the board to where the course stands."""
    tasks = {task.step: task for task in run.tasks.select_related("owner", "incident")}
    ready = {entry.key for entry in course.ready(at)}
    opened: list[Task] = []
    place = next_place(run.incident)
    asked = needed(course.library)
    for entry in course.entries:
        if not (entry.is_open or entry.held or entry.key in tasks):
            continue
        task = tasks.get(entry.key)
        if task is None:
            if course.step(entry.key).kind is not Kind.ACTION and not entry.held:
                continue
            frame = frame_of(course.library[entry.playbook], asked, at)
            task = row_of(run, course.step(entry.key), entry.key, place, frame)
            task.save()
            place += 1
        if entry.key in ready and task.state == TaskState.WAITING:
            _open(task, course, at)
            opened.append(task)
        else:
            _end(task, entry, at)
    _drop(course, tasks, at)
    if opened:
        _say_opened(run, opened, at)
    _keep(run, course)
    if course.outcome is not None:
        _finish(run, course, at)
    open_waiting(run.incident, at)


def _open(task: Task, course: Course, at: datetime) -> None:
    """Its turn has come: the timer starts, and an automatic one is free to act."""
    acts = task.automatic and not task.confirm
    task.state = TaskState.DOING if acts else TaskState.OPEN
    task.opened_at = at
    task.due_at = due_of(at, task.target_minutes)
    task.began_at = at if acts else None
    say_filled(task, course)
    save_task(task, *_OPENED)


_OPENED = (
    "state", "opened_at", "due_at", "began_at",
    "title_zh", "title_en", "instruction_zh", "instruction_en", "parameters",
)  # fmt: skip


def _end(task: Task, entry: Entry, at: datetime) -> None:
    """What the course itself ended: by a time-out, or as what it belonged to ended."""
    if task.held and not entry.held and not entry.is_open and task.state == TaskState.FAILED:
        task.held = False
        save_task(task, "held")
    if task.state in {TaskState.DONE, TaskState.SKIPPED, TaskState.FAILED} or entry.is_open:
        return
    if entry.state is State.CANCELLED:
        task.state, what = TaskState.SKIPPED, "cancelled"
    else:
        task.state = TaskState.FAILED
        what = "timed_out" if entry.state is State.TIMED_OUT else "stuck"
    task.held, task.done_at = entry.held, at
    task.result = entry.why
    save_task(task, "state", "held", "done_at", "result")
    tell(task, JOBS, what, at)
    if task.held:
        telling.failed(task, at)


def _drop(course: Course, tasks: dict[str, Task], at: datetime) -> None:
    """Leave out what the course cannot come to any more: the other side of a condition."""
    waiting = [task for task in tasks.values() if task.state == TaskState.WAITING]
    if not waiting:
        return
    possible = still_possible(course) if course.outcome is None else set()
    known = {entry.key for entry in course.entries if entry.is_open}
    for task in waiting:
        if task.step not in known and task.step.rpartition("#")[0] not in possible:
            task.state, task.done_at = TaskState.SKIPPED, at
            save_task(task, "state", "done_at")


def _say_opened(run: PlaybookRun, opened: list[Task], at: datetime) -> None:
    people = [task for task in opened if not task.automatic or task.confirm]
    if people:
        data = {
            "what": "opened",
            "run": run.number,
            "tasks": [task.pk for task in people],
            "zh": [task.title_zh for task in people],
            "en": [task.title_en for task in people],
        }
        write_timeline(run.incident, JOBS, TimelineKind.TASK, at, data=data)
    telling.opened(opened, at)


def _keep(run: PlaybookRun, course: Course) -> None:
    run.states, run.variables = course.states, dict(course.variables)
    run.due_at = course.next_moment()
    run.version += 1
    run.save(update_fields=["states", "variables", "due_at", "version"])


def _finish(run: PlaybookRun, course: Course, at: datetime) -> None:
    run.state, run.ended_at, run.due_at = RunState.DONE, at, None
    run.failed = course.outcome is Outcome.FAILED
    run.save(update_fields=["state", "ended_at", "due_at", "failed"])
    data = {
        "what": "run_failed" if run.failed else "run_done",
        "run": run.number,
        "zh": run.title_zh,
        "en": run.title_en,
    }
    write_timeline(run.incident, JOBS, TimelineKind.PLAYBOOK, at, data=data)
