"""``shangdun incident clocks``: who has to be told of an incident, by when, and why."""

from __future__ import annotations

from typing import Any

import click
from django.utils.translation import override

from shangdun.cli.output import json_option, plain, print_json, print_table
from shangdun.cli.records.acting import acting, as_option
from shangdun.console.response.clocks import Shown, clocks_shown
from shangdun.records.access import get_incident_by_number, require
from shangdun.records.roles import Capability


@click.command()
@click.argument("number", type=int)
@as_option
@json_option
def clocks(number: int, username: str, *, as_json: bool) -> None:
    """The reporting clocks of an incident, the most urgent first."""
    actor = acting(username)
    require(actor, Capability.VIEW_INCIDENTS)
    incident = get_incident_by_number(actor, number)
    with override("en"):
        records = [_record(one) for one in clocks_shown(incident)]
    if as_json:
        for record in records:
            print_json(record)
        return
    if not records:
        click.echo("as far as the facts go, nobody has to be told")
        return
    columns = ("state", "left", "due", "to", "law", "because / find out")
    print_table(columns, (_cells(record) for record in records))


def _record(one: Shown) -> dict[str, Any]:
    row = one.row
    return {
        "duty": row.duty,
        "state": row.state,
        "to": one.to,
        "law": f"{one.law} {one.article}",
        "certainty": row.frozen["certainty"],
        "started_at": row.started_at,
        "due_at": row.due_at,
        "met_at": row.met_at,
        "left": one.left,
        "overdue": one.overdue,
        "because": list(row.because),
        "missing": list(row.missing),
    }


def _cells(record: dict[str, Any]) -> tuple[object, ...]:
    why = record["missing"] if record["state"] == "may_apply" else record["because"]
    confirm = "" if record["certainty"] == "V" else " (to be confirmed by your counsel)"
    return (
        "overdue" if record["overdue"] else record["state"],
        record["left"],
        record["due_at"] or "without delay",
        record["to"],
        plain(record["law"]) + confirm,
        ", ".join(why),
    )
