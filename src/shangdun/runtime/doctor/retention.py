"""Whether events are kept as long as the law asks."""

from __future__ import annotations

from collections.abc import Iterator

from shangdun.runtime.doctor.symptom import Kind, Place, Symptom

LAW_DAYS = 183
"""Six months of network logs: Cybersecurity Law of the PRC, Art. 21 (text of 2016)."""


def check(place: Place) -> Iterator[Symptom]:
    days = place.config.lake.retention_days
    if days < LAW_DAYS:
        yield Symptom(
            Kind.UNSAFE,
            f"events are kept for {days} days; the law asks for at least six months",
            f"set lake.retention_days to {LAW_DAYS} or more",
        )
