"""Liabilities and claims, with amounts and how they stand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed, write_timeline
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.access import get_incident
from shangdun.records.actor import Actor, person
from shangdun.records.conflict import EditConflict
from shangdun.records.legal import get_claim, get_liability
from shangdun.records.models import (
    Claim,
    ClaimState,
    Currency,
    Liability,
    LiabilityKind,
    Likelihood,
    TimelineKind,
)
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

MOST = Decimal(10) ** 14
LONGEST = 20_000


class LiabilityWanted(msgspec.Struct, frozen=True, kw_only=True):
    """A liability as somebody sees it; ``amount`` None is not estimated."""

    kind: str
    basis: str
    likelihood: str
    text: str = ""
    amount: Decimal | None = None
    currency: str = "CNY"


class ClaimWanted(msgspec.Struct, frozen=True, kw_only=True):
    """A claim as somebody knows it."""

    claimant: str
    basis: str
    received_on: date
    text: str = ""
    amount: Decimal | None = None
    settled_amount: Decimal | None = None
    currency: str = "CNY"
    state: str = "open"
    answer_by: date | None = None
    counsel: str = ""


@action(Capability.HANDLE_LEGAL)
def do_set_liability(
    actor: Actor,
    *,
    incident_id: int,
    wanted: LiabilityWanted,
    liability_id: int | None = None,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Liability]:
    """Add a liability, or change the one named."""
    now = clock.now()
    incident = get_incident(actor, incident_id)
    _check_words(wanted.kind, LiabilityKind.values, wanted.likelihood, Likelihood.values)
    values = _checked(wanted)
    if liability_id is None:
        same = incident.liabilities.filter(**values).first()
        if same is not None:
            return Unchanged(same)
        row = Liability(incident=incident, at=now)
    else:
        row = get_liability(actor, incident, liability_id)
        before = {name: getattr(row, name) for name in values}
        if before == values:
            return Unchanged(row)
        _refuse_older(row.version, version, values, before)
        row.version += 1
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    what = "liability_added" if liability_id is None else "liability_changed"
    write_timeline(incident, actor, TimelineKind.LEGAL, now, data={"what": what, "id": row.pk})
    payload = {"liability": row.pk, "version": row.version, "content_sha256": _seal(values)}
    return Done(row, ("incident", incident.number), now, payload)


@action(Capability.HANDLE_LEGAL)
def do_set_claim(
    actor: Actor,
    *,
    incident_id: int,
    wanted: ClaimWanted,
    number: int | None = None,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Claim]:
    """Add a claim, or change the one of that number."""
    now = clock.now()
    incident = get_incident(actor, incident_id)
    _check_words(wanted.state, ClaimState.values)
    values = _checked(wanted)
    if wanted.answer_by and wanted.answer_by < wanted.received_on:
        raise UsageError(
            "the answer is due before the claim came",
            code="claim.dates",
            where="answer_by",
            fix="correct one of the two days",
        )
    if number is None:
        same = incident.claims.filter(**values).first()
        if same is not None:
            return Unchanged(same)
        top = incident.claims.aggregate(top=Max("number"))["top"] or 0
        row, before = Claim(incident=incident, number=top + 1), {}
    else:
        row = get_claim(actor, incident, number)
        before = {name: getattr(row, name) for name in values}
        if before == values:
            return Unchanged(row)
        _refuse_older(row.version, version, values, before)
        row.version += 1
    for name, value in values.items():
        setattr(row, name, value)
    row.changed_at, row.changed_by = now, person(actor)
    row.save()
    data = {
        "what": "claim_added" if number is None else "claim_changed",
        "number": row.number,
        "from": before.get("state", ""),
        "to": row.state,
    }
    write_timeline(incident, actor, TimelineKind.LEGAL, now, data=data)
    payload = {
        "claim": row.number,
        "version": row.version,
        "state": row.state,
        "content_sha256": _seal(values),
    }
    return Done(row, ("incident", incident.number), now, payload)


def _checked(wanted: LiabilityWanted | ClaimWanted) -> dict[str, Any]:
    """The values, cleaned; raises ``UsageError`` (``legal.amount``, ``.empty``, ``.long``)."""
    values = msgspec.structs.asdict(wanted)
    for name, value in values.items():
        if isinstance(value, str):
            values[name] = clean_text(value.strip())
            if len(values[name]) > {"text": LONGEST, "basis": 300}.get(name, 200):
                raise UsageError(
                    "this is too long", code="legal.long", where=name, fix="shorten it"
                )
        if isinstance(value, Decimal):
            values[name] = _money(value, name)
    named = values.get("claimant", values["basis"])
    if not named or not values["basis"] or values["currency"] not in Currency.values:
        raise UsageError(
            "who claims, on what basis, in which currency?", code="legal.empty", fix="fill them in"
        )
    return values


def _money(value: Decimal, name: str) -> Decimal:
    if not value.is_finite() or not 0 <= value < MOST or value != round(value, 2):
        raise UsageError(
            "this is no amount of money",
            code="legal.amount",
            where=name,
            fix="a number with at most two digits after the point",
        )
    return value.quantize(Decimal("0.01"))


def _check_words(*pairs: Any) -> None:  # noqa: ANN401 - word, words, word, words
    for word, words in zip(pairs[::2], pairs[1::2], strict=True):
        if word not in words:
            raise UsageError(f"{word!r} is none of {words}", code="legal.word", fix="choose one")


def _refuse_older(
    standing: int, version: int | None, mine: dict[str, Any], theirs: dict[str, Any]
) -> None:
    if version is not None and version != standing:
        raise EditConflict(
            "somebody changed it meanwhile",
            where="legal",
            mine={"version": version, **mine},
            theirs={"version": standing, **theirs},
        )


def _seal(values: dict[str, Any]) -> str:
    return sealed(msgspec.json.encode(values, order="deterministic").decode())
