"""Whether the clock of this machine can be trusted: every window of the rules stands on it."""

from __future__ import annotations

from collections.abc import Iterator

from shangdun.runtime.doctor.symptom import Kind, Place, Symptom
from shangdun.runtime.monitor.figures import clock_offset

FAR_MILLIS = 500.0


def check(place: Place) -> Iterator[Symptom]:
    del place
    offset = clock_offset()
    if offset is None:
        yield Symptom(
            Kind.UNSAFE,
            "nothing keeps the clock of this machine right",
            "install and start chrony; in a container the host does it",
        )
    elif abs(offset) >= FAR_MILLIS:
        yield Symptom(
            Kind.BROKEN,
            f"the clock is {offset / 1000:.1f} s off",
            "see `chronyc tracking` or `timedatectl`",
        )
