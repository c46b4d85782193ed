"""``shangdun entity``: riskiest, show."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from shangdun.cli.output import json_option, print_json, print_table
from shangdun.cli.records.acting import acting, as_option
from shangdun.detect.finding import Entity
from shangdun.kernel.clock import SystemClock
from shangdun.records.entities import (
    Risky,
    given_by,
    incidents_about,
    risk_of,
    riskiest,
    spells_of,
)

INCIDENTS_TOLD = 20


@click.group()
def group() -> None:
    """Entities."""


@group.command("riskiest")
@click.option("--kind", default="", help="Only accounts, addresses, cards …")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@as_option
@json_option
def list_riskiest(username: str, kind: str, limit: int, *, as_json: bool) -> None:
    """The highest scores at this moment; they halve every day."""
    found = riskiest(acting(username), SystemClock().now(), kind=kind, size=limit)
    if as_json:
        for one in found:
            print_json(_record(one))
        return
    print_table(
        ("score", "kind", "value", "findings", "last seen", "rules"),
        (
            (round(r.score), r.entity.kind, r.entity.value, r.findings, r.last_time, len(r.rules))
            for r in found
        ),
    )


@group.command()
@click.argument("kind")
@click.argument("value")
@as_option
@json_option
def show(kind: str, value: str, username: str, *, as_json: bool) -> None:
    """One entity: its score, what it is made of, and its incidents."""
    actor, entity, now = acting(username), Entity(kind, value), SystemClock().now()
    known = risk_of(actor, entity, now)
    parts = given_by(spells_of(actor, entity, now), now)
    incidents = list(incidents_about(actor, entity)[:INCIDENTS_TOLD])
    if as_json:
        record: dict[str, Any] = _record(known) if known else {"kind": kind, "value": value}
        record["made_of"] = msgspec.to_builtins(parts)
        record["incidents"] = [incident.number for incident in incidents]
        print_json(record)
        return
    click.echo(f"risk {round(known.score) if known else 0}")
    print_table(
        ("points", "findings", "rule"), ((round(p.score, 1), p.findings, p.rule_uid) for p in parts)
    )
    print_table(("incident", "state", "title"), ((i.number, i.state, i.title) for i in incidents))


def _record(one: Risky) -> dict[str, Any]:
    return {
        "kind": one.entity.kind,
        "value": one.entity.value,
        "score": round(one.score, 2),
        "findings": one.findings,
        "rules": list(one.rules),
        "first_time": one.first_time,
        "last_time": one.last_time,
    }
