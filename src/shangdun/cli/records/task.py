"""``shangdun task``: list, take, done, skip."""

from __future__ import annotations

from typing import Any

import click
from django.db.models import Q

from shangdun.actions.tasks.finish import Ended, do_finish_task, do_skip_task
from shangdun.actions.tasks.take import do_take_task
from shangdun.cli.output import json_option, plain, print_json, print_table
from shangdun.cli.records.acting import acting, acting_person, as_option
from shangdun.kernel.errors import UsageError
from shangdun.records.access import get_incident_by_number
from shangdun.records.models import Task
from shangdun.records.tasks import ASKING, my_tasks, tasks_of, visible_tasks

LISTED = 200
NUMBER = click.argument("number", type=int)


@click.group()
def group() -> None:
    """Tasks."""


@group.command("list")
@click.option("--incident", type=int, help="Only of this incident.")
@click.option("--mine", is_flag=True, help="What waits for the person named with --as.")
@click.option("--all", "everything", is_flag=True, help="Those that wait or are over too.")
@as_option
@json_option
def list_tasks(
    username: str, *, incident: int | None, mine: bool, everything: bool, as_json: bool
) -> None:
    """What is to do, by whom, until when; times are in UTC."""
    if mine:
        rows = my_tasks(acting_person(username))
    elif incident is not None:
        actor = acting(username)
        rows = tasks_of(actor, get_incident_by_number(actor, incident))
    else:
        rows = visible_tasks(acting(username)).filter(~Q(incident__state="closed"))
    if not everything:
        rows = rows.filter(ASKING)
    found = list(rows.select_related("incident", "owner")[:LISTED])
    if as_json:
        for task in found:
            print_json(as_record(task))
        return
    columns = ("task", "incident", "group", "title", "state", "owner", "due")
    print_table(columns, (_cells(task) for task in found))


@group.command()
@NUMBER
@as_option
@json_option
def take(number: int, username: str, *, as_json: bool) -> None:
    """Make a task one's own."""
    _tell(do_take_task(acting_person(username), task_id=number), as_json=as_json)


@group.command()
@NUMBER
@click.option("--result", default="", help="What came out.")
@click.option("--answer", "answers", multiple=True, metavar="NAME=VALUE", help="As it asks.")
@as_option
@json_option
def done(
    number: int, result: str, answers: tuple[str, ...], username: str, *, as_json: bool
) -> None:
    """Say that a task is done; what waited for it begins."""
    ended = Ended(result=result, outcome=dict(_answer(text) for text in answers))
    _tell(do_finish_task(acting(username), task_id=number, ended=ended), as_json=as_json)


@group.command()
@NUMBER
@click.option("--reason", required=True, help="Why.")
@as_option
@json_option
def skip(number: int, reason: str, username: str, *, as_json: bool) -> None:
    """Leave a task out; what waited for it begins."""
    _tell(do_skip_task(acting(username), task_id=number, reason=reason), as_json=as_json)


def as_record(task: Task) -> dict[str, Any]:
    """A task for JSON; times are in UTC."""
    return {
        "task": task.pk,
        "incident": task.incident.number,
        "drill": task.incident.is_drill,
        "group": task.group,
        "title": task.title_en,
        "title_zh": task.title_zh,
        "instruction": task.instruction_en,
        "automatic": task.automatic,
        "state": task.state,
        "needs_a_person": task.held,
        "owner": task.owner.username if task.owner else "",
        "opened": task.opened_at,
        "began": task.began_at,
        "due": task.due_at,
        "done": task.done_at,
        "asks": [one["name"] for one in task.asks],
        "outcome": task.outcome,
        "result": task.result,
    }


def _answer(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"{text!r} is no answer", where="--answer", fix="write NAME=VALUE")
    name = name.strip()
    return (name if name.startswith("__") else f"__{name}__"), value.strip()


def _cells(task: Task) -> tuple[object, ...]:
    owner = task.owner.username if task.owner else ""
    state = "needs a person" if task.held else task.state
    return task.pk, task.incident.number, task.group, task.title_en, state, owner, task.due_at


def _tell(task: Task, *, as_json: bool) -> None:
    if as_json:
        print_json(as_record(task))
    else:
        click.echo(f"task {task.pk} {plain(task.title_en)}: {task.state}")
