"""JSON of any shape, in lines or laid out: fields keep names, nested ones are joined with dots."""

from __future__ import annotations

from datetime import UTC, tzinfo

import polars as pl

from shangdun.kernel.clock import Clock
from shangdun.lake.block import Block, Parsed
from shangdun.lake.parse._json_lines import JsonLines
from shangdun.lake.parse._json_spread import is_spread, spread_boundary, spread_rows
from shangdun.lake.parse._json_time import TIME_NAMES, event_times
from shangdun.lake.parse._reader import Reader
from shangdun.lake.parse._values import flatten, load_object
from shangdun.lake.text import Text


class JsonReader(Reader):
    """Fields as they are, save that ``time`` is in milliseconds, from the usual names of a time."""

    name = "json"
    title = "JSON lines"

    def __init__(self, clock: Clock | None = None, zone: tzinfo = UTC) -> None:
        super().__init__(clock, zone)
        self._lines = JsonLines()

    def parse(self, block: Block, fields: frozenset[str] | None = None) -> Parsed:
        """See ``lake.block.Parser``."""
        timed = fields is None or "time" in fields
        wanted = fields if fields is None or not timed else fields | frozenset(TIME_NAMES)
        if is_spread(block.data):
            return self._spread(block, fields, wanted, timed=timed)
        text = Text(block)
        reading = self._lines.read(text, wanted)
        series = reading.columns.series()
        if timed:
            series["time"] = event_times(series, len(text.lines), self.zone)
        if fields is not None:
            series = {name: values for name, values in series.items() if name in fields}
        frame = pl.DataFrame(series | text.places(text.lines))
        if not reading.is_event.all():
            frame = frame.filter(reading.is_event)
        return Parsed(frame, (*block.dead, *reading.dead), None, block, self.name)

    def _spread(
        self,
        block: Block,
        fields: frozenset[str] | None,
        wanted: frozenset[str] | None,
        *,
        timed: bool,
    ) -> Parsed:
        """The same for objects that are not one a line."""
        columns, places, dead = spread_rows(block, lambda text: flatten(load_object(text), wanted))
        series = columns.series()
        if timed:
            series["time"] = event_times(series, columns.height, self.zone)
        if fields is not None:
            series = {name: values for name, values in series.items() if name in fields}
        return Parsed(pl.DataFrame(series | places), (*block.dead, *dead), None, block, self.name)

    def boundary(self, data: bytes) -> int:
        """Behind a line, or behind an object where they are not one a line."""
        return spread_boundary(data)


READER = JsonReader
