"""Assets as they are wanted and written: their checks, links, marks and value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import Max

from shangdun.assess.inventory.layers import AssetKind, Layer, layer_of
from shangdun.assess.inventory.marks import Mark
from shangdun.assess.inventory.value import (
    Borne,
    Rating,
    business_value,
    component_value,
    system_value,
)
from shangdun.kernel.errors import UsageError
from shangdun.records.models import Asset, AssetLink, AssetMark, User
from shangdun.records.stored_text import clean_text

MOST = 20_000
MOST_MARKS = 200
LONGEST = {"name": 200, "place": 200, "supplier": 200, "description": 5_000}
ORDER = (Layer.COMPONENT, Layer.SYSTEM, Layer.BUSINESS)
"""What lies further right is borne by what lies further left."""


class NewAsset(msgspec.Struct, kw_only=True, frozen=True):
    """One asset as somebody wants it."""

    name: str
    kind: AssetKind
    description: str = ""
    owner_id: int | None = None
    place: str = ""
    supplier: str = ""
    confidentiality: int | None = None
    integrity: int | None = None
    availability: int | None = None
    importance: int | None = None
    marks: tuple[Mark, ...] = ()
    bears: dict[int, int] = {}
    """Id of an asset of a higher layer → how closely, 1–5."""
    starter: str = ""


COLUMNS = ("name", "kind", "description", "owner_id", "place", "supplier", "confidentiality",
           "integrity", "availability", "importance")  # fmt: skip
RATINGS = ("confidentiality", "integrity", "availability", "importance")


def checked(wanted: NewAsset) -> NewAsset:
    """The same with clean texts. Raises ``UsageError`` (``asset.…``)."""
    texts = {name: clean_text(getattr(wanted, name).strip()) for name in LONGEST}
    for name, length in LONGEST.items():
        if len(texts[name]) > length:
            raise UsageError(
                f"at most {length} characters", code="asset.long", where=name, fix="shorten it"
            )
    if not texts["name"]:
        raise UsageError("an asset needs a name", code="asset.name", fix="give it one")
    for name in RATINGS:
        if (value := getattr(wanted, name)) is not None and not 1 <= value <= 5:
            raise UsageError("no such rating", code="asset.rating", where=name, fix="1 to 5")
    if len(wanted.marks) > MOST_MARKS:
        raise UsageError("too many marks", code="asset.marks", fix=f"at most {MOST_MARKS}")
    owner = wanted.owner_id
    if owner is not None and not User.objects.filter(pk=owner, is_active=True).exists():
        raise UsageError("there is no such person", code="asset.owner", fix="choose an owner")
    business = layer_of(wanted.kind) is Layer.BUSINESS
    unused: dict[str, Any] = {"importance": None} if not business else {}
    if business:  # it is worth what it means to the company; nothing stands above it
        unused = {"confidentiality": None, "integrity": None, "availability": None, "bears": {}}
    return msgspec.structs.replace(wanted, **texts, **unused)


def values_of(row: Asset) -> dict[str, Any]:
    """An asset in the words of ``NewAsset``, to be compared and shown."""
    values: dict[str, Any] = {name: getattr(row, name) for name in COLUMNS}
    values["marks"] = sorted(f"{mark.kind}: {mark.value}" for mark in row.marks.all())
    values["bears"] = {link.upper_id: link.bearing for link in row.bears.all()}
    return values


def wanted_values(wanted: NewAsset) -> dict[str, Any]:
    """The same of what is wanted."""
    values: dict[str, Any] = {name: getattr(wanted, name) for name in COLUMNS}
    values["kind"] = wanted.kind.value
    values["marks"] = sorted({f"{mark.kind.value}: {mark.value}" for mark in wanted.marks})
    values["bears"] = dict(wanted.bears)
    return values


def same_as(wanted: NewAsset) -> Asset | None:
    """The asset of this layer and name that stands."""
    layer = layer_of(wanted.kind).value
    return Asset.objects.filter(archived_at=None, layer=layer, name=wanted.name).first()


def create(wanted: NewAsset, now: datetime) -> Asset:
    """A new row with marks, links and value, inside the caller's transaction."""
    if Asset.objects.filter(archived_at=None).count() >= MOST:
        raise UsageError("the inventory is full", code="asset.many", fix="take assets out first")
    highest = Asset.objects.aggregate(top=Max("number"))["top"]
    asset = Asset(number=(highest or 0) + 1, created_at=now, starter=wanted.starter[:60])
    _fill(asset, wanted)
    asset.save()
    _attach(asset, wanted)
    return asset


