"""The budget: lines, commitments, payments, and money that goes from one line to another."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.schedule.editing import open_programme
from shangdun.govern.money.amounts import CURRENCIES, MOST, in_places
from shangdun.govern.money.budget import Kind, check_move
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.conflict import EditConflict
from shangdun.records.models import (
    BudgetLine,
    BudgetMove,
    MoneyEntry,
    MoneyKind,
    PlanTask,
    Programme,
    ResourceSource,
)
from shangdun.records.money import get_entry, get_line, line_standing
from shangdun.records.programmes import get_programme
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

MOST_LINES = 500


class NewLine(msgspec.Struct, kw_only=True, frozen=True):
    """Money planned for something."""

    title: str
    planned: Decimal
    source: str = ResourceSource.PURCHASE.value
    currency: str = "CNY"
    task_id: int | None = None
    note: str = ""
    starter: str = ""


class NewEntry(msgspec.Struct, kw_only=True, frozen=True):
    """A commitment or a payment."""

    kind: Kind
    amount: Decimal
    day: date
    what: str
    reference: str = ""
    settles_id: int | None = None


@action(Capability.MANAGE_MONEY)
def do_add_budget_line(
    actor: Actor, wanted: NewLine, *, number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[BudgetLine]:
    """Plan money in a programme; raises ``UsageError`` (``money.…``)."""
    programme = open_programme(actor, number)
    wanted = _checked(wanted, programme)
    same = programme.budget_lines.filter(
        archived_at=None, title=wanted.title, source=wanted.source, currency=wanted.currency
    ).first()
    if same is not None:
        if (same.planned, same.task_id, same.note) == (wanted.planned, wanted.task_id, wanted.note):
            return Unchanged(same)
        raise UsageError("there is such a line", code="money.taken", where=wanted.title,
                         fix="change that one")  # fmt: skip
    now = clock.now()
    line = create_line(programme, wanted, now)
    return Done(line, ("programme", number), now, _payload(line))


def create_line(programme: Programme, wanted: NewLine, at: datetime) -> BudgetLine:
    """A new row, inside the caller's transaction."""
    highest = programme.budget_lines.aggregate(top=Max("number"))["top"] or 0
    if highest >= MOST_LINES:
        raise UsageError("too many lines", code="money.many", fix=f"at most {MOST_LINES}")
    return BudgetLine.objects.create(
        programme=programme, number=highest + 1, created_at=at, first_planned=wanted.planned,
        **msgspec.structs.asdict(wanted),
    )  # fmt: skip


