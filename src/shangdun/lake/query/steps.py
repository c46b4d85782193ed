"""What a search does, in the order in which people want to see it: rows, histogram, facets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import duckdb

from shangdun.lake.query.columns import DUCKDB_TYPES
from shangdun.lake.query.engine import show_events
from shangdun.lake.query.export import write_export
from shangdun.lake.query.request import Exported, Facet, FileGroup, Histogram, Request, Rows, Update
from shangdun.lake.query.sql import quote
from shangdun.lake.query.statement import check_statement

Tell = Callable[[Update], None]
LONGEST_VALUE = 2000
"""Letters of a value in a facet, and of one in a statement's row."""
GROUP_ROWS = 4_000_000
"""Days are taken together up to so many rows: a histogram tells of its progress between them."""


class Steps:
    """One request, step by step; every step is one query or one for each group of files."""

    def __init__(
        self, engine: duckdb.DuckDBPyConnection, request: Request, tell: Callable[[Update], None]
    ) -> None:
        self._engine = engine
        self._request = request
        self._tell = tell
        self._condition = f"({request.condition}) AND time >= ? AND time < ?"
        self._values = [*request.values, request.since, request.until]

    def run(self) -> bool:
        """Answer everything; gives whether there are more rows than were wanted."""
        if self._request.sql:
            check_statement(self._engine, self._request.sql)
            return self._statement(self._request.sql)
        if self._request.statement:
            return self._statement(self._request.statement)
        if self._request.export:
            return self._export()
        more = self._rows()
        if self._request.step:
            self._histogram()
        for field in self._request.facets:
            self._facet(field)
        return more

    def _statement(self, statement: str) -> bool:
        """SQL over the events of the range."""
        request = self._request
        show_events(self._engine, self._paths(request.groups), "all_events")
        self._engine.execute(
            "CREATE OR REPLACE TEMP VIEW events AS SELECT * FROM all_events "  # noqa: S608  numbers
            f"WHERE time >= {int(request.since)} AND time < {int(request.until)}"
        )
        if request.export:
            return self._written(statement, [])
        cursor = self._engine.execute(statement, dict(request.named) or None)
        names = [column[0] for column in cursor.description or ()]
        found = cursor.fetchmany(request.limit + 1)
        rows = [
            {name: _plain(value) for name, value in zip(names, row, strict=True)}
            for row in found[: request.limit]
        ]
        self._tell(Rows(rows, names))
        return len(found) > request.limit

    def _rows(self) -> bool:
        """The newest rows, day after day until there are enough: the first ones come at once."""
        left = self._request.limit
        for group in self._request.groups:
            show_events(self._engine, group.paths)
            cursor = self._engine.execute(
                f"SELECT * FROM events WHERE {self._condition} "  # noqa: S608  names are quoted, values bound
                f"ORDER BY time DESC, source_offset DESC LIMIT {left + 1}",
                self._values,
            )
            names = [column[0] for column in cursor.description or ()]
            found = cursor.fetchall()
            rows = [
                {name: value for name, value in zip(names, row, strict=True) if value is not None}
                for row in found[:left]
            ]
            if rows:
                self._tell(Rows(rows))
            if len(found) > left:
                return True
            left -= len(found)
        return False

    def _histogram(self) -> None:
        """Counts by time, newest days first, told as they come in."""
        step, shift = int(self._request.step), int(self._request.shift)
        bars: Counter[int] = Counter()
        total = sum(group.rows for group in self._request.groups) or 1
        seen = 0
        for group in _together(self._request.groups):
            show_events(self._engine, group.paths)
            found = self._engine.execute(
                f"SELECT (time + {shift}) // {step} * {step} - {shift}, count(*) FROM events "  # noqa: S608  as above
                f"WHERE {self._condition} GROUP BY 1",
                self._values,
            ).fetchall()
            bars.update({int(start): int(count) for start, count in found})
            seen += group.rows
            self._tell(Histogram(dict(bars), seen / total, step))
        if not self._request.groups:
            self._tell(Histogram({}, 1.0, step))

    def _facet(self, field: str) -> None:
        if field not in DUCKDB_TYPES:
            return
        show_events(self._engine, self._paths(self._request.groups))
        found = self._engine.execute(
            f"SELECT {quote(field)}, count(*) AS n FROM events WHERE {self._condition} "  # noqa: S608  as above
            f"GROUP BY 1 ORDER BY n DESC, 1 LIMIT {int(self._request.values_a_facet)}",
            self._values,
        ).fetchall()
        self._tell(Facet(field, [(_plain(value), int(count)) for value, count in found]))

    def _export(self) -> bool:
        show_events(self._engine, self._paths(self._request.groups))
        wanted = [name for name in self._request.columns if name in DUCKDB_TYPES]
        columns = ", ".join(map(quote, wanted)) or "*"
        return self._written(
            f"SELECT {columns} FROM events WHERE {self._condition} ORDER BY time DESC",  # noqa: S608  as above
            self._values,
        )

    def _written(self, statement: str, values: Sequence[Any]) -> bool:
        export = self._request.export
        if export is None:
            return False
        reader = self._engine.execute(statement, list(values)).to_arrow_reader(20_000)
        rows, more = write_export(reader, export, lambda n: self._tell(Exported(n, more=False)))
        self._tell(Exported(rows, more))
        return more

    def _paths(self, groups: Sequence[FileGroup]) -> list[str]:
        return [path for group in groups for path in group.paths]


def _together(groups: Sequence[FileGroup]) -> list[FileGroup]:
    """Neighbouring days as one group as long as they are small."""
    found: list[FileGroup] = []
    for group in groups:
        if found and found[-1].rows + group.rows <= GROUP_ROWS:
            last = found[-1]
            found[-1] = FileGroup([*last.paths, *group.paths], last.rows + group.rows)
        else:
            found.append(group)
    return found


def _plain(value: Any) -> Any:  # noqa: ANN401  whatever SQL gives
    """A value that JSON knows; numbers beyond 64 bits and all other kinds as text."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**64 else str(value)
    return str(value)[:LONGEST_VALUE]
