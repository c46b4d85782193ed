"""What of a budget is planned, bound by contracts, spent and left (earned value is not reckoned).

A commitment (an order, a contract) binds money until it is spent; spending that settles it frees
what it bound, never more. Spending beyond its commitment is simply spent.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import NamedTuple

from shangdun.govern.money.amounts import PLACES
from shangdun.kernel.errors import UsageError

Key = Hashable
ZERO = Decimal(0)


class Kind(StrEnum):
    """What an entry does to its line."""

    COMMITTED = "committed"
    SPENT = "spent"


class Entry(NamedTuple):
    """One entry; ``settles`` is the commitment that a payment is for."""

    key: Key
    kind: Kind
    amount: Decimal
    settles: Key | None = None


class Position(NamedTuple):
    """How a budget stands; all in one currency."""

    planned: Decimal
    committed: Decimal
    """Bound and not spent yet."""
    spent: Decimal

    @property
    def left(self) -> Decimal:
        """What may still be promised; below zero it is overdrawn."""
        return self.planned - self.committed - self.spent

    @property
    def overdrawn(self) -> bool:
        return self.left < 0

    def plus(self, other: Position) -> Position:
        """Both together."""
        return Position(
            self.planned + other.planned,
            self.committed + other.committed,
            self.spent + other.spent,
        )

    def share(self, part: Decimal) -> int:
        """Per cent of what was planned, rounded; 0 where nothing was."""
        return int((part * 100 / self.planned).to_integral_value()) if self.planned else 0


NOTHING = Position(ZERO, ZERO, ZERO)


def position_of(planned: Decimal, entries: Iterable[Entry]) -> Position:
    """How a line stands after its entries, whatever their order."""
    bound: dict[Key, Decimal] = {}
    paid: dict[Key, Decimal] = {}
    spent = ZERO
    for one in entries:
        if one.kind is Kind.COMMITTED:
            bound[one.key] = bound.get(one.key, ZERO) + one.amount
        else:
            spent += one.amount
            if one.settles is not None:
                paid[one.settles] = paid.get(one.settles, ZERO) + one.amount
    open_ = sum((max(ZERO, amount - paid.get(key, ZERO)) for key, amount in bound.items()), ZERO)
    return Position(planned, open_, spent)


def open_of(commitment: Entry, entries: Iterable[Entry]) -> Decimal:
    """What of a commitment is not paid yet."""
    paid = sum((one.amount for one in entries if one.settles == commitment.key), ZERO)
    return max(ZERO, commitment.amount - paid)


def check_move(giver: Position, amount: Decimal) -> None:
    """Raise ``UsageError`` (``money.move``) unless so much of a line is free to go elsewhere."""
    if amount <= 0 or amount > giver.left:
        raise UsageError(
            "so much is not free", code="money.move", where=str(giver.left),
            fix="move at most what is neither spent nor bound",
        )  # fmt: skip


def shares_of(total: Decimal, parts: Sequence[int], currency: str) -> list[Decimal]:
    """A total split by per cent, to the currency's smallest unit; the sum is the total, exactly.

    What rounding leaves goes to the first part.
    """
    unit = Decimal(1).scaleb(-PLACES.get(currency, 2))
    whole = sum(parts)
    amounts = [(total * part / whole).quantize(unit, rounding=ROUND_DOWN) for part in parts]
    return [amounts[0] + total - sum(amounts, ZERO), *amounts[1:]]
