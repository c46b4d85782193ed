"""A sheet of assets against the inventory: what each row would do, before anything is done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from shangdun.assess.columns import Flaw, Problem
from shangdun.assess.inventory.layers import Layer, layer_of
from shangdun.assess.inventory.sheet import AssetLine
from shangdun.records.models import Asset, AssetMark, User

ABOVE = {
    Layer.COMPONENT: (Layer.SYSTEM, Layer.BUSINESS),
    Layer.SYSTEM: (Layer.BUSINESS,),
    Layer.BUSINESS: (),
}


class RowEffect(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    WRONG = "wrong"


class Planned(NamedTuple):
    """One row: what it would do, the asset it means, its values, the names of what it bears."""

    line: AssetLine
    effect: RowEffect
    asset: Asset | None
    values: dict[str, Any]
    """Of ``COLUMNS`` of an asset and ``marks``: only what the sheet has a column for."""
    bears: tuple[tuple[Layer, str], ...] | None
    """Layer and name of each; the sheet may bring it itself."""
    problems: tuple[Problem, ...]


def plan_rows(lines: Sequence[AssetLine]) -> list[Planned]:
    """What taking in these rows would do; rows that are wrong in themselves do nothing."""
    known = _known()
    people = _people()
    marks = {
        (kind, value): asset
        for kind, value, asset in AssetMark.objects.filter(current=True).values_list(
            "kind", "value", "asset_id"
        )
    }
    named = {(layer_of(line.kind), line.name) for line in lines if line.kind and not line.problems}
    while True:
        planned = [_planned(line, known, people, marks, named | set(known)) for line in lines]
        # What bears a row that turned out wrong is wrong with it: looked at once more without it.
        right = {
            (layer_of(one.line.kind), one.line.name)
            for one in planned
            if one.line.kind and one.effect is not RowEffect.WRONG
        }
        if named <= right | set(known):
            return planned
        named &= right


def _known() -> dict[tuple[Layer, str], Asset]:
    rows = Asset.objects.filter(archived_at=None).prefetch_related("marks", "bears__upper")
    return {(Layer(row.layer), row.name): row for row in rows}


def _people() -> dict[str, list[int]]:
    """By everything that people are called in sheets: name, account, e-mail."""
    found: dict[str, list[int]] = {}
    for user in User.objects.filter(is_active=True):
        full = user.get_full_name()
        turned = f"{user.last_name}{user.first_name}"
        for name in {full, turned, user.username, user.email} - {""}:
            found.setdefault(name.strip().lower(), []).append(user.pk)
    return found


def _planned(
    line: AssetLine,
    known: dict[tuple[Layer, str], Asset],
    people: dict[str, list[int]],
    marks: dict[tuple[str, str], int],
    named: set[tuple[Layer, str]],
) -> Planned:
    problems = list(line.problems)
    if line.kind is None or problems:
        return Planned(line, RowEffect.WRONG, None, {}, None, tuple(problems))
    layer = layer_of(line.kind)
    asset = known.get((layer, line.name))
    values: dict[str, Any] = {"kind": line.kind.value, **line.texts}
    values |= _rated(layer, line.ratings)
    if line.owner is not None:
        values["owner_id"] = _owner(line.owner, people, problems)
    bears = _borne(line, layer, named, problems)
    if line.marks is not None:
        values["marks"] = line.marks
        for mark in line.marks:
            other = marks.get((mark.kind.value, mark.value))
            if other is not None and (asset is None or other != asset.pk):
                problems.append(Problem("hosts", Flaw.TWICE, mark.value))
    effect = _effect(asset, values, bears) if not problems else RowEffect.WRONG
    return Planned(line, effect, asset, values, bears, tuple(problems))


def _rated(layer: Layer, ratings: dict[str, int | None]) -> dict[str, int | None]:
    """A business has its importance, the others their three properties."""
    business = layer is Layer.BUSINESS
    return {name: value for name, value in ratings.items() if (name == "importance") is business}


def _owner(text: str, people: dict[str, list[int]], problems: list[Problem]) -> int | None:
    if not text:
        return None
    found = people.get(text.lower(), [])
    if len(set(found)) != 1:
        problems.append(Problem("owner", Flaw.UNKNOWN, text[:100]))
        return None
    return found[0]


def _borne(
    line: AssetLine, layer: Layer, named: set[tuple[Layer, str]], problems: list[Problem]
) -> tuple[tuple[Layer, str], ...] | None:
    if line.bears is None:
        return None
    found = []
    for name in line.bears:
        above = next((one for one in ABOVE[layer] if (one, name) in named), None)
        if above is None:
            problems.append(Problem("bears", Flaw.UNKNOWN, name[:100]))
        else:
            found.append((above, name))
    return tuple(found)


def _effect(
    asset: Asset | None, values: dict[str, Any], bears: Iterable[tuple[Layer, str]] | None
) -> RowEffect:
    if asset is None:
        return RowEffect.NEW
    held = {(mark.kind, mark.value) for mark in asset.marks.all()}
    for name, value in values.items():
        if name == "marks":
            if {(mark.kind.value, mark.value) for mark in value} != held:
                return RowEffect.CHANGED
        elif getattr(asset, name) != value:
            return RowEffect.CHANGED
    if bears is not None:
        links = {(Layer(link.upper.layer), link.upper.name) for link in asset.bears.all()}
        if links != set(bears):
            return RowEffect.CHANGED
    return RowEffect.SAME
