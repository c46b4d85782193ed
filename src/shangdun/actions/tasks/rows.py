"""Rows of the board that come from steps of a playbook."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from shangdun.actions.tasks.add import LONGEST_TITLE
from shangdun.actions.tasks.seeds import known_value
from shangdun.records.models import PlaybookRun, Task, TaskState
from shangdun.records.stored_text import clean_text
from shangdun.respond.groups import Group
from shangdun.respond.playbook.course import Course
from shangdun.respond.playbook.model import Automatic, Kind, Playbook, Step, Text, Variable
from shangdun.respond.playbook.variables import fill, uses
from shangdun.respond.playbook.view import extension_of


class Frame(NamedTuple):
    """What rows of one playbook share."""

    at: datetime
    variables: dict[str, Variable]
    asked: Collection[str]
    """Variables without which the course cannot go on."""


def frame_of(book: Playbook, asked: Collection[str], at: datetime) -> Frame:
    """For the steps of one playbook."""
    return Frame(at, {variable.name: variable for variable in book.variables}, asked)


def row_of(run: PlaybookRun, step: Step, key: str, place: int, frame: Frame) -> Task:
    """The task of a pass through a step, not yet open, not yet saved."""
    automatic = step.automatic.value if step.automatic else ""
    if step.kind is not Kind.ACTION:
        automatic = step.kind.value
    name, about = step.name, step.instruction
    if not (about.zh or about.en):
        about = step.description
    return Task(
        incident=run.incident,
        run=run,
        step=key,
        source="playbook",
        automatic=automatic[:20],
        confirm=step.confirm,
        parameters=_parameters(step),
        group=(step.group or Group.TECHNICAL_SUPPORT).value,
        title_zh=_short(name.zh or name.en or step.key),
        title_en=_short(name.en or name.zh or step.key),
        instruction_zh=clean_text(about.zh or about.en),
        instruction_en=clean_text(about.en or about.zh),
        state=TaskState.WAITING,
        # Of an automatic one too: who does by hand what failed says what it would have found out.
        asks=_asks(step, frame) if step.kind is Kind.ACTION else [],
        place=place,
        created_at=frame.at,
        target_minutes=step.minutes,
    )


def _parameters(step: Step) -> dict[str, Any]:
    """As the playbook has them; of an HTTP call, CACAO's command, with what our extension adds."""
    given: dict[str, Any] = plain(step.parameters)
    if step.automatic is Automatic.HTTP:
        own = extension_of(step.raw, "step_extensions")
        given |= {name: own[name] for name in ("idempotent", "status_into") if name in own}
    return given


def say_filled(task: Task, course: Course) -> None:
    """Put the values that are known by now into the task's words and parameters.

    What nobody gave a value yet is asked of the incident once more: it may know more than when the
    playbook began.
    """
    for name in ("title_zh", "title_en", "instruction_zh", "instruction_en"):
        text = clean_text(_filled(course, task, getattr(task, name)))
        setattr(task, name, _short(text) if name.startswith("title") else text)
    task.parameters = _filled(course, task, task.parameters)


def _filled(course: Course, task: Task, value: Any) -> Any:  # noqa: ANN401  JSON
    if isinstance(value, dict):
        return {name: _filled(course, task, one) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(course, task, one) for one in value]
    if not isinstance(value, str):
        return value
    text = course.filled(task.step, value)
    missing = uses(text)
    known = {name: found for name in missing if (found := known_value(name, task.incident))}
    return clean_text(fill(text, known) if known else text)


def plain(value: object) -> Any:  # noqa: ANN401  JSON
    """Parameters as JSON that a row takes."""
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value if isinstance(value, (str, int, float, bool)) or value is None else str(value)


def _asks(step: Step, frame: Frame) -> list[dict[str, Any]]:
    """What people are asked when the step is done."""
    variables = frame.variables | {variable.name: variable for variable in step.variables}
    found = []
    for name in step.out_args:
        variable = variables.get(name, Variable(name=name))
        about: Text = variable.about
        plain = name.strip("_").replace("_", " ")
        found.append(
            {
                "name": name,
                "type": variable.type,
                "zh": about.zh or about.en or plain,
                "en": about.en or about.zh or plain,
                "required": name in frame.asked,
            }
        )
    return found


def _short(text: str) -> str:
    return clean_text(text.strip())[:LONGEST_TITLE]
