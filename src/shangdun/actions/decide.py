"""Deciding about one visitor, range, account …: by a person, a playbook step, an incident."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db.models import Sum

from shangdun.actions import never_block_sync
from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.decision_rows import Wanted, end, tell, write
from shangdun.kernel.clock import Clock, to_millis
from shangdun.kernel.errors import UsageError
from shangdun.protect.customers import Guard
from shangdun.protect.decision import EVERYWHERE, Author, AuthorKind, Measure, Scope
from shangdun.protect.never_block import Entry
from shangdun.protect.policy import Ruling
from shangdun.protect.target import Target
from shangdun.records.actor import Actor, System, actor_name, person
from shangdun.records.customers_file import customers
from shangdun.records.models import Decision, DecisionState, Finding, Incident
from shangdun.records.protected import configured_protection, protected
from shangdun.records.rehearsal import require_real
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

LONGEST = timedelta(days=366)
SAME_END = timedelta(minutes=1)
"""Two ends so near are one: a second click, not a second wish."""


class NewDecision(msgspec.Struct, kw_only=True):
    """What somebody wants done."""

    target: Target
    measure: Measure
    reason: str
    until: datetime | None
    """None: until somebody undoes it."""
    scope: Scope = EVERYWHERE
    rate: int = 0
    """Requests a minute, of a throttle; 0: as configured."""
    author: Author | None = None
    """None: the person who acts."""
    finding: int | None = None
    """Row of the finding that led to it."""
    incident: int | None = None
    """Number of the incident that it belongs to."""
    simulation: dict[str, Any] = {}
    """``protect.simulation.Outcome`` as an object, where one was seen before."""


@action(Capability.DECIDE, Capability.DECIDE_BY_POLICY)
def do_decide(
    actor: Actor, wanted: NewDecision, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Decision]:
    """Turn away, slow down or let in; in the stream of every enforcer when it returns.

    Without a person behind it (an actor of the system, such as a playbook step that runs by
    itself) the guard for paying customers has the last word: what it holds is only proposed.
    The same wish twice is one decision; another measure for the same target and place replaces
    the one before. Raises ``UsageError``: ``decision.reason``, ``.until``, ``.rate`` and
    ``.protected`` where somebody who is never turned away would be, and ``drill.outward`` for a
    drill's incident.
    """
    now = clock.now()
    never_block_sync.follow(now)
    _incident(wanted, _author(actor, wanted))  # before a standing decision is touched, too
    _check(wanted, now)
    rate = _rate(wanted)
    standing = _standing(wanted)
    if standing is not None and (standing.measure, standing.rate) == (wanted.measure, rate):
        return _kept(actor, standing, wanted, now)
    fresh = _wanted(actor, wanted, rate, now)
    replaced = [standing] if standing and fresh.state == DecisionState.IN_FORCE else []
    proposed = _proposed(wanted)
    if proposed is not None:
        replaced.append(proposed)
    end(replaced, DecisionState.REPLACED, by=actor_name(actor), now=now)
    (row,) = write([fresh], now)
    payload = told(row) | ({"replaces": [old.uid for old in replaced]} if replaced else {})
    return Done(row, ("decision", row.uid), now, payload)


def told(row: Decision) -> dict[str, Any]:
    """What the ledger says of a decision."""
    payload: dict[str, Any] = {
        "state": str(row.state),
        "measure": str(row.measure),
        "kind": str(row.kind),
        "value": row.value,
        "reason": row.reason,
        "author": row.author,
        "until": row.until.isoformat() if row.until else "",
    }
    more = {
        "scope": row.scope,
        "rate": row.rate,
        "held": str(row.held),
        "payers": row.payers,
        "turned_away": _figures(row.simulation),
    }
    return payload | {name: value for name, value in more.items() if value}


def _figures(simulation: dict[str, Any]) -> dict[str, int]:
    names = ("requests", "visitors", "sessions", "accounts", "orders")
    return {name: int(simulation[name]) for name in names if simulation.get(name)}


def refuse_protected(target: Target, now: datetime) -> None:
    """Raise ``UsageError`` (``decision.protected``) naming whom the target would turn away."""
    if met := protected(now).met_by(target):
        raise refusal(target, met)


def refusal(target: Target, met: Sequence[Entry]) -> UsageError:
    """The error that names who is never turned away."""
    first = met[0]
    note = f" ({first.note})" if first.note else ""
    more = f" and {len(met) - 1} more" if len(met) > 1 else ""
    return UsageError(
        f"{target} would turn away {first.target.value}, {first.purpose}{note}{more}",
        code="decision.protected",
        where=f"{first.purpose}: {first.target.value}",
        fix="choose a narrower target, or take the entry off the never-block list",
    )


def customers_met() -> int:
    """Customers whom automatic decisions in force meet, added up."""
    standing = Decision.objects.filter(state=DecisionState.IN_FORCE, level__gt=0)
    return standing.exclude(measure=Measure.ALLOW).aggregate(met=Sum("payers"))["met"] or 0


def _check(wanted: NewDecision, now: datetime) -> None:
    if not wanted.reason.strip():
        raise UsageError(
            "a decision needs a reason", code="decision.reason", fix="say why in a sentence"
        )
    if wanted.until is not None and not now < wanted.until <= now + LONGEST:
        raise UsageError(
            "a decision ends later than now, within a year",
            code="decision.until",
            fix="choose another end, or none",
        )
    if not 0 <= wanted.rate <= 100_000:
        raise UsageError("no such rate", code="decision.rate", fix="1 to 100,000 requests a minute")
    if wanted.measure is not Measure.ALLOW:
        refuse_protected(wanted.target, now)


def _rate(wanted: NewDecision) -> int:
    if wanted.measure is not Measure.THROTTLE:
        return 0
    return wanted.rate or configured_protection().throttle_rate


def _standing(wanted: NewDecision) -> Decision | None:
    return _of_state(wanted, DecisionState.IN_FORCE)


def _proposed(wanted: NewDecision) -> Decision | None:
    return _of_state(wanted, DecisionState.PROPOSED)


def _of_state(wanted: NewDecision, state: DecisionState) -> Decision | None:
    return Decision.objects.filter(
        kind=wanted.target.kind, value=wanted.target.value, scope=str(wanted.scope), state=state
    ).first()


def _kept(actor: Actor, row: Decision, wanted: NewDecision, now: datetime) -> Outcome[Decision]:
    """The decision that stands already, with the end that is wanted now."""
    if _same_end(row.until, wanted.until):
        return Unchanged(row)
    row.until, row.reason = wanted.until, clean_text(wanted.reason.strip())[:500]
    row.person = person(actor) or row.person
    if row.level or person(actor):  # the policy's ladder must not go on over what is wished here
        row.author, row.level = str(_author(actor, wanted)), 0
    row.save(update_fields=["until", "reason", "person", "author", "level"])
    tell([row], now, added=True)
    return Done(row, ("decision", row.uid), now, told(row))


def _same_end(one: datetime | None, other: datetime | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) < SAME_END


def _wanted(actor: Actor, wanted: NewDecision, rate: int, now: datetime) -> Wanted:
    author = _author(actor, wanted)
    fresh = Wanted(
        target=wanted.target,
        measure=wanted.measure,
        reason=clean_text(wanted.reason.strip())[:500],
        author=author,
        until=wanted.until,
        scope=wanted.scope,
        rate=rate,
        person=person(actor),
        finding_id=Finding.objects.filter(pk=wanted.finding).values_list("pk", flat=True).first()
        if wanted.finding
        else None,
        incident_id=_incident(wanted, author),
        simulation=wanted.simulation,
    )
    if isinstance(actor, System) and author.kind is not AuthorKind.PERSON:
        return _guarded(fresh, now)
    fresh.payers = customers().met_by(wanted.target)
    return fresh


def _author(actor: Actor, wanted: NewDecision) -> Author:
    who = person(actor)
    name = who.username if who else actor_name(actor)
    return wanted.author or Author(AuthorKind.PERSON, name)


def _incident(wanted: NewDecision, author: Author) -> int | None:
    number = wanted.incident
    if number is None and author.kind is AuthorKind.INCIDENT and author.name.isdecimal():
        number = int(author.name)
    incident = Incident.objects.filter(number=number).first() if number is not None else None
    return require_real(incident).incident.pk if incident else None


def _guarded(fresh: Wanted, now: datetime) -> Wanted:
    """With the guard's word: what meets too many paying customers waits for a person."""
    config = configured_protection()
    guard = Guard(customers(), config.customers, now=to_millis(now), met_already=customers_met())
    lasts = to_millis(fresh.until) - to_millis(now) if fresh.until else 0
    judged = guard.judged(
        Ruling(
            target=fresh.target,
            measure=fresh.measure,
            lasts=lasts,
            level=0,
            rate=fresh.rate,
            rule="",
            title=fresh.reason,
            finding="",
            offences=1,
        )
    )
    fresh.payers = judged.payers
    if judged.hold is not None:
        fresh.state, fresh.held = DecisionState.PROPOSED, judged.hold
    return fresh
