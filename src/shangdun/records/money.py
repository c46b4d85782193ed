"""Budgets as they are read: each line's position, together by currency and by who pays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from shangdun.govern.money.budget import NOTHING, Entry, Kind, Position, open_of, position_of
from shangdun.kernel.errors import NotFound
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.models import BudgetLine, MoneyEntry, Programme
from shangdun.records.roles import Capability


@dataclass(frozen=True)
class LineStanding:
    """A line with how it stands."""

    line: BudgetLine
    position: Position
    entries: list[MoneyEntry]
    """In order of their days, cancelled ones too; those do not count."""
    open: dict[int, Decimal]
    """By commitment what is not paid yet; paid ones are left out."""


@dataclass(frozen=True)
class Money:
    """A programme's money."""

    lines: list[LineStanding]
    totals: dict[str, Position]
    """By currency: amounts of different currencies are never added."""
    sources: dict[str, dict[str, Position]]
    """By source (internal, purchase, subsidy), then by currency."""

    @property
    def overdrawn(self) -> list[LineStanding]:
        return [one for one in self.lines if one.position.overdrawn]


def money_of(actor: Actor, programme: Programme) -> Money:
    """All lines that stand, in their order. Raises ``NotAllowed``."""
    require(actor, Capability.VIEW_MONEY)
    rows = programme.budget_lines.filter(archived_at=None).select_related("task")
    lines = [
        line_standing(line) for line in rows.prefetch_related("entries__by").order_by("number")
    ]
    totals: dict[str, Position] = {}
    sources: dict[str, dict[str, Position]] = {}
    for one in lines:
        currency = one.line.currency
        totals[currency] = totals.get(currency, NOTHING).plus(one.position)
        of = sources.setdefault(one.line.source, {})
        of[currency] = of.get(currency, NOTHING).plus(one.position)
    return Money(lines, totals, sources)


def line_standing(line: BudgetLine) -> LineStanding:
    """One line of its entries; the line was fetched with permission."""
    rows = sorted(line.entries.all(), key=lambda one: (one.day, one.pk))
    counted = entries_of(one for one in rows if one.cancelled_at is None)
    unpaid = {one.key: open_of(one, counted) for one in counted if one.kind is Kind.COMMITTED}
    return LineStanding(
        line,
        position_of(line.planned, counted),
        rows,
        {int(str(key)): amount for key, amount in unpaid.items() if amount},
    )


def entries_of(rows: Iterable[MoneyEntry]) -> list[Entry]:
    """As they are reckoned with."""
    return [Entry(one.pk, Kind(one.kind), one.amount, one.settles_id) for one in rows]


def get_line(actor: Actor, programme: Programme, number: int) -> BudgetLine:
    """One line of the programme, archived ones too. Raises ``NotFound``."""
    require(actor, Capability.VIEW_MONEY)
    found = programme.budget_lines.filter(number=number).first()
    if found is None:
        raise NotFound(f"there is no budget line {number}", fix="see the programme's money")
    return found


def get_entry(actor: Actor, programme: Programme, entry_id: int) -> MoneyEntry:
    """One entry of the programme's lines. Raises ``NotFound``."""
    require(actor, Capability.VIEW_MONEY)
    rows = MoneyEntry.objects.select_related("line").filter(line__programme=programme)
    found = rows.filter(pk=entry_id).first()
    if found is None:
        raise NotFound(f"there is no entry {entry_id}", fix="see the programme's money")
    return found
