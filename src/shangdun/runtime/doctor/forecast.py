"""When the disks of the machines observed will be full."""

from __future__ import annotations

from collections.abc import Iterator

from shangdun.observe.forecast import days_until_full
from shangdun.observe.state import Observed, load, observed_path
from shangdun.runtime.doctor.symptom import Kind, Place, Symptom

SOON_DAYS = 30


def check(place: Place) -> Iterator[Symptom]:
    for host, history in load(observed_path(place.home), Observed).hosts.items():
        for mount, points in history.disks.items():
            days = days_until_full(points)
            if days is not None and days < SOON_DAYS:
                yield Symptom(
                    Kind.LATE,
                    f"{host}: {mount} is {points[-1][1]:.0f} % used and full in {days:.0f} days",
                    "see what grows; shorten lake.retention_days or enlarge the disk",
                )
