"""``shangdun suppression``: list, add, end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click

from shangdun.actions.suppress_findings import do_end_suppression, do_suppress_findings
from shangdun.cli.output import json_option, plain, print_json, print_table
from shangdun.cli.records.acting import acting, as_option
from shangdun.kernel.clock import SystemClock
from shangdun.records.models import Suppression
from shangdun.records.suppressions import in_force, visible_suppressions
from shangdun.respond.suppression import Scope

LISTED = 200


@click.group()
def group() -> None:
    """Suppressions."""


@group.command("list")
@click.option("--all", "everything", is_flag=True, help="Those that are over too.")
@as_option
@json_option
def list_suppressions(username: str, *, everything: bool, as_json: bool) -> None:
    """What is withheld, by whom, until when, and how many findings it were."""
    rows = visible_suppressions(acting(username))
    if not everything:
        rows = rows.filter(pk__in=in_force(SystemClock().now()))
    found = list(rows[:LISTED])
    if as_json:
        for row in found:
            print_json(as_record(row))
        return
    columns = ("id", "rule", "entity", "title", "until", "withheld", "by", "reason")
    print_table(columns, (_cells(row) for row in found))


@group.command()
@click.option("--rule", default="", help="Identifier of a rule.")
@click.option("--title", default="", help="Part of the finding's English title.")
@click.option("--entity", default="", help="KIND:VALUE, as address:203.0.113.0/24.")
@click.option("--hours", type=click.IntRange(1, 24 * 90), default=8, show_default=True)
@click.option("--reason", required=True, help="Why.")
@click.option("--knowingly", is_flag=True, help="Also where confirmed findings would be withheld.")
@as_option
@json_option
def add(username: str, hours: int, *, knowingly: bool, as_json: bool, **more: Any) -> None:  # noqa: ANN401 - click's options
    """Withhold findings; everything that is given must hold together."""
    kind, _, value = str(more["entity"]).partition(":")
    clock = SystemClock()
    row = do_suppress_findings(
        acting(username),
        scope=Scope(rule_uid=more["rule"], title=more["title"], kind=kind, value=value),
        until=clock.now() + timedelta(hours=hours),
        reason=more["reason"],
        knowingly=knowingly,
        clock=clock,
    )
    _tell(row, as_json=as_json)


@group.command()
@click.argument("number", type=int)
@as_option
@json_option
def end(number: int, username: str, *, as_json: bool) -> None:
    """End one before its time."""
    _tell(do_end_suppression(acting(username), suppression_id=number), as_json=as_json)


def as_record(row: Suppression) -> dict[str, Any]:
    """A suppression for JSON; times are in UTC."""
    return {
        "id": row.pk,
        "rule": row.rule_uid,
        "title": row.title,
        "kind": row.kind,
        "value": row.value,
        "reason": row.reason,
        "author": row.author.username if row.author else "",
        "created": row.created,
        "until": row.until,
        "ended": row.ended,
        "withheld": row.withheld,
        "last_withheld": row.last_withheld,
    }


def _cells(row: Suppression) -> tuple[object, ...]:
    entity = f"{row.kind}:{row.value}" if row.value else ""
    author = row.author.username if row.author else ""
    ends = row.ended or row.until
    return row.pk, row.rule_uid, entity, row.title, ends, row.withheld, author, row.reason


def _tell(row: Suppression, *, as_json: bool) -> None:
    if as_json:
        print_json(as_record(row))
    else:
        state = f"ended {row.ended}" if row.ended else f"until {row.until}"
        click.echo(f"suppression {row.pk} {plain(str(row))}: {state}, {row.withheld} withheld")
