"""Money: planned, committed, spent and left, by line and by currency."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from shangdun.actions.reports.sections import Asked, plain, table
from shangdun.govern.money.budget import Position
from shangdun.records.models import MoneyEntry, MoneyKind
from shangdun.records.money import money_of

title = gettext_lazy("Money")


def has(asked: Asked) -> bool:
    """Whether the programme has a budget."""
    return asked.programme is not None and bool(money_of(asked.actor, asked.programme).lines)


def section(asked: Asked) -> str:
    """The lines, their sums by currency, what was spent in the period, what is overdrawn."""
    if asked.programme is None:
        return _("There is no programme whose budget could be told.")
    money = money_of(asked.actor, asked.programme)
    if not money.lines:
        return _("No budget has been entered yet.")
    rows = [(one.line.title, one.line.currency, *_amounts(one.position)) for one in money.lines]
    rows += [(_("Total"), currency, *_amounts(sum_)) for currency, sum_ in money.totals.items()]
    head = (_("Budget line"), _("Currency"), _("Planned"), _("Committed"), _("Spent"),
            pgettext("money", "Free"))  # fmt: skip
    parts = [table(head, rows, right=range(2, 6)), _spent(asked)]
    if money.overdrawn:
        names = _(", ").join(plain(one.line.title) for one in money.overdrawn)
        parts.append(_("**Overdrawn:** %(lines)s.") % {"lines": names})
    return "\n\n".join(parts)


def _amounts(position: Position) -> tuple[str, str, str, str]:
    return (
        said(position.planned),
        said(position.committed),
        said(position.spent),
        said(position.left),
    )


def said(amount: Decimal) -> str:
    """With separators between thousands."""
    return f"{amount:,.2f}"


def _spent(asked: Asked) -> str:
    rows = MoneyEntry.objects.filter(
        line__programme=asked.programme, line__archived_at=None, kind=MoneyKind.SPENT,
        cancelled_at=None, day__range=(asked.since, asked.until),
    ).select_related("line")  # fmt: skip
    sums: dict[str, Decimal] = {}
    for row in rows:
        sums[row.line.currency] = sums.get(row.line.currency, Decimal(0)) + row.amount
    if not sums:
        return _("Nothing was spent in this period.")
    told = _(", ").join(f"{said(amount)} {currency}" for currency, amount in sorted(sums.items()))
    return _("Spent in this period: %(sums)s.") % {"sums": told}
