"""``shangdun incident``: report, list, show, take, comment, move, close."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click
from django.db import DatabaseError, InterfaceError
from django.db.models import QuerySet

from shangdun.actions.comment_on_incident import do_comment_on_incident
from shangdun.actions.move_incident import do_close_incident, do_move_incident
from shangdun.actions.report_incident import do_report_incident
from shangdun.actions.take_incident import do_take_incident
from shangdun.cli.output import json_option, plain, print_json, print_table
from shangdun.cli.records.acting import acting, acting_person, as_option
from shangdun.cli.records.clocks import clocks
from shangdun.cli.records.lazy import RECORDS_AWAY
from shangdun.cli.records.orders import facts, grade, order
from shangdun.kernel.config import home_directory
from shangdun.kernel.severity import Severity
from shangdun.records.access import get_incident_by_number, real_incidents, visible_incidents
from shangdun.records.models import Incident, Verdict
from shangdun.records.report_spool import keep, kept_from, new_uid, receipt_of
from shangdun.respond.classify import Type
from shangdun.respond.report import Report, check_report
from shangdun.respond.state import State

NUMBER = click.argument("number", type=int)
SEVERITIES = [severity.name.lower() for severity in Severity if severity]


@click.group()
def group() -> None:
    """Incidents."""


group.add_command(clocks)


@group.command()
@click.argument("title")
@click.option("--type", "kind", type=click.Choice([one.value for one in Type]), required=True)
@click.option("--severity", type=click.Choice(SEVERITIES), default="medium", show_default=True)
@click.option("--when", type=click.DateTime(), help="When it began, in local time; default: now.")
@click.option("--affected", default="", help="What is affected.")
@click.option("--description", default="", help="What happened.")
@as_option
@json_option
def report(title: str, kind: str, username: str, *, as_json: bool, **more: Any) -> None:  # noqa: ANN401 - click's options
    """Report an incident; anybody with an account may."""
    when: datetime | None = more["when"]
    filled = Report(
        title=title,
        type=kind,
        severity=Severity[more["severity"].upper()],
        occurred_at=when.astimezone(UTC) if when else None,
        affected=more["affected"],
        description=more["description"],
    )
    uid = new_uid()
    if click.get_current_context().meta.get(RECORDS_AWAY):
        _keep(filled, uid, username, as_json=as_json)
        return
    try:
        incident = do_report_incident(acting(username), filled, uid=uid, via="cli")
    except (DatabaseError, InterfaceError):
        _keep(filled, uid, username, as_json=as_json)
    else:
        _tell(incident, as_json=as_json)


def _keep(filled: Report, uid: str, username: str, *, as_json: bool) -> None:
    """The records are away: keep the report, under its uid, until they are back."""
    now = datetime.now(UTC)
    check_report(filled, now)
    keep(home_directory(), kept_from(filled, uid=uid, via="cli", at=now, contact=username))
    if as_json:
        print_json({"receipt": receipt_of(uid), "incident": None})
    else:
        click.echo(
            f"{receipt_of(uid)}: the records cannot be reached; the report is kept and opens by"
            " itself when they are back"
        )


@group.command("list")
@click.option("--all", "everything", is_flag=True, help="Closed ones too.")
@click.option("--drills", is_flag=True, help="Drills too.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@as_option
@json_option
def list_incidents(
    username: str, limit: int, *, everything: bool, drills: bool, as_json: bool
) -> None:
    """Open incidents, the latest activity first."""
    incidents: QuerySet[Incident] = (
        visible_incidents(acting(username)) if drills else real_incidents(acting(username))
    )
    if not everything:
        incidents = incidents.exclude(state=State.CLOSED.value)
    rows = incidents.select_related("assignee").order_by("-last_activity", "-id")[:limit]
    if as_json:
        for incident in rows:
            print_json(as_record(incident))
        return
    columns = ("number", "severity", "state", "assignee", "last activity", "findings", "title")
    print_table(columns, (_cells(incident) for incident in rows))


@group.command()
@NUMBER
@as_option
@json_option
def show(number: int, username: str, *, as_json: bool) -> None:
    """One incident with what it is about and its timeline."""
    incident = get_incident_by_number(acting(username), number)
    about = [{"kind": e.kind, "value": e.value} for e in incident.entities.order_by("pk")]
    timeline = [
        {
            "time": entry.time,
            "kind": entry.kind,
            "actor": entry.actor.username if entry.actor else "",
            "text": entry.text,
            "data": entry.data,
        }
        for entry in incident.timeline.select_related("actor").order_by("time", "id")
    ]
    record = as_record(incident)
    if as_json:
        print_json({**record, "entities": about, "timeline": timeline})
        return
    for name, value in record.items():
        click.echo(f"{name:15} {plain(value)}")
    print_table(("about", ""), ((row["kind"], row["value"]) for row in about))
    print_table(
        ("time", "what", "who", "text"),
        ((e["time"], e["kind"], e["actor"], e["text"] or e["data"] or "") for e in timeline),
    )


@group.command()
@NUMBER
@as_option
@json_option
def take(number: int, username: str, *, as_json: bool) -> None:
    """Make an incident yours; needs --as."""
    person = acting_person(username)
    incident = get_incident_by_number(person, number)
    _tell(do_take_incident(person, incident_id=incident.pk), as_json=as_json)


@group.command()
@NUMBER
@click.argument("text")
@as_option
def comment(number: int, text: str, username: str) -> None:
    """Say something in an incident."""
    actor = acting(username)
    incident = get_incident_by_number(actor, number)
    do_comment_on_incident(actor, incident_id=incident.pk, text=text)
    click.echo(f"commented on #{number}")


@group.command()
@NUMBER
@click.argument("state", type=click.Choice([s.value for s in State if s is not State.CLOSED]))
@click.option("--note", default="", help="Why; some moves ask for it.")
@as_option
@json_option
def move(number: int, state: str, note: str, username: str, *, as_json: bool) -> None:
    """Move an incident to another state."""
    actor = acting(username)
    incident = get_incident_by_number(actor, number)
    moved = do_move_incident(actor, incident_id=incident.pk, state=state, note=note)
    _tell(moved, as_json=as_json)


@group.command()
@NUMBER
@click.option("--verdict", type=click.Choice(Verdict.values), required=True)
@click.option("--note", required=True, help="Why.")
@as_option
@json_option
def close(number: int, verdict: str, note: str, username: str, *, as_json: bool) -> None:
    """Close an incident with its verdict."""
    actor = acting(username)
    incident = get_incident_by_number(actor, number)
    closed = do_close_incident(actor, incident_id=incident.pk, verdict=verdict, note=note)
    _tell(closed, as_json=as_json)


def as_record(incident: Incident) -> dict[str, Any]:
    """An incident for JSON; times are in UTC."""
    return {
        "number": incident.number,
        "title": incident.title,
        "type": incident.type,
        "severity_id": incident.severity,
        "state": incident.state,
        "assignee": incident.assignee.username if incident.assignee else "",
        "reporter": incident.reporter.username if incident.reporter else "",
        "affected": incident.affected,
        "description": incident.description,
        "findings": incident.finding_count,
        "verdict": incident.verdict,
        "verdict_note": incident.verdict_note,
        "occurred_at": incident.occurred_at,
        "reported_at": incident.reported_at,
        "last_activity": incident.last_activity,
    }


def _cells(incident: Incident) -> tuple[object, ...]:
    return (
        incident.number,
        Severity(incident.severity).name.lower(),
        incident.state,
        incident.assignee.username if incident.assignee else "",
        incident.last_activity,
        incident.finding_count,
        incident.title,
    )


def _tell(incident: Incident, *, as_json: bool) -> None:
    if as_json:
        print_json(as_record(incident))
    else:
        assignee = f", {incident.assignee.username}" if incident.assignee else ""
        click.echo(f"#{incident.number} {plain(incident.title)}: {incident.state}{assignee}")


for _command in (facts, grade, order):
    group.add_command(_command)
