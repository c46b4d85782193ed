"""Whether the shop is probed, and answers."""

from __future__ import annotations

from collections.abc import Iterator

from shangdun.kernel.clock import to_millis
from shangdun.observe.probe import Condition
from shangdun.observe.settings import monitor_config
from shangdun.observe.state import ProbeStates, load, probes_path
from shangdun.runtime.doctor.symptom import Kind, Place, Symptom

STALE_MILLIS = 5 * 60_000
EXPIRES_DAYS = 21


def check(place: Place) -> Iterator[Symptom]:
    monitor_config(place.config)  # raises where the section is wrong, which is then the symptom
    states = load(probes_path(place.home), ProbeStates)
    if not states.probes:
        yield Symptom(
            Kind.MISSING,
            "nothing asks whether the shop answers",
            "add a probe on the Health page: start page, checkout, certificate",
        )
        return
    now = to_millis(place.clock.now())
    if now - states.written > STALE_MILLIS:
        minutes = (now - states.written) // 60_000
        yield Symptom(
            Kind.LATE,
            f"no probe was asked for {minutes} minutes",
            "start `shangdun up` (or `jobs`)",
        )
    for uid, state in states.probes.items():
        if state.condition is Condition.DOWN and state.last:
            yield Symptom(
                Kind.BROKEN,
                f"probe {uid}: {state.last.detail}",
                "the Health page says since when",
            )
        if state.days_left is not None and state.days_left < EXPIRES_DAYS:
            yield Symptom(
                Kind.LATE,
                f"probe {uid}: the certificate is good for {state.days_left:.0f} days",
                "renew it",
            )
