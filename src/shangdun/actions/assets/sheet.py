"""Taking in an inventory from a sheet: all rows, or on request those that are right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.assets.rows import NewAsset, checked, create, write
from shangdun.actions.assets.seen import settle_sightings
from shangdun.assess.inventory.layers import AssetKind, Layer, MarkKind, layer_of
from shangdun.assess.inventory.marks import Mark
from shangdun.assess.inventory.sheet import AssetLine
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.asset_sheet import ABOVE, Planned, RowEffect, plan_rows
from shangdun.records.models import Asset
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

USUAL_BEARING = 3


@action(Capability.MANAGE_ASSETS)
def do_import_assets(
    actor: Actor,
    lines: Sequence[AssetLine],
    *,
    origin: str,
    partly: bool = False,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[tuple[int, int, int]]:
    """Take rows in; (added, changed, left out). Layer and name tell assets apart.

    Rows that are wrong stop all of them, unless ``partly`` was asked for. Nothing is removed, and a
    column that the sheet lacks changes nothing.
    """
    planned = plan_rows(lines)
    wrong = [one for one in planned if one.effect is RowEffect.WRONG]
    if wrong and not partly:
        raise UsageError(
            "rows are wrong", code="assets.wrong", where=f"row {wrong[0].line.number}",
            fix="correct them, or take in the others only",
        )  # fmt: skip
    now = clock.now()
    todo = [one for one in planned if one.effect in {RowEffect.NEW, RowEffect.CHANGED}]
    # Businesses first: what bears them must find them.
    order = list(ABOVE)[::-1]
    todo.sort(key=lambda one: order.index(layer_of(one.line.kind or AssetKind.OTHER)))
    if not todo:
        return Unchanged((0, 0, len(wrong)))
    for one in todo:
        _take_in(one, actor, now)
    added = sum(one.effect is RowEffect.NEW for one in todo)
    counts = (added, len(todo) - added, len(wrong))
    payload = {"added": counts[0], "changed": counts[1], "left_out": counts[2],
               "origin": clean_text(origin)[:200]}  # fmt: skip
    return Done(counts, ("asset", "many"), now, payload)


def _take_in(one: Planned, actor: Actor, now: datetime) -> None:
    values = dict(one.values)
    kind = AssetKind(values.pop("kind"))
    bears = None if one.bears is None else dict.fromkeys(_ids(one.bears), USUAL_BEARING)
    if one.asset is None:
        wanted = NewAsset(name=one.line.name, kind=kind, bears=bears or {}, **values)
        asset = create(checked(wanted), now)
    else:
        asset = one.asset
        wanted = msgspec.structs.replace(as_wanted(asset), kind=kind, **values)
        if bears is not None:  # how closely, people said; the sheet has no column for it
            wanted = msgspec.structs.replace(
                wanted, bears={key: wanted.bears.get(key, known) for key, known in bears.items()}
            )
        write(asset, checked(wanted))
    settle_sightings(asset, actor, now)


def _ids(bears: Sequence[tuple[Layer, str]]) -> list[int]:
    found = []
    for layer, name in bears:
        row = Asset.objects.filter(archived_at=None, layer=layer.value, name=name).first()
        if row is None:  # planned in this transaction: businesses came first
            raise AssertionError(name)
        found.append(row.pk)
    return found


def as_wanted(asset: Asset) -> NewAsset:
    """An asset as it stands, to be changed in part."""
    return NewAsset(
        name=asset.name,
        kind=AssetKind(asset.kind),
        description=asset.description,
        owner_id=asset.owner_id,
        place=asset.place,
        supplier=asset.supplier,
        confidentiality=asset.confidentiality,
        integrity=asset.integrity,
        availability=asset.availability,
        importance=asset.importance,
        marks=tuple(Mark(MarkKind(one.kind), one.value) for one in asset.marks.all()),
        bears={link.upper_id: link.bearing for link in asset.bears.all()},
        starter=asset.starter,
    )
