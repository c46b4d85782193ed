"""Whether the home directory can take what comes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

from shangdun.lake.places import lake_folder
from shangdun.runtime.doctor.symptom import Kind, Place, Symptom

LOW_BYTES = 2 << 30


def check(place: Place) -> Iterator[Symptom]:
    if not place.home.is_dir():
        yield Symptom(
            Kind.MISSING, f"there is no home directory {place.home}", "run `shangdun up` once"
        )
        return
    if not os.access(place.home, os.W_OK):
        yield Symptom(
            Kind.BROKEN, f"{place.home} cannot be written", "give it to the user ShangDun runs as"
        )
    lake = lake_folder(place.home, place.config)
    for folder in {place.home, lake} if lake.is_dir() else {place.home}:
        free = shutil.disk_usage(folder).free
        if free < LOW_BYTES:
            yield Symptom(
                Kind.LATE,
                f"{free >> 20} MiB are free on the disk of {folder}",
                "free space, or shorten lake.retention_days",
            )