@action(Capability.MANAGE_MONEY)
def do_change_budget_line(
    actor: Actor,
    wanted: NewLine,
    *,
    number: int,
    line_number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[BudgetLine]:
    """Change what is planned. The currency stays once there are entries."""
    programme = open_programme(actor, number)
    line = _standing(get_line(actor, programme, line_number))
    wanted = _checked(wanted, programme)
    before, after = _values(line), _values(wanted)
    if before == after:
        return Unchanged(line)
    if version is not None and version != line.version:
        raise EditConflict(
            "somebody changed this line meanwhile",
            where=line.title,
            mine={"version": version, **after},
            theirs={"version": line.version, **before},
        )
    if wanted.currency != line.currency and line.entries.exists():
        raise UsageError("amounts are in its currency", code="money.fixed", where=line.title,
                         fix="add another line")  # fmt: skip
    now = clock.now()
    for name in VALUES:
        setattr(line, name, getattr(wanted, name))
    line.version += 1
    line.save()
    return Done(line, ("programme", number), now, _payload(line))


@action(Capability.MANAGE_MONEY)
def do_archive_budget_line(
    actor: Actor, *, number: int, line_number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[BudgetLine]:
    """Take a line out of the plan; one with money bound or spent stays."""
    programme = open_programme(actor, number)
    line = get_line(actor, programme, line_number)
    if line.archived_at:
        return Unchanged(line)
    if line.entries.filter(cancelled_at=None).exists():
        raise UsageError("money is bound or spent", code="money.used", where=line.title,
                         fix="cancel its entries, or let it stand")  # fmt: skip
    now = clock.now()
    line.archived_at = now
    line.version += 1
    line.save(update_fields=["archived_at", "version"])
    return Done(line, ("programme", number), now, {"line": line.number, "title": line.title})


@action(Capability.MANAGE_MONEY)
def do_add_money_entry(
    actor: Actor,
    wanted: NewEntry,
    *,
    number: int,
    line_number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[MoneyEntry]:
    """Bind or spend. More than is left may be spent: it happened, and the page says so.

    ``version`` is that of the line as it was shown: of two clicks at once one entry comes.
    """
    programme = get_programme(actor, number)
    line = _standing(get_line(actor, programme, line_number))
    what = clean_text(wanted.what.strip())[:200]
    reference = clean_text(wanted.reference.strip())[:100]
    if not what:
        raise UsageError("say what for", code="money.what", fix="a few words are enough")
    amount = _amount(wanted.amount, line.currency, least=Decimal("0.01"))
    settles = get_entry(actor, programme, wanted.settles_id) if wanted.settles_id else None
    if settles is not None and (
        wanted.kind is not Kind.SPENT or settles.line_id != line.pk
        or settles.kind != MoneyKind.COMMITTED or settles.cancelled_at
    ):  # fmt: skip
        raise UsageError("it settles nothing", code="money.settles", fix="choose a commitment")
    values = {"kind": wanted.kind.value, "amount": amount, "day": wanted.day, "what": what,
              "reference": reference, "settles": settles}  # fmt: skip
    if version is not None and version != line.version:
        same = line.entries.filter(cancelled_at=None, by=person(actor), **values).last()
        if same is not None:
            return Unchanged(same)
        raise EditConflict(
            "somebody booked on this line meanwhile",
            where=line.title,
            mine={"version": version, "what": what, "amount": amount},
            theirs={"version": line.version, "what": "", "left": line_standing(line).position.left},
        )
    now = clock.now()
    entry = MoneyEntry.objects.create(line=line, at=now, by=person(actor), **values)
    line.version += 1
    line.save(update_fields=["version"])
    left = line_standing(line).position.left
    payload = {"line": line.number, "kind": entry.kind, "amount": str(amount),
               "currency": line.currency, "what": what, "left": str(left)}  # fmt: skip
    return Done(entry, ("programme", number), now, payload)


@action(Capability.MANAGE_MONEY)
def do_cancel_money_entry(
    actor: Actor, *, number: int, entry_id: int, reason: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[MoneyEntry]:
    """It was a mistake, or did not come about; it stays readable and counts no more."""
    programme = get_programme(actor, number)
    entry = get_entry(actor, programme, entry_id)
    if entry.cancelled_at:
        return Unchanged(entry)
    why = clean_text(reason.strip())[:500]
    if not why:
        raise UsageError("say why", code="money.reason", fix="a few words are enough")
    if entry.payments.filter(cancelled_at=None).exists():
        raise UsageError("it was paid in part", code="money.paid", where=entry.what,
                         fix="cancel the payments first")  # fmt: skip
    now = clock.now()
    entry.cancelled_at, entry.cancelled_by, entry.cancel_reason = now, person(actor), why
    entry.save(update_fields=["cancelled_at", "cancelled_by", "cancel_reason"])
    line = entry.line
    line.version += 1
    line.save(update_fields=["version"])
    payload = {"line": line.number, "amount": str(entry.amount), "currency": line.currency,
               "what": entry.what, "why": why}  # fmt: skip
    return Done(entry, ("programme", number), now, payload)


@action(Capability.MANAGE_MONEY)
def do_move_budget(  # noqa: PLR0913 - what the form gives
    actor: Actor,
    *,
    number: int,
    giver: int,
    taker: int,
    amount: Decimal,
    reason: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[BudgetMove | None]:
    """Plan part of a line's free money for another; ``version`` is that of the giving line."""
    programme = open_programme(actor, number)
    one = _standing(get_line(actor, programme, giver))
    other = _standing(get_line(actor, programme, taker))
    why = clean_text(reason.strip())[:500]
    if not why:
        raise UsageError("say why", code="money.reason", fix="a few words are enough")
    if one.pk == other.pk or one.currency != other.currency:
        raise UsageError("not between these", code="money.between", fix="two lines of one currency")
    amount = _amount(amount, one.currency, least=Decimal("0.01"))
    if version is not None and version != one.version:
        last = one.given.filter(taker=other, amount=amount, reason=why, by=person(actor)).last()
        if last is not None:
            return Unchanged(last)
        raise EditConflict(
            "somebody changed this line meanwhile", where=one.title,
            mine={"version": version, "planned": one.planned - amount},
            theirs={"version": one.version, "planned": one.planned},
        )  # fmt: skip
    check_move(line_standing(one).position, amount)
    now = clock.now()
    for line, change in ((one, -amount), (other, amount)):
        line.planned += change
        line.version += 1
        line.save(update_fields=["planned", "version"])
    move = BudgetMove.objects.create(
        giver=one, taker=other, amount=amount, reason=why, at=now, by=person(actor)
    )
    payload = {"from": one.number, "to": other.number, "amount": str(amount),
               "currency": one.currency, "why": why}  # fmt: skip
    return Done(move, ("programme", number), now, payload)


VALUES = ("title", "planned", "source", "currency", "task_id", "note")


def _values(row: BudgetLine | NewLine) -> dict[str, Any]:
    return {name: getattr(row, name) for name in VALUES}


def _checked(wanted: NewLine, programme: Programme) -> NewLine:
    title, note = clean_text(wanted.title.strip()), clean_text(wanted.note.strip())
    if not title or len(title) > 200 or len(note) > 5_000:
        raise UsageError("a line needs a title", code="money.title", fix="1 to 200 characters")
    if wanted.source not in ResourceSource.values:
        raise UsageError("no such source", code="resource.kind", fix=", ".join(ResourceSource))
    planned = _amount(wanted.planned, wanted.currency)
    if wanted.task_id is not None:
        there = PlanTask.objects.filter(pk=wanted.task_id, programme=programme)
        if not there.exists():
            raise UsageError("no such task", code="money.task", fix="a task of this programme")
    return msgspec.structs.replace(wanted, title=title, note=note, planned=planned)


def _amount(amount: Decimal, currency: str, *, least: Decimal = Decimal(0)) -> Decimal:
    if currency not in CURRENCIES:
        raise UsageError("no such currency", code="money.currency", fix=", ".join(CURRENCIES))
    if not amount.is_finite() or not least <= amount <= MOST:
        raise UsageError("no such amount", code="money.amount", where=str(amount)[:40],
                         fix="as 12000.50")  # fmt: skip
    return in_places(amount, currency)


def _standing(line: BudgetLine) -> BudgetLine:
    if line.archived_at:
        raise UsageError("it was taken out", code="money.archived", where=line.title,
                         fix="add a line")  # fmt: skip
    return line


def _payload(line: BudgetLine) -> dict[str, Any]:
    return {"line": line.number, "title": line.title, "source": line.source,
            "planned": str(line.planned), "currency": line.currency,
            "version": line.version}  # fmt: skip
