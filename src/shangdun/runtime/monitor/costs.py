"""What rules cost, as the health of the watch tells it."""

from __future__ import annotations

from shangdun.lake.health import RuleCost
from shangdun.runtime.pipeline import Detector

SHOWN = 20


def rule_costs(detector: Detector) -> list[RuleCost]:
    """The most expensive rules and correlations of a detector, and all that were cut off."""
    engine = getattr(detector, "engine", None)
    found = [
        RuleCost(
            uid=cost.uid,
            title=cost.title,
            seconds=cost.seconds,
            matches=cost.matches,
            cut_off=cost.cut_off,
        )
        for cost in (engine.costs() if engine else ())
    ]
    correlated: dict[str, float] = getattr(detector, "correlation_costs", dict)()
    found += [RuleCost(uid=uid, title=uid, seconds=spent) for uid, spent in correlated.items()]
    found.sort(key=lambda cost: -cost.seconds)
    return [cost for place, cost in enumerate(found) if place < SHOWN or cost.cut_off]
