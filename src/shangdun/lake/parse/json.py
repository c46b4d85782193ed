"""JSON lines of any shape: fields keep their names, nested ones are joined with dots."""

from __future__ import annotations

import numpy as np
import polars as pl

from shangdun.lake.block import Block, Parsed
from shangdun.lake.parse._columns import Columns
from shangdun.lake.parse._json_time import TIME_NAMES, event_times
from shangdun.lake.parse._reader import Reader
from shangdun.lake.parse._records import read_rows
from shangdun.lake.parse._values import flatten, load_object
from shangdun.lake.text import Text


class JsonReader(Reader):
    """Fields as they are, save that ``time`` is in milliseconds, from the usual names of a time."""

    name = "json"
    title = "JSON lines"

    def parse(self, block: Block, fields: frozenset[str] | None = None) -> Parsed:
        """See ``lake.block.Parser``."""
        timed = fields is None or "time" in fields
        wanted = fields if fields is None or not timed else fields | frozenset(TIME_NAMES)
        text = Text(block)
        kept, events, dead = read_rows(
            text, text.lines, lambda line: flatten(load_object(line), wanted)
        )
        columns = Columns(len(events))
        columns.add_rows(range(len(events)), events)
        series = columns.series()
        if timed:
            series["time"] = event_times(series, len(events), self.zone)
        if fields is not None:
            series = {name: values for name, values in series.items() if name in fields}
        places = text.places(text.lines.take(np.array(kept, np.int64)))
        frame = pl.DataFrame(series | places)
        return Parsed(frame, (*block.dead, *dead), None, block, self.name)


READER = JsonReader
