"""What an incident cost: by VERIS' kinds of loss, direct and indirect, in money with its basis.

Kinds follow VERIS 1.4, ``impact.loss.variety``, with our own wording. Amounts of different
currencies are never added up.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum

import msgspec

from shangdun.kernel.errors import UsageError

MOST = Decimal(10) ** 15
CURRENCIES = ("CNY", "USD", "EUR", "HKD", "GBP", "JPY")


class LossKind(StrEnum):
    """VERIS' varieties of loss."""

    ASSET_AND_FRAUD = "asset_and_fraud"
    BUSINESS_DISRUPTION = "business_disruption"
    RESPONSE_AND_RECOVERY = "response_and_recovery"
    OPERATING_COSTS = "operating_costs"
    LEGAL_AND_REGULATORY = "legal_and_regulatory"
    BRAND_DAMAGE = "brand_damage"
    COMPETITIVE_ADVANTAGE = "competitive_advantage"


DIRECT = frozenset(
    {LossKind.ASSET_AND_FRAUD, LossKind.BUSINESS_DISRUPTION, LossKind.RESPONSE_AND_RECOVERY}
)
"""What a kind is to begin with; whoever enters it says otherwise where it differs."""


class Loss(msgspec.Struct, frozen=True, kw_only=True):
    """One amount: ``low`` to ``high`` where it is an estimate, both the same where it is known."""

    kind: LossKind
    direct: bool
    low: Decimal
    high: Decimal
    currency: str
    basis: str
    """How it was reckoned."""


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """The sum of one currency."""

    currency: str
    direct_low: Decimal
    direct_high: Decimal
    low: Decimal
    high: Decimal


def check_loss(loss: Loss) -> None:
    """Raise ``UsageError`` (codes ``loss.amount``, ``.currency``, ``.basis``)."""
    if not (loss.low.is_finite() and loss.high.is_finite() and 0 <= loss.low <= loss.high <= MOST):
        raise UsageError(
            "the amounts make no range", code="loss.amount", fix="write the lower one first"
        )
    if loss.currency not in CURRENCIES:
        raise UsageError(
            f"{loss.currency!r} is no currency here",
            code="loss.currency",
            fix=f"one of {', '.join(CURRENCIES)}",
        )
    if not loss.basis.strip():
        raise UsageError(
            "an amount nobody can check is worth nothing",
            code="loss.basis",
            fix="say how it was reckoned",
        )


def totals(losses: Iterable[Loss]) -> list[Total]:
    """By currency, in alphabetical order."""
    found: dict[str, Total] = {}
    for loss in losses:
        so_far = found.get(loss.currency) or Total(
            currency=loss.currency,
            direct_low=Decimal(0),
            direct_high=Decimal(0),
            low=Decimal(0),
            high=Decimal(0),
        )
        found[loss.currency] = Total(
            currency=loss.currency,
            direct_low=so_far.direct_low + (loss.low if loss.direct else 0),
            direct_high=so_far.direct_high + (loss.high if loss.direct else 0),
            low=so_far.low + loss.low,
            high=so_far.high + loss.high,
        )
    return [found[currency] for currency in sorted(found)]
