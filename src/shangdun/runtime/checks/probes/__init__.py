"""The shop is asked from outside, and answers."""

from __future__ import annotations

from shangdun.kernel.clock import to_millis
from shangdun.observe.probe import Condition
from shangdun.observe.state import ProbeStates, load, probes_path
from shangdun.runtime.checks.asked import Asked, Seen, SeenFact, failed, passed

STALE_MILLIS = 5 * 60_000


def check(asked: Asked) -> Seen:
    """Fails where nothing is probed, no probe was asked for minutes, or one is down."""
    from shangdun.runtime.records import enabled_probes  # noqa: PLC0415  needs boot

    probes = enabled_probes()
    if not probes:
        return failed("none")
    states = load(probes_path(asked.home), ProbeStates)
    if to_millis(asked.now) - states.written > STALE_MILLIS:
        return failed("stale", count=len(probes))
    facts, down = [], []
    for probe in probes:
        state = states.probes.get(probe.uid)
        condition = state.condition if state else Condition.UNKNOWN
        facts.append(SeenFact("probe", condition.value, "/health/", {"name": probe.name}))
        if condition is Condition.DOWN:
            down.append(probe.name)
    if down:
        return failed("down", *facts, count=len(down), names=", ".join(down))
    return passed("good", *facts, count=len(probes))
