"""``shangdun incident facts|grade|order``: what leadership decides by, and its decision."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import click
import msgspec

from shangdun.actions.orders.grading import do_override_grade, do_release_override
from shangdun.actions.orders.ordering import NewOrder, do_order
from shangdun.actions.orders.signing import sign_now
from shangdun.actions.state_facts import do_state_facts
from shangdun.cli.output import json_option, plain, print_json, print_table
from shangdun.cli.records.acting import acting, as_option
from shangdun.kernel.config import home_directory
from shangdun.kernel.errors import UsageError
from shangdun.records.access import get_incident_by_number
from shangdun.records.facts import facts_of
from shangdun.records.models import Ruling
from shangdun.records.playbooks import get_playbook_version
from shangdun.respond.facts import DataKind, Facts, Importance
from shangdun.respond.grading import grade as reckon
from shangdun.respond.groups import Group

NUMBER = click.argument("number", type=int)
WHOLE = ("people", "people_served", "outage_minutes", "eu_people")
JUDGED = (
    "personal_data", "critical_infrastructure", "crime_suspected", "ransom", "high_risk",
    "harm_averted",
)  # fmt: skip
SAID = {"yes": True, "no": False, "unknown": None}


@click.command()
@NUMBER
@click.option(
    "--set", "given", multiple=True, metavar="NAME=VALUE",
    help="people=1200000, loss=5000000, ransom=no, data_kinds=card,contact, people=unknown …",
)  # fmt: skip
@click.option("--note", default="", help="How you know.")
@as_option
@json_option
def facts(number: int, given: tuple[str, ...], note: str, username: str, *, as_json: bool) -> None:
    """What is known of an incident; with --set say more of it."""
    actor = acting(username)
    incident = get_incident_by_number(actor, number)
    known = facts_of(incident)
    if given:
        known = msgspec.structs.replace(known, **dict(_read(one) for one in given))
        do_state_facts(actor, incident_id=incident.pk, facts=known, note=note)
    record = msgspec.to_builtins(known)
    if as_json:
        print_json(record)
        return
    for name, value in record.items():
        click.echo(f"{name:24} {'unknown' if value in (None, (), []) else plain(value)}")


@click.command()
@NUMBER
@click.option("--set", "held", type=click.IntRange(1, 4), help="Set it by hand; needs --reason.")
@click.option("--release", is_flag=True, help="Let the reckoned grade hold again.")
@click.option("--reason", default="", help="Why.")
@as_option
@json_option
def grade(
    number: int, held: int | None, reason: str, username: str, *, release: bool, as_json: bool
) -> None:
    """The grade of an incident and how each criterion voted: 1 general to 4 extremely serious."""
    actor = acting(username)
    incident = get_incident_by_number(actor, number)
    if held:
        do_override_grade(actor, incident_id=incident.pk, grade=held, reason=reason)
    elif release:
        do_release_override(actor, incident_id=incident.pk, reason=reason)
    incident.refresh_from_db()
    known = facts_of(incident)
    grading = reckon(known, incident.type, known.known_at)
    if as_json:
        told = msgspec.to_builtins(grading)
        print_json({**told, "grade": incident.grade, "reckoned": grading.grade})
        return
    click.echo(f"grade {incident.grade}, reckoned {grading.grade}")
    columns = ("law", "criterion", "answer", "grade", "value", "certainty")
    print_table(
        columns,
        (
            (v.law, v.criterion, v.answer, v.grade or "", v.value, v.certainty)
            for v in grading.votes
        ),
    )


@click.command()
@NUMBER
@click.argument("ruling", type=click.Choice([ruling.replace("_", "-") for ruling in Ruling.values]))
@click.option("--reason", default="", help="Why; not starting and standing down need it.")
@click.option("--to", "told", multiple=True, metavar="GROUP=TEXT", help="Instruct a group.")
@click.option("--playbook", "playbooks", multiple=True, metavar="UID", help="Begin a playbook.")
@as_option
@json_option
def order(number: int, ruling: str, username: str, *, as_json: bool, **more: Any) -> None:  # noqa: ANN401 - click's options
    """Start the plan or not, instruct further, stand down; signed into the ledger."""
    actor = acting(username)
    incident = get_incident_by_number(actor, number)
    wanted = NewOrder(
        ruling=Ruling(ruling.replace("-", "_")),
        reason=more["reason"],
        instructions=dict(_instruction(one) for one in more["told"]),
        playbooks=tuple(get_playbook_version(actor, uid).pk for uid in more["playbooks"]),
    )
    given = do_order(actor, wanted, incident_id=incident.pk)
    signed = sign_now(home_directory())
    if as_json:
        print_json(
            {
                "incident": number,
                "order": given.number,
                "ruling": given.ruling,
                "ledger_seq": given.ledger_seq,
                "sha256": given.text_sha256,
                "signed": signed,
            }
        )
        return
    click.echo(f"order {given.number} of #{number}: ledger entry #{given.ledger_seq}")


def _instruction(text: str) -> tuple[Group, str]:
    name, equals, told = text.partition("=")
    if not equals or name not in set(Group):
        raise UsageError(
            f"{text[:40]!r} instructs no group",
            code="order.group",
            fix=f"GROUP=TEXT, of {[*Group]}",
        )
    return Group(name), told


def _read(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    value = value.strip()
    if not equals or name not in Facts.__struct_fields__:
        raise UsageError(
            f"{text[:40]!r} is no fact",
            code="facts.name",
            fix=f"NAME=VALUE, of {', '.join(Facts.__struct_fields__)}",
        )
    try:
        return name, _value(name, value)
    except (ValueError, ArithmeticError, KeyError) as error:
        raise UsageError(
            f"{value[:40]!r} is no value of {name}",
            code="facts.value",
            where=name,
            fix="see --help",
        ) from error


def _value(name: str, value: str) -> object:
    if name in JUDGED:
        return SAID[value]
    if name == "known_at":
        return datetime.fromisoformat(value).astimezone()
    if name == "data_kinds":
        return () if value == "unknown" else tuple(DataKind(one) for one in value.split(","))
    if value == "unknown":
        return None
    if name in WHOLE:
        return int(value)
    return Decimal(value) if name == "loss" else Importance(value)
