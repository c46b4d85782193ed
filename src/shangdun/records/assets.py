"""Assets as they are read: the inventory, one asset, what was seen of it in the logs."""

from __future__ import annotations

from django.db.models import QuerySet

from shangdun.kernel.errors import NotFound
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.models import Asset, AssetSettings, Sighting
from shangdun.records.roles import Capability


def visible_assets(actor: Actor, *, archived: bool = False) -> QuerySet[Asset]:
    """The inventory by layer and name; on request what was taken out of it."""
    require(actor, Capability.VIEW_ASSETS)
    return Asset.objects.filter(archived_at__isnull=not archived).select_related("owner")


def get_asset(actor: Actor, number: int) -> Asset:
    """One asset, archived ones too. Raises ``NotFound``."""
    require(actor, Capability.VIEW_ASSETS)
    found = Asset.objects.select_related("owner").filter(number=number).first()
    if found is None:
        raise NotFound(f"there is no asset {number}", fix="see the inventory")
    return found


def asset_value(asset: Asset) -> int | None:
    """1–5 by GB/T 20984-2022; None while it is not rated."""
    return asset.value


def visible_sightings(actor: Actor) -> QuerySet[Sighting]:
    """What the logs speak of, the newest first."""
    require(actor, Capability.VIEW_ASSETS)
    rows = Sighting.objects.select_related("asset", "decided_by")
    return rows.order_by("-last_seen", "kind", "value")


def get_sighting(actor: Actor, sighting_id: int) -> Sighting:
    """One thing seen. Raises ``NotFound``."""
    found = visible_sightings(actor).filter(pk=sighting_id).first()
    if found is None:
        raise NotFound(f"nothing was seen by {sighting_id}", fix="see what was seen")
    return found


def asset_settings() -> AssetSettings:
    """The company's; as shipped until somebody changes them (then not saved)."""
    return AssetSettings.objects.order_by("pk").first() or AssetSettings()
