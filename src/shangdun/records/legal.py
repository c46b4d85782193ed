"""Reading the legal side of an incident: for those who handle it and those who answer for it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from shangdun.kernel.errors import NotFound
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.models import Claim, ClaimState, Incident, LegalAssessment, Liability
from shangdun.records.roles import Capability

CLAIMS_AT_MOST = 5_000
OVER = (ClaimState.SETTLED, ClaimState.REJECTED, ClaimState.WITHDRAWN)


@dataclass(frozen=True)
class Total:
    """Of one currency: amounts are never added across currencies."""

    currency: str
    claimed: Decimal
    open: Decimal
    settled: Decimal
    unpriced: int
    """Claims without an amount."""


def assessments_of(actor: Actor, incident: Incident) -> QuerySet[LegalAssessment]:
    """The newest first."""
    require(actor, Capability.VIEW_LEGAL)
    rows: QuerySet[LegalAssessment] = incident.assessments.select_related("by").order_by("-number")
    return rows


def liabilities_of(actor: Actor, incident: Incident) -> list[Liability]:
    require(actor, Capability.VIEW_LEGAL)
    return list(incident.liabilities.order_by("pk")[:CLAIMS_AT_MOST])


def get_liability(actor: Actor, incident: Incident, liability_id: int) -> Liability:
    require(actor, Capability.VIEW_LEGAL)
    found: Liability | None = incident.liabilities.filter(pk=liability_id).first()
    if found is None:
        raise NotFound(f"there is no liability {liability_id}", fix="check the number")
    return found


def claims_of(actor: Actor, incident: Incident) -> list[Claim]:
    """The newest first."""
    require(actor, Capability.VIEW_LEGAL)
    return list(incident.claims.order_by("-number")[:CLAIMS_AT_MOST])


def get_claim(actor: Actor, incident: Incident, number: int) -> Claim:
    require(actor, Capability.VIEW_LEGAL)
    found: Claim | None = incident.claims.filter(number=number).first()
    if found is None:
        raise NotFound(f"there is no claim {number}", fix="check the number")
    return found


def totals(claims: list[Claim]) -> list[Total]:
    """What is claimed, still open and settled, by currency."""
    by: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by[claim.currency].append(claim)
    return [_total(currency, by[currency]) for currency in sorted(by)]


def _total(currency: str, claims: list[Claim]) -> Total:
    zero = Decimal(0)
    return Total(
        currency,
        claimed=sum((claim.amount or zero for claim in claims), zero),
        open=sum((c.amount or zero for c in claims if c.state not in OVER), zero),
        settled=sum((claim.settled_amount or zero for claim in claims), zero),
        unpriced=sum(claim.amount is None for claim in claims),
    )
