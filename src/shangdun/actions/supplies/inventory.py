"""The inventory: taking in, changing, checking, taking out, adopting what is suggested."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.conflict import EditConflict
from shangdun.records.models import MoveKind, Supply, SupplyMove
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.records.supplies import get_supply
from shangdun.respond.supplies import SupplyKind
from shangdun.respond.supply_sheet import LONGEST

LARGEST = 1_000_000
MOST = 5_000
"""Lines of the inventory: more is no list that anybody keeps."""


class NewSupply(msgspec.Struct, kw_only=True, frozen=True):
    """One line as somebody wants it."""

    name: str
    kind: SupplyKind
    quantity: int = 1
    minimum: int = 0
    unit: str = ""
    consumable: bool = False
    place: str = ""
    keeper: str = ""
    contact: str = ""
    expires_on: date | None = None
    check_days: int = 0
    note: str = ""
    starter: str = ""


FIELDS = tuple(field for field in NewSupply.__struct_fields__ if field != "starter")


@action(Capability.MANAGE_SUPPLIES)
def do_add_supply(
    actor: Actor, wanted: NewSupply, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Supply]:
    """Take something into the inventory; raises ``UsageError`` (``supply.…``) for what is wrong."""
    wanted = _checked(wanted)
    same = _same(wanted)
    if same is not None:
        if _values(same) == _values(wanted):
            return Unchanged(same)
        raise _taken(wanted)
    now = clock.now()
    supply = _create(actor, wanted, now)
    return Done(supply, ("supply", supply.pk), now, _payload(supply))


@action(Capability.MANAGE_SUPPLIES)
def do_import_supplies(
    actor: Actor, wanted: Sequence[NewSupply], *, origin: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[tuple[int, int]]:
    """Take many in at once, all or none; (added, changed). Kind, name, place tell lines apart."""
    now = clock.now()
    added = changed = 0
    for one in map(_checked, wanted):
        same = _same(one)
        if same is None:
            _create(actor, one, now)
            added += 1
        elif _values(same) != _values(one):
            _change(actor, same, one, now)
            changed += 1
    if not added and not changed:
        return Unchanged((0, 0))
    payload = {"added": added, "changed": changed, "origin": clean_text(origin)[:200]}
    return Done((added, changed), ("supply", "many"), now, payload)


@action(Capability.MANAGE_SUPPLIES)
def do_change_supply(
    actor: Actor,
    wanted: NewSupply,
    *,
    supply_id: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Supply]:
    """Change a line; ``version`` is that of the form. Never below what is away."""
    supply = get_supply(actor, supply_id)
    wanted = _checked(wanted)
    if _values(supply) == _values(wanted):
        return Unchanged(supply)
    if version is not None and version != supply.version:
        raise EditConflict(
            "somebody changed this supply meanwhile",
            where=supply.name,
            mine={"version": version, **_values(wanted)},
            theirs={"version": supply.version, **_values(supply)},
        )
    same = _same(wanted)
    if same is not None and same.pk != supply.pk:
        raise _taken(wanted)
    now = clock.now()
    _change(actor, supply, wanted, now)
    return Done(supply, ("supply", supply.pk), now, _payload(supply))


@action(Capability.MANAGE_SUPPLIES)
def do_check_supply(
    actor: Actor, *, supply_id: int, counted: int, note: str = "", clock: Clock = SYSTEM_CLOCK
) -> Outcome[Supply]:
    """Somebody looked: so many are in their place and work; those away are not counted."""
    supply = get_supply(actor, supply_id)
    _standing(supply)
    if not 0 <= counted <= LARGEST:
        raise UsageError("no such number", code="supply.quantity", fix="0 to 1,000,000")
    now = clock.now()
    difference = counted - supply.on_hand
    supply.quantity += difference
    supply.checked_at = now
    _save(supply, "quantity", "checked_at")
    _move(supply, actor, MoveKind.CHECKED, now, difference, note)
    payload = {"counted": counted, "difference": difference, "note_sha256": sealed(note)}
    return Done(supply, ("supply", supply.pk), now, payload)


@action(Capability.MANAGE_SUPPLIES)
def do_archive_supply(
    actor: Actor, *, supply_id: int, note: str = "", clock: Clock = SYSTEM_CLOCK
) -> Outcome[Supply]:
    """Take a line out of the inventory; refused while some of it is with an incident."""
    supply = get_supply(actor, supply_id)
    if supply.archived_at:
        return Unchanged(supply)
    if supply.away:
        raise UsageError(
            f"{supply.away} are with an incident", code="supply.away", where=supply.name,
            fix="take them back first",
        )  # fmt: skip
    now = clock.now()
    supply.archived_at = now
    _save(supply, "archived_at")
    _move(supply, actor, MoveKind.ARCHIVED, now, -supply.quantity, note)
    return Done(supply, ("supply", supply.pk), now, {"name": supply.name})


def _create(actor: Actor, wanted: NewSupply, now: datetime) -> Supply:
    if Supply.objects.filter(archived_at=None).count() >= MOST:
        raise UsageError("the inventory is full", code="supply.many", fix="take lines out first")
    supply = Supply.objects.create(created_at=now, **msgspec.structs.asdict(wanted))
    _move(supply, actor, MoveKind.ADDED, now, supply.quantity, "")
    return supply


def _change(actor: Actor, supply: Supply, wanted: NewSupply, now: datetime) -> None:
    _standing(supply)
    if wanted.quantity < supply.away:
        raise UsageError(
            f"{supply.away} are with an incident", code="supply.away", where=supply.name,
            fix="the quantity counts those away",
        )  # fmt: skip
    difference = wanted.quantity - supply.quantity
    for field in FIELDS:
        setattr(supply, field, getattr(wanted, field))
    _save(supply, *FIELDS)
    _move(supply, actor, MoveKind.CHANGED, now, difference, "")


def _checked(wanted: NewSupply) -> NewSupply:
    texts = {
        name: clean_text(getattr(wanted, name).strip())
        for name in ("name", "unit", "place", "keeper", "contact", "note")
    }
    wanted = msgspec.structs.replace(wanted, **texts)
    for name, length in LONGEST.items():
        if len(getattr(wanted, name)) > length:
            raise UsageError(
                f"at most {length} characters", code="supply.long", where=name, fix="shorten it"
            )
    if not wanted.name:
        raise UsageError("a supply needs a name", code="supply.name", fix="give it one")
    if not (0 <= wanted.quantity <= LARGEST and 0 <= wanted.minimum <= LARGEST):
        raise UsageError("no such number", code="supply.quantity", fix="0 to 1,000,000")
    if not 0 <= wanted.check_days <= 3660:
        raise UsageError("no such interval", code="supply.check_days", fix="0 to 3660 days")
    return wanted


def _same(wanted: NewSupply) -> Supply | None:
    return Supply.objects.filter(
        archived_at=None, kind=wanted.kind, name=wanted.name, place=wanted.place
    ).first()


def _taken(wanted: NewSupply) -> UsageError:
    return UsageError(
        "there is one of this kind and name in this place", code="supply.taken", where=wanted.name,
        fix="change that one, or name another place",
    )  # fmt: skip


def _standing(supply: Supply) -> None:
    if supply.archived_at:
        raise UsageError(
            "it was taken out of the inventory", code="supply.archived", where=supply.name,
            fix="add it anew",
        )  # fmt: skip


def _values(row: Supply | NewSupply) -> dict[str, Any]:
    return {field: getattr(row, field) for field in FIELDS}


def _save(supply: Supply, *fields: str) -> None:
    supply.version += 1
    supply.save(update_fields=[*fields, "version"])


def _move(
    supply: Supply, actor: Actor, kind: MoveKind, at: datetime, quantity: int, note: str
) -> None:
    SupplyMove.objects.create(
        supply=supply, at=at, kind=kind, quantity=quantity, by=person(actor),
        note=clean_text(note.strip())[:500],
    )  # fmt: skip


def _payload(supply: Supply) -> dict[str, Any]:
    return {"name": supply.name, "kind": supply.kind, "quantity": supply.quantity,
            "minimum": supply.minimum, "version": supply.version}  # fmt: skip
