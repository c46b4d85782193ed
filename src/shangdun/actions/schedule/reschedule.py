"""Reckoning a programme's dates anew and keeping them."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from shangdun.govern.schedule.activity import Planned, Schedule
from shangdun.records.messages import console_zone
from shangdun.records.models import PlanTask, Programme
from shangdun.records.schedule import Network, reckoned


def reschedule(programme: Programme, at: datetime, network: Network | None = None) -> Schedule:
    """Reckon all tasks of the programme and store their dates and slack; inside a transaction.

    Dates follow from what was entered, so no version is counted up. Raises ``CycleError``
    (``schedule.cycle``) naming the tasks; then nothing is stored.
    """
    return store_schedule(programme, at, network)[0]


def store_schedule(
    programme: Programme, at: datetime, network: Network | None = None
) -> tuple[Schedule, int]:
    """The same, with how many tasks moved or got another slack."""
    found = reckoned(programme, at.astimezone(console_zone()).date(), network)
    stored = PlanTask.objects.filter(programme=programme, archived_at=None)
    kept = {
        pk: (starts, ends, slack)
        for pk, starts, ends, slack in stored.values_list("id", "starts_on", "ends_on", "slack")
    }
    changed = []
    for key, planned in found.planned.items():
        assert isinstance(key, int)  # noqa: S101 - keys of records are ids
        values = _values(planned)
        if key in kept and kept[key] != values:
            changed.append((values, key))
    _store(changed)
    return found, len(changed)


Values = tuple[object, object, int | None]


def _values(planned: Planned) -> Values:
    slack = None if planned.over else planned.slack
    return (planned.starts_on, planned.ends_on, slack)


def _store(changed: list[tuple[Values, int]]) -> None:
    """One statement for each row: a CASE over thousands of rows is what takes a second."""
    table = connection.ops.quote_name(PlanTask._meta.db_table)  # noqa: SLF001 - Django documents it
    sql = f"UPDATE {table} SET starts_on = %s, ends_on = %s, slack = %s WHERE id = %s"  # noqa: S608 - no value in it
    adapt = connection.ops.adapt_datefield_value
    rows = [
        (adapt(starts), adapt(ends), slack, pk)  # type: ignore[arg-type]  # dates both
        for (starts, ends, slack), pk in changed
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(sql, rows)
