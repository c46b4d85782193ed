"""The inventory by hand: taking in, changing, taking out."""

from __future__ import annotations

from typing import Any

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.assets.rows import (
    NewAsset,
    checked,
    create,
    revalue,
    same_as,
    values_of,
    wanted_values,
    write,
)
from shangdun.actions.assets.seen import settle_sightings
from shangdun.assess.inventory.layers import layer_of
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.assets import get_asset
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Asset
from shangdun.records.roles import Capability


@action(Capability.MANAGE_ASSETS)
def do_add_asset(actor: Actor, wanted: NewAsset, *, clock: Clock = SYSTEM_CLOCK) -> Outcome[Asset]:
    """Take an asset into the inventory; raises ``UsageError`` (``asset.…``)."""
    wanted = checked(wanted)
    same = same_as(wanted)
    if same is not None:
        if values_of(same) == wanted_values(wanted):
            return Unchanged(same)
        raise _taken(wanted)
    now = clock.now()
    asset = create(wanted, now)
    settle_sightings(asset, actor, now)
    return Done(asset, ("asset", asset.number), now, payload_of(asset))


@action(Capability.MANAGE_ASSETS)
def do_change_asset(
    actor: Actor,
    wanted: NewAsset,
    *,
    number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Asset]:
    """Change an asset; ``version`` is that of the form."""
    asset = get_asset(actor, number)
    standing(asset)
    wanted = checked(wanted)
    before = values_of(asset)
    if before == wanted_values(wanted):
        return Unchanged(asset)
    if version is not None and version != asset.version:
        raise EditConflict(
            "somebody changed this asset meanwhile",
            where=asset.name,
            mine={"version": version, **wanted_values(wanted)},
            theirs={"version": asset.version, **before},
        )
    same = same_as(wanted)
    if same is not None and same.pk != asset.pk:
        raise _taken(wanted)
    if asset.layer != layer_of(wanted.kind).value and (
        asset.bears.exists() or asset.borne_by.exists()
    ):
        raise UsageError(
            "it stands between others", code="asset.layer", where=asset.name,
            fix="take its links away before it changes its layer",
        )  # fmt: skip
    now = clock.now()
    write(asset, wanted)
    settle_sightings(asset, actor, now)
    return Done(asset, ("asset", asset.number), now, payload_of(asset))


@action(Capability.MANAGE_ASSETS)
def do_archive_asset(actor: Actor, *, number: int, clock: Clock = SYSTEM_CLOCK) -> Outcome[Asset]:
    """Take it out of the inventory; its history stays. Refused while something open is found in it.

    What recognised it may be another's from now on, and is told as not registered when it is seen.
    """
    asset = get_asset(actor, number)
    if asset.archived_at:
        return Unchanged(asset)
    if asset.vulnerabilities.filter(state="open").exists():
        raise UsageError(
            "vulnerabilities are open in it", code="asset.vulnerable", where=asset.name,
            fix="close them, or move them to another asset",
        )  # fmt: skip
    now = clock.now()
    asset.archived_at = now
    asset.version += 1
    asset.save(update_fields=["archived_at", "version"])
    asset.marks.update(current=False)
    asset.sightings.update(state="new", asset=None)
    for link in asset.borne_by.select_related("lower"):
        revalue(link.lower)
    return Done(asset, ("asset", asset.number), now, {"name": asset.name})


def standing(asset: Asset) -> None:
    """Raise ``UsageError`` for one that was taken out."""
    if asset.archived_at:
        raise UsageError(
            "it was taken out of the inventory", code="asset.archived", where=asset.name,
            fix="add it anew",
        )  # fmt: skip


def payload_of(asset: Asset) -> dict[str, Any]:
    """What the ledger says of it."""
    ratings = (asset.confidentiality, asset.integrity, asset.availability, asset.importance)
    return {
        "name": asset.name,
        "layer": asset.layer,
        "kind": asset.kind,
        "ratings": "/".join(str(one or "-") for one in ratings),
        "value": asset.value or 0,
        "owner": asset.owner_id or 0,
        "version": asset.version,
    }


def _taken(wanted: NewAsset) -> UsageError:
    return UsageError(
        "there is one of this name in this layer", code="asset.taken", where=wanted.name,
        fix="change that one, or give another name",
    )  # fmt: skip