def write(asset: Asset, wanted: NewAsset) -> None:
    """The row as it is wanted now."""
    _fill(asset, wanted)
    asset.version += 1
    asset.save()
    _attach(asset, wanted)


def _fill(asset: Asset, wanted: NewAsset) -> None:
    for name in COLUMNS:
        setattr(asset, name, getattr(wanted, name))
    asset.kind = wanted.kind.value
    asset.layer = layer_of(wanted.kind).value


def _attach(asset: Asset, wanted: NewAsset) -> None:
    set_marks(asset, wanted.marks)
    _set_links(asset, wanted.bears)
    revalue(asset)


def set_marks(asset: Asset, marks: Iterable[Mark]) -> None:
    """These and no others. Raises ``UsageError`` for one that another asset has."""
    wanted = {(mark.kind.value, mark.value) for mark in marks}
    held = {(mark.kind, mark.value): mark for mark in asset.marks.all()}
    for key in wanted - held.keys():
        other = (
            AssetMark.objects.filter(kind=key[0], value=key[1], current=True)
            .select_related("asset")
            .first()
        )
        if other is not None:
            raise UsageError(
                "another asset has this mark", code="asset.mark_taken",
                where=f"{key[1]}: {other.asset.name}", fix="take it from that one first",
            )  # fmt: skip
        AssetMark.objects.create(asset=asset, kind=key[0], value=key[1])
    for key in held.keys() - wanted:
        held[key].delete()
    # What was prefetched is old now.
    getattr(asset, "_prefetched_objects_cache", {}).pop("marks", None)


def _set_links(asset: Asset, bears: Mapping[int, int]) -> None:
    held = {link.upper_id: link for link in asset.bears.all()}
    uppers = {row.pk: row for row in Asset.objects.filter(pk__in=bears, archived_at=None)}
    for upper_id, bearing in bears.items():
        upper = uppers.get(upper_id)
        if upper is None or not _above(Layer(asset.layer), Layer(upper.layer)):
            raise UsageError(
                "it bears only what lies in a layer above", code="asset.bears",
                where=upper.name if upper else str(upper_id), fix="choose a system or a business",
            )  # fmt: skip
        if not 1 <= bearing <= 5:
            raise UsageError("no such rating", code="asset.rating", where="bears", fix="1 to 5")
        link = held.get(upper_id)
        if link is None:
            AssetLink.objects.create(lower=asset, upper=upper, bearing=bearing)
        elif link.bearing != bearing:
            link.bearing = bearing
            link.save(update_fields=["bearing"])
    AssetLink.objects.filter(lower=asset).exclude(upper_id__in=list(bears)).delete()
    getattr(asset, "_prefetched_objects_cache", {}).pop("bears", None)


def _above(lower: Layer, upper: Layer) -> bool:
    return ORDER.index(upper) > ORDER.index(lower)


def revalue(asset: Asset) -> None:
    """Reckon the value anew, and of a business that of the systems that bear it."""
    asset.value = _value(asset)
    Asset.objects.filter(pk=asset.pk).update(value=asset.value)
    if asset.layer == Layer.BUSINESS:
        for link in asset.borne_by.filter(lower__layer=Layer.SYSTEM.value).select_related("lower"):
            lower = link.lower
            Asset.objects.filter(pk=lower.pk).update(value=_value(lower))


def _value(asset: Asset) -> int | None:
    if asset.layer == Layer.BUSINESS:
        return business_value(asset.importance)
    rating = Rating(asset.confidentiality, asset.integrity, asset.availability)
    if asset.layer == Layer.COMPONENT:
        return component_value(rating)
    links = asset.bears.filter(upper__archived_at=None).select_related("upper")
    borne = [Borne(one.upper.importance, one.bearing) for one in links if one.upper.importance]
    return system_value(rating, borne)
