"""A programme as the text that is reviewed and approved, in its own language, made of its objects.

The chapters are those of the plan: introduction, goals and tasks, the work in detail with its
timetable and resources, risks, monitoring, communication, summary. What people wrote into the
chapters is markup and stays it; everything else can only be read as itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from shangdun.papers.escaped import line, lines, table
from shangdun.records.criteria import asked_of
from shangdun.records.models import (
    PlanCriterion,
    PlanTask,
    PlanTaskKind,
    PlanTaskState,
    Programme,
    User,
)
from shangdun.records.programmes import tasks_of

_NUMERALS = "一二三四五六七八九十"
MOST_ROWS = 600
"""Subtasks told one by one; of a longer programme the tasks and milestones are told."""
RESOURCES = "resources"
"""The chapter that belongs to the work in detail."""


@dataclass(frozen=True)
class _Plan:
    programme: Programme
    rows: Sequence[PlanTask]
    proves: dict[int, list[str]]

    def below(self, task: PlanTask, *kinds: str) -> list[PlanTask]:
        """Everything under a task, at whatever depth, in its order."""
        inside = {task.pk}
        found = []
        for row in self.rows:
            if row.parent_id in inside:
                inside.add(row.pk)
                if row.kind in kinds:
                    found.append(row)
        return found

    @property
    def tasks(self) -> list[PlanTask]:
        """The tasks at the top."""
        return [
            row for row in self.rows if row.parent_id is None and row.kind != PlanTaskKind.MILESTONE
        ]


def programme_text(programme: Programme) -> str:
    """The whole text in the markup of ``papers.markup``."""
    rows = list(tasks_of(programme).select_related("owner"))
    with override(programme.language):
        plan = _Plan(programme, rows, _proves(rows))
        parts = [*_first(plan), *_detailed(plan), *_others(plan)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _heading(number: int, title: str, language: str) -> str:
    if language == "zh-hans" and number <= len(_NUMERALS):
        return f"## {_NUMERALS[number - 1]}、{line(title)}"
    return f"## {number}\\. {line(title)}"


def _below(title: str) -> str:
    return f"### {title}"


def _first(plan: _Plan) -> Iterator[str]:
    language = plan.programme.language
    yield _heading(1, _("Introduction"), language)
    yield lines(plan.programme.introduction) or _("None was written.")
    yield _heading(2, _("Goals and tasks"), language)
    yield _below(_("Goals"))
    yield "\n".join(
        f"{number}. {line(goal)}" for number, goal in enumerate(plan.programme.goals, start=1)
    )
    yield _below(_("Key tasks"))
    for task in plan.tasks:
        yield f"#### {_task_title(task, language)}"
        told = (
            (_("Description"), task.description),
            (_("Why it matters"), task.reason),
            (_("Expected result"), task.expected),
        )
        yield "\n".join(f"- **{label}**{_colon()}{line(text)}" for label, text in told if text)


def _task_title(task: PlanTask, language: str) -> str:
    if language == "zh-hans" and task.code.isdecimal() and int(task.code) <= len(_NUMERALS):
        return f"任务{_NUMERALS[int(task.code) - 1]}：{line(task.title)}"
    return f"{pgettext('programme', 'Task')} {line(task.code)}{_colon()}{line(task.title)}"


def _colon() -> str:
    return pgettext("between a label and its text", ": ")


def _detailed(plan: _Plan) -> Iterator[str]:
    language = plan.programme.language
    yield _heading(3, _("The work in detail"), language)
    yield _below(pgettext("programme", "Subtasks"))
    subtasks = [row for row in plan.rows if row.kind == PlanTaskKind.SUBTASK]
    if len(subtasks) > MOST_ROWS:
        yield _(
            "The programme has %(n)s subtasks. They are kept with this version as they stood; the"
            " programme's own page shows them."
        ) % {"n": len(subtasks)}
    else:
        for task in plan.tasks:
            yield from _subtasks(plan, task)
    yield _below(_("Timetable"))
    yield _timetable(plan)
    for chapter in plan.programme.chapters:
        if chapter["key"] == RESOURCES:
            yield _below(line(chapter["title"]))
            yield chapter["body"]


def _subtasks(plan: _Plan, task: PlanTask) -> Iterator[str]:
    rows = plan.below(task, PlanTaskKind.SUBTASK)
    if not rows:
        return
    yield f"#### {_task_title(task, plan.programme.language)}"
    head = (
        pgettext("programme", "Subtask"), pgettext("programme", "Owner"), _("To be done by"),
        _("Resources needed"),
        _("Expected result"), _("What proves it"),
    )  # fmt: skip
    yield table(head, [_subtask(plan, row) for row in rows])


def _subtask(plan: _Plan, row: PlanTask) -> tuple[str, ...]:
    title = f"{row.code} {row.title}"
    if row.state == PlanTaskState.DROPPED:
        title = f"{title} ({row.get_state_display()})"
    proves = _("; ").join(plan.proves.get(row.pk, ()))
    return (
        title, _name(row.owner), _day(row.due or row.ends_on), row.needed or "—",
        row.expected or "—", proves or _("its owner's word, with a reason"),
    )  # fmt: skip


def _timetable(plan: _Plan) -> str:
    head = (
        pgettext("programme", "Task"), pgettext("programme", "Owner"), _("Start"), _("End"),
        _("Milestone"),
        _("Milestone's day"),
    )  # fmt: skip
    rows: list[tuple[str, ...]] = []
    for task in plan.tasks:
        reached = plan.below(task, PlanTaskKind.MILESTONE)
        first = (
            f"{task.code} {task.title}", _name(task.owner), _day(task.starts_on),
            _day(task.ends_on),
        )  # fmt: skip
        marks = [(mark.title, _day(mark.due or mark.ends_on)) for mark in reached]
        rows.append((*first, *(marks[0] if marks else ("—", "—"))))
        rows += [("", "", "", "", *mark) for mark in marks[1:]]
    alone = [r for r in plan.rows if r.parent_id is None and r.kind == PlanTaskKind.MILESTONE]
    rows += [("", "", "", "", mark.title, _day(mark.due or mark.ends_on)) for mark in alone]
    return table(head, rows)


def _others(plan: _Plan) -> Iterator[str]:
    language = plan.programme.language
    number = 4
    for chapter in plan.programme.chapters:
        if chapter["key"] == RESOURCES:
            continue
        yield _heading(number, chapter["title"], language)
        yield chapter["body"]
        number += 1
    yield _heading(number, _("Summary and outlook"), language)
    yield plan.programme.summary or _("None was written.")


def _proves(rows: Sequence[PlanTask]) -> dict[int, list[str]]:
    """By task: what proves it, in words."""
    living = PlanCriterion.objects.filter(task__in=[row.pk for row in rows[:MOST_ROWS]])
    found: dict[int, list[str]] = {}
    for one in living.filter(archived_at=None).order_by("task", "position", "pk"):
        found.setdefault(one.task_id, []).append(str(asked_of(one.kind, one.params)))
    return found


def _name(who: User | None) -> str:
    return (who.get_full_name() or who.username) if who else "—"


def _day(day: date | None) -> str:
    return day.isoformat() if day else "—"
