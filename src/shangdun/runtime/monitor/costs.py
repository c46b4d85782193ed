"""What rules cost, hold and leave out, as the health of the watch tells it."""

from __future__ import annotations

from collections.abc import Mapping

from shangdun.detect.correlation.state import Figures
from shangdun.lake.health import RuleCost, RuleMemory
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
    titles: Mapping[str, str] = getattr(detector, "titles", {})
    found += [
        RuleCost(uid=uid, title=titles.get(uid, uid), seconds=spent)
        for uid, spent in correlated.items()
    ]
    found.sort(key=lambda cost: -cost.seconds)
    return [cost for place, cost in enumerate(found) if place < SHOWN or cost.cut_off]


def rule_memories(detector: Detector) -> list[RuleMemory]:
    """All baselines, and the correlations that left something out; most left out first."""
    titles: Mapping[str, str] = getattr(detector, "titles", {})
    correlations: Mapping[str, Figures] = getattr(detector, "rule_figures", dict)()
    baselines: Mapping[str, Mapping[str, int]] = getattr(detector, "baseline_figures", dict)()
    found = [
        RuleMemory(
            uid=uid,
            title=titles.get(uid, uid),
            held=figures.groups,
            evicted=figures.evicted_groups + figures.evicted_events,
            trimmed=figures.trimmed_events,
            late=figures.late_events,
            ungrouped=figures.ungrouped_events,
            untimed=figures.untimed_events,
            non_numeric=figures.non_numeric_events,
        )
        for uid, figures in correlations.items()
    ]
    kept = [memory for memory in found if memory.left_out]
    kept += [
        RuleMemory(
            uid=uid,
            title=titles.get(uid, uid),
            held=figures["entities"],
            evicted=figures["evicted"],
            late=figures["late"],
            withheld=figures["withheld"],
            baseline=True,
            learning=figures["now"] < figures["knows"],
            learning_until=figures["knows"] if figures["began"] else 0,
        )
        for uid, figures in baselines.items()
    ]
    return sorted(kept, key=lambda memory: (-memory.left_out, memory.title))


def withheld(detector: Detector) -> int:
    """Findings not raised because a sale was announced."""
    count: int = getattr(detector, "withheld", int)()
    return count
