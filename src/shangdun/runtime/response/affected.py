"""Lists of the affected are read beside the other jobs: a million rows take minutes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import msgspec
from django.db import connection

from shangdun.actions.affected.lists import QUERY, do_finish_affected_list
from shangdun.actions.affected.progress import add_rows, claim_list
from shangdun.actions.affected.reading import do_erase_affected, erasable
from shangdun.kernel.clock import Clock, SystemClock
from shangdun.kernel.config import Config
from shangdun.kernel.errors import ShangdunError, UsageError
from shangdun.lake.places import lake_folder
from shangdun.lake.query.ask import Question, request_of, run
from shangdun.lake.query.request import Done, Request, Rows
from shangdun.lake.store import Lake
from shangdun.records.actor import JOBS
from shangdun.records.affected_upload import chunks
from shangdun.records.letter_settings import letter_settings
from shangdun.records.models import AffectedList, AffectedSource, ListState
from shangdun.records.sealing import unseal
from shangdun.respond.affected.columns import Field, subjects_of
from shangdun.respond.affected.identity import Identity, Kind
from shangdun.respond.affected.table import Row, rows_in

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
AT_ONCE = 1_500
MOST_FOUND = 300_000
_COLUMN = {
    Field.ACCOUNT: 'coalesce("user.name", "user.uid")',
    Field.EMAIL: '"user.email_addr"',
    Field.ORDER: '"order.uid"',
}


class AffectedReader(threading.Thread):
    """Reads lists that wait, one after the other."""

    def __init__(
        self, home: Path, config: Config, stop: threading.Event, clock: Clock | None = None
    ) -> None:
        super().__init__(name="affected", daemon=True)
        self._lake = Lake(lake_folder(home, config))
        self._halt = stop
        self._clock = clock or SystemClock()

    def run(self) -> None:
        """Until ``stop`` is set."""
        while not self._halt.wait(LOOK_SECONDS):
            try:
                while not self._halt.is_set() and self.read_one():
                    pass
            except Exception:
                log.exception("lists of the affected cannot be read; tried again")
                connection.close()
        connection.close()

    def read_one(self) -> bool:
        """Read the next list that waits to its end; False when none does."""
        row = claim_list(self._clock.now())
        if row is None:
            return False
        try:
            whole = self._read(row)
        except ShangdunError as error:
            self._finish(row, ListState.FAILED, f"{error.code} {error.where}".strip())
        except OSError as error:
            self._finish(row, ListState.FAILED, type(error).__name__)
        else:
            if whole:
                self._finish(row, ListState.DONE)
        return True

    def _finish(self, row: AffectedList, state: ListState, error: str = "") -> None:
        do_finish_affected_list(JOBS, list_id=row.pk, state=state, error=error, clock=self._clock)

    def _read(self, row: AffectedList) -> bool:
        if row.source == AffectedSource.SEARCH:
            return self._found(row)
        return self._rows(row)

    def _rows(self, row: AffectedList) -> bool:
        """Read a file; False where it was stopped."""
        columns = {name: place for name, place in row.columns.items() if name != "heading"}
        counted = _Counted(chunks(row.token))
        rows: Iterator[Row] = rows_in(counted)
        if row.columns.get("heading", True):
            next(rows, None)
        batch = _Batch()
        for number, cells in rows:
            batch.add(number, *subjects_of(cells, columns))
            if batch.rows >= AT_ONCE:
                if self._halt.is_set() or not self._keep(row, batch, counted.read):
                    return False
                batch = _Batch()
        return self._keep(row, batch, counted.read)

    def _keep(self, row: AffectedList, batch: _Batch, done: int) -> bool:
        time.sleep(0)  # lets the console's writers in between
        return add_rows(
            row,
            batch.subjects,
            rows=batch.rows,
            problems=batch.problems,
            refused=batch.refused,
            done_bytes=done,
            now=self._clock.now(),
        )

    def _found(self, row: AffectedList) -> bool:
        """Whom the lake's events name; False where it was stopped."""
        field = Field(row.field)
        values = search_values(self._lake, row, _COLUMN[field])
        batch = _Batch()
        for number, value in enumerate(values, start=1):
            batch.add(number, *subjects_of([value], {field: 0}))
            if batch.rows >= AT_ONCE:
                if self._halt.is_set() or not self._keep(row, batch, number):
                    return False
                batch = _Batch()
        return self._keep(row, batch, 0)


def search_values(lake: Lake, row: AffectedList, column: str) -> list[str]:
    """Distinct values of a column in the events of a list's search. Raises ``ShangdunError``."""
    if row.since is None or row.until is None:
        return []
    text = unseal(bytes.fromhex(row.query), QUERY)
    question = Question(
        text=text, since=row.since, until=row.until, limit=MOST_FOUND, seconds=600.0
    )
    request = request_of(lake, question)
    found: list[str] = []
    for update in run(msgspec.structs.replace(request, **_statement(request, column))):
        if isinstance(update, Rows):
            found += [str(line["value"]) for line in update.rows if line.get("value")]
        if isinstance(update, Done) and update.more:
            raise UsageError(
                f"the search names more than {MOST_FOUND}",
                code="affected.rows",
                fix="search a shorter time, or upload a list",
            )
    return found


def _statement(request: Request, column: str) -> dict[str, Any]:
    """The condition's values are bound by name: a statement takes no others."""
    pieces = request.condition.split("?")
    names = [f"$value{number}" for number in range(len(pieces) - 1)]
    condition = "".join(map("".join, zip_longest(pieces, names, fillvalue="")))
    statement = (
        f"SELECT DISTINCT {column} AS value FROM events "  # noqa: S608 - ours; values are bound
        f"WHERE ({condition}) AND {column} IS NOT NULL"
    )
    named = {name[1:]: value for name, value in zip(names, request.values, strict=True)}
    return {"statement": statement, "named": named}


def erase_overdue(clock: Clock) -> None:
    """The duty that lets lists go when their time is over."""
    for incident_id in erasable(clock.now(), letter_settings().retention_days):
        do_erase_affected(JOBS, incident_id=incident_id, clock=clock)


class _Counted:
    """Pieces of a file, counting what was read of it."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self.read = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.read += len(piece)
            yield piece


class _Batch:
    """Some rows, read but not yet kept."""

    def __init__(self) -> None:
        self.subjects: list[tuple[Kind, Identity]] = []
        self.problems: list[dict[str, object]] = []
        self.rows = 0
        self.refused = 0

    def add(
        self, number: int, found: list[tuple[Kind, Identity]], wrong: list[tuple[str, str]]
    ) -> None:
        self.rows += 1
        self.subjects += found
        self.refused += not found
        self.problems += [{"row": number, "field": field, "code": code} for field, code in wrong]
