"""``shangdun decisions``: list, show, simulate, add, confirm, refuse, undo, never-block."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import click
import msgspec

from shangdun.actions.confirm_decision import do_confirm_decision, do_refuse_decision
from shangdun.actions.decide import NewDecision, do_decide
from shangdun.actions.undo_decision import do_undo_decision, do_undo_decisions
from shangdun.cli.output import json_option, plain, print_json, print_table
from shangdun.cli.records.acting import acting, as_option
from shangdun.cli.records.never_block import group as never_block
from shangdun.cli.records.targets import target_of
from shangdun.kernel.clock import SystemClock
from shangdun.kernel.config import home_directory, load_config
from shangdun.kernel.errors import UsageError
from shangdun.lake.places import lake_folder
from shangdun.lake.store import Lake
from shangdun.protect.decision import Measure, scope
from shangdun.protect.simulation import Outcome, Wish
from shangdun.records.access import require
from shangdun.records.customers_file import customers
from shangdun.records.decision_feed import in_force
from shangdun.records.decisions import decision_by_uid, find_decisions, visible_decisions
from shangdun.records.models import Decision, DecisionState
from shangdun.records.roles import Capability
from shangdun.runtime.lake_answers import simulate as simulated

LISTED = 500
MEASURES = click.Choice([measure.value for measure in Measure])
_LASTS = re.compile(r"([1-9][0-9]{0,5})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@click.group()
def group() -> None:
    """Decisions."""


group.add_command(never_block, "never-block")


@group.command("list")
@click.option("--all", "everything", is_flag=True, help="Those that are over too.")
@click.option("--waiting", is_flag=True, help="Those that wait for a person.")
@click.option("--about", default="", help="A code, an address (also ranges around it), an account.")
@click.option("--author", default="", help="Of one author, as rule:UID or incident:NUMBER.")
@as_option
@json_option
def list_decisions(
    username: str, about: str, author: str, *, everything: bool, waiting: bool, as_json: bool
) -> None:
    """What is in force, newest first."""
    actor = acting(username)
    rows = find_decisions(actor, about) if about else visible_decisions(actor)
    if author:
        rows = rows.filter(author=author)
    if waiting:
        rows = rows.filter(state=DecisionState.PROPOSED)
    elif not everything and not about:
        rows = rows.filter(pk__in=in_force(SystemClock().now()))
    found = rows[:LISTED]
    if as_json:
        for row in found:
            print_json(as_record(row))
        return
    columns = ("code", "state", "measure", "whom", "where", "until", "by", "reason")
    print_table(columns, (_cells(row) for row in found))


@group.command()
@click.argument("code")
@as_option
@json_option
def show(code: str, username: str, *, as_json: bool) -> None:
    """One decision by its code or uid."""
    _tell(decision_by_uid(acting(username), code), as_json=as_json)


@group.command()
@click.argument("whom")
@click.option("--measure", type=MEASURES, default="block", show_default=True)
@click.option("--rate", default=30, show_default=True, help="Requests a minute, of a throttle.")
@click.option("--scope", "place", default="", help="Only there: HOST, /PATH or HOST/PATH.")
@as_option
@json_option
def simulate(
    whom: str, measure: str, rate: int, place: str, username: str, *, as_json: bool
) -> None:
    """Whom a decision would have turned away in the last day; WHOM is KIND:VALUE or an address.

    Exit 0: no paying customer and no order; 1: some.
    """
    require(acting(username), Capability.DECIDE)
    outcome = _simulated(_wish(whom, measure, rate, place))
    if as_json:
        print_json(msgspec.to_builtins(outcome))
    else:
        _print_outcome(outcome, err=False)
    raise SystemExit(int(bool(outcome.payers or outcome.orders)))


@group.command()
@click.argument("whom")
@click.option("--measure", type=MEASURES, required=True)
@click.option("--for", "lasts", default="1h", show_default=True, help="10m, 1h, 7d, or forever.")
@click.option("--reason", required=True, help="Why; customer service reads it.")
@click.option("--rate", default=30, show_default=True, help="Requests a minute, of a throttle.")
@click.option("--scope", "place", default="", help="Only there: HOST, /PATH or HOST/PATH.")
@click.option("--incident", type=int, help="Number of the incident it belongs to.")
@click.option("--knowingly", is_flag=True, help="Also where paying customers are met.")
@as_option
@json_option
def add(username: str, *, knowingly: bool, as_json: bool, **given: Any) -> None:  # noqa: ANN401 - click's options
    """Decide about WHOM, as KIND:VALUE or an address; simulated first.

    Kinds: address, range, network, country, account, session, device.
    """
    actor = acting(username)
    require(actor, Capability.DECIDE)
    wish = _wish(given["whom"], given["measure"], given["rate"], given["place"])
    outcome = _simulated(wish)
    _print_outcome(outcome, err=True)
    if outcome.payers and wish.measure is not Measure.ALLOW and not knowingly:
        raise UsageError(
            f"{outcome.payers} recently paying customers are among them",
            code="decision.customers",
            fix="choose a narrower target or a milder measure, or add --knowingly",
        )
    clock = SystemClock()
    lasts = _lasts(given["lasts"])
    row = do_decide(
        actor,
        NewDecision(
            target=wish.target,
            measure=wish.measure,
            reason=given["reason"],
            until=clock.now() + lasts if lasts else None,
            scope=wish.scope,
            rate=wish.rate,
            incident=given["incident"],
            simulation=msgspec.to_builtins(outcome),
        ),
        clock=clock,
    )
    _tell(row, as_json=as_json)


@group.command()
@click.argument("code")
@as_option
@json_option
def confirm(code: str, username: str, *, as_json: bool) -> None:
    """Put a proposal in force."""
    actor = acting(username)
    row = decision_by_uid(actor, code)
    _tell(do_confirm_decision(actor, decision_id=row.pk), as_json=as_json)


@group.command()
@click.argument("code")
@click.option("--reason", default="")
@as_option
@json_option
def refuse(code: str, reason: str, username: str, *, as_json: bool) -> None:
    """Say no to a proposal."""
    actor = acting(username)
    row = decision_by_uid(actor, code)
    _tell(do_refuse_decision(actor, decision_id=row.pk, reason=reason), as_json=as_json)


@group.command()
@click.argument("code", required=False, default="")
@click.option("--author", default="", help="Everything of one author, as rule:UID.")
@click.option("--incident", type=int, help="Everything that belongs to an incident.")
@click.option("--reason", default="")
@as_option
@json_option
def undo(
    code: str, author: str, incident: int | None, reason: str, username: str, *, as_json: bool
) -> None:
    """Take one decision back, or everything that one rule, step or incident decided."""
    actor = acting(username)
    if sum((bool(code), bool(author), incident is not None)) != 1:
        raise UsageError("say what to undo", fix="give a code, --author or --incident")
    if code:
        row = decision_by_uid(actor, code)
        _tell(do_undo_decision(actor, decision_id=row.pk, reason=reason), as_json=as_json)
        return
    number = do_undo_decisions(actor, author=author, incident=incident, reason=reason)
    if as_json:
        print_json({"undone": number})
    else:
        click.echo(f"{number:,} decisions undone")


def as_record(row: Decision) -> dict[str, Any]:
    """A decision for JSON; times are in UTC."""
    names = (
        *("uid", "appeal", "state", "measure", "kind", "value", "scope", "rate", "reason"),
        *("author", "level", "offences", "held", "payers", "created", "since", "until"),
        *("ended", "ended_by", "ended_reason", "simulation"),
    )
    return {name: getattr(row, name) for name in names}


def _cells(row: Decision) -> tuple[object, ...]:
    until = row.ended or row.until or "until undone"
    whom = f"{row.kind}:{plain(row.value)}"
    where = row.scope or "everywhere"
    return row.appeal, row.state, row.measure, whom, where, until, row.author, plain(row.reason)


def _tell(row: Decision, *, as_json: bool) -> None:
    if as_json:
        print_json(as_record(row))
        return
    until = f"until {row.until}" if row.until else "until undone"
    held = f" ({row.held})" if row.held and row.state == DecisionState.PROPOSED else ""
    click.echo(
        f"{row.appeal} {row.state}{held}: {row.measure} {row.kind}:{plain(row.value)} {until}"
    )


def _wish(whom: str, measure: str, rate: int, place: str) -> Wish:
    chosen = Measure(measure)
    return Wish(
        target=target_of(whom),
        measure=chosen,
        scope=scope(place),
        rate=rate if chosen is Measure.THROTTLE else 0,
    )


def _simulated(wish: Wish) -> Outcome:
    home = home_directory()
    lake = Lake(lake_folder(home, load_config(home)))
    return simulated(lake, wish, SystemClock().now(), customers(home))


def _print_outcome(outcome: Outcome, *, err: bool) -> None:
    if not outcome.counted:
        click.echo("events do not name this kind of target: nothing can be counted", err=err)
        return
    money = ", ".join(f"{sum_.amount:,.2f} {sum_.currency}" for sum_ in outcome.money)
    click.echo(
        f"in the last day it would have met {outcome.requests:,} of {outcome.all_requests:,} "
        f"requests, {outcome.visitors:,} visitors, {outcome.sessions:,} sessions, "
        f"{outcome.accounts:,} accounts, {outcome.orders:,} orders"
        f"{f' ({money})' if money else ''}, {outcome.payers:,} of {outcome.payers_of_all:,} "
        f"recently paying customers",
        err=err,
    )
    for one in outcome.examples:
        who = " ".join(filter(None, (plain(one.address), plain(one.account))))
        click.echo(f"  {who}: {one.requests:,} requests, {one.orders:,} orders", err=err)


def _lasts(text: str) -> timedelta | None:
    if text == "forever":
        return None
    matched = _LASTS.fullmatch(text.strip().lower())
    if not matched:
        raise UsageError(f"{text!r} is no time", fix="write 10m, 1h, 7d or forever")
    return timedelta(**{_UNITS[matched[2]]: int(matched[1])})
