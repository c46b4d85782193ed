"""In the first weeks the suggested inventory is looked through: who owns it, what it is worth."""

from __future__ import annotations

import msgspec

from shangdun.actions.assets.inventory import do_change_asset
from shangdun.actions.assets.sheet import as_wanted
from shangdun.assess.inventory.layers import Layer
from shangdun.records.models import Asset
from shangdun.runtime.year.day import Day

ORDER = 22
BEGINS, OVER = 2, 90
"""Days after the first; what nobody looked at by then stays as it was suggested."""
A_DAY = 2
DISAGREES = 0.3
OWNERS = {
    Layer.BUSINESS: ("deputy", "service"),
    Layer.SYSTEM: ("engineer", "operator"),
    Layer.COMPONENT: ("operator", "engineer"),
}


def act(day: Day) -> None:
    if not day.workday or not BEGINS <= day.number <= OVER:
        return
    day.reach(10, 30)
    waiting = Asset.objects.filter(archived_at=None, owner=None).order_by("number")
    for asset in waiting[:A_DAY]:
        _value(day, asset)


def _value(day: Day, asset: Asset) -> None:
    """Its owner agrees with what was suggested, or rates one of its properties a step otherwise."""
    dice = day.chance(f"asset {asset.number}")
    layer = Layer(asset.layer)
    owner = day.people[dice.choice(OWNERS[layer])]
    values: dict[str, int] = {"owner_id": owner.pk}
    if dice.random() < DISAGREES:
        business = layer is Layer.BUSINESS
        rated = "importance" if business else dice.choice(("confidentiality", "availability"))
        before = getattr(asset, rated) or 3
        values[rated] = min(max(before + dice.choice((-1, 1)), 1), 5)
    wanted = msgspec.structs.replace(as_wanted(asset), **values)
    do_change_asset(day.people["engineer"], wanted, number=asset.number, clock=day.clock)
    day.write("asset.valued", asset.number)
