"""Whether the records can be reached, are up to date, and somebody can look after them."""

from __future__ import annotations

from collections.abc import Iterator

from shangdun.records import boot
from shangdun.runtime.doctor.symptom import Kind, Place, Symptom


def check(place: Place) -> Iterator[Symptom]:
    if not place.home.is_dir():
        return  # the disk check says so
    boot.start()
    from django.db import connection  # noqa: PLC0415  needs boot.start
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415  as above

    from shangdun.records.models import User  # noqa: PLC0415  as above
    from shangdun.records.roles import Role  # noqa: PLC0415  as above

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield Symptom(
            Kind.LATE, "the records' tables are not up to date", "start `shangdun up` once"
        )
        return
    administrators = User.objects.filter(is_active=True, groups__name=Role.ADMINISTRATOR)
    if not administrators.exists():
        yield Symptom(
            Kind.MISSING, "nobody can administer", "`shangdun user add` with role administrator"
        )
    waiting = User.objects.filter(is_active=True, must_change_password=True).count()
    if waiting:
        yield Symptom(
            Kind.LATE, f"{waiting} people still have a one-time password", "ask them to sign in"
        )
