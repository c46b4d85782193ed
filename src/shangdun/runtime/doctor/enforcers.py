"""Whether what was decided is in force, at every enforcer that is configured or was given a key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from shangdun.protect.enforcers.registry import enforcer_settings
from shangdun.records import boot
from shangdun.runtime.doctor.symptom import Kind, Place, Symptom

PROCESS_SILENT = timedelta(seconds=60)
CLIENT_SILENT = timedelta(minutes=15)
"""Bouncers ask every few seconds or minutes, some only when a visitor comes."""


def check(place: Place) -> Iterator[Symptom]:
    wanted = {settings.called for settings in enforcer_settings(place.config)}
    if not place.home.is_dir():
        return  # the disk check says so
    boot.start()
    from django.db import connection  # noqa: PLC0415  needs boot.start

    from shangdun.records.models import Enforcer  # noqa: PLC0415  as above

    if Enforcer._meta.db_table not in connection.introspection.table_names():  # noqa: SLF001  Django's documented name
        return  # the records check says so
    rows = {row.name: row for row in Enforcer.objects.all()}
    for name in sorted(wanted - rows.keys()):
        yield _never(name)
    for row in rows.values():
        yield from _row(row, place, configured=row.name in wanted)


def _never(name: str) -> Symptom:
    return Symptom(
        Kind.MISSING, f"the enforcer {name} has never run", "start `shangdun up` (or `enforce`)"
    )


def _row(row: Any, place: Place, *, configured: bool) -> Iterator[Symptom]:  # noqa: ANN401  a model
    local = not row.key_hash
    if local and not configured:
        return  # it was taken out of the configuration; its row tells until it is removed
    named = f"the enforcer {row.name}"
    if row.last_seen is None:
        yield (
            _never(row.name)
            if local
            else Symptom(
                Kind.MISSING, f"{named} never asked for decisions", "give it its key and address"
            )
        )
        return
    silent = place.clock.now() - row.last_seen
    if silent > (PROCESS_SILENT if local else CLIENT_SILENT):
        minutes = silent // timedelta(minutes=1)
        fix = "start `shangdun up` (or `enforce`)" if local else "is it running?"
        yield Symptom(Kind.LATE, f"{named} has been silent for {minutes} minutes", fix)
    if row.problem:
        yield Symptom(Kind.BROKEN, f"{named}: {row.problem}", "see the Enforcers page")
