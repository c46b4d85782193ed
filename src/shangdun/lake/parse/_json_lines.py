"""The lines of a block into columns: as many at once as will go, the others one by one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from shangdun.lake.block import DeadLetter
from shangdun.lake.parse._columns import Columns
from shangdun.lake.parse._json_fast import FastReader
from shangdun.lake.parse._json_structs import StructReader
from shangdun.lake.parse._records import read_rows
from shangdun.lake.parse._values import Flat, flatten, load_object
from shangdun.lake.text import Ints, Text

SAMPLE_LINES = 64
"""Read one by one to learn the keys, before anything else is tried."""
RUN_BYTES = 1 << 18
"""Read against structs at once: what is made of so many bytes stays in the processor's cache."""
PAUSE = 16
"""After a block that could not be read at once, so many are not tried."""
_OPENS, _CLOSES = b"{}"


class JsonLines:
    """Remembers from block to block what keys the events have, and whether trying is worth it."""

    def __init__(self) -> None:
        self._fast = FastReader()
        self._structs = StructReader()
        self._pause = 0

    def read(self, text: Text, wanted: frozenset[str] | None) -> Reading:
        """All the lines of a block; of columns only the wanted ones."""
        reading = Reading(text, wanted, self._fast, self._structs)
        if self._fast.knows_nothing:
            reading.learn(min(len(text.lines), SAMPLE_LINES))
        if self._pause:
            self._pause -= 1
        elif reading.at_once():
            return reading
        else:
            self._pause = PAUSE
        for start, end in _runs(text):
            reading.run(start, end)
        return reading


def _runs(text: Text) -> Iterator[tuple[int, int]]:
    """Lines of about ``RUN_BYTES`` together, as the first and the one behind the last."""
    starts = text.lines.starts
    first = 0
    while first < len(starts):
        end = int(np.searchsorted(starts, starts[first] + RUN_BYTES))
        yield first, end
        first = end


class Reading:
    """A block while it is read; rows are its lines."""

    def __init__(
        self,
        text: Text,
        wanted: frozenset[str] | None,
        fast: FastReader,
        structs: StructReader,
    ) -> None:
        self.columns = Columns(len(text.lines))
        self.is_event = np.ones(len(text.lines), bool)
        """Lines that could be read."""
        self.dead: list[DeadLetter] = []
        self._text = text
        self._wanted = wanted
        self._fast = fast
        self._structs = structs

    def learn(self, lines: int) -> None:
        """See what keys the first lines have."""
        read_rows(self._text, self._text.lines.take(np.arange(lines)), self._flat)

    def at_once(self) -> bool:
        """Read the whole block in one call; false where that would not be safe."""
        lines = self._text.lines
        if not len(lines):
            return True
        columns = self._fast.read(self._text.block.data[lines.starts[0] :], len(lines))
        rows = np.arange(len(lines))
        for name, values in (columns or {}).items():
            if self._wanted is None or name in self._wanted:
                self.columns.add(name, rows, values)
        return columns is not None

    def run(self, start: int, end: int) -> None:
        """Read these lines by the keys known; those that have others, one by one."""
        lines, octets = self._text.lines, self._text.octets
        rows = np.arange(start, end)
        first, last = octets[lines.starts[start:end]], octets[lines.ends[start:end] - 1]
        events = None
        if bool(((first == _OPENS) & (last == _CLOSES)).all()):
            data = self._text.block.data[lines.starts[start] : lines.ends[end - 1]]
            events = self._structs.read_run(data, end - start)
        if events is None:
            tried = [self._structs.read_line(self._text.line(lines, row)) for row in rows.tolist()]
            read = np.array([event is not None for event in tried], bool)
            events, rest = [event for event in tried if event is not None], rows[~read]
            rows = rows[read]
        else:
            rest = rows[:0]
        for name, where, values in self._structs.columns(events, rows, self._wanted):
            self.columns.add(name, where, values)
        self._one_by_one(rest)

    def _one_by_one(self, rows: Ints) -> None:
        """Read these lines each for itself, and learn their keys."""
        kept, events, dead = read_rows(self._text, self._text.lines.take(rows), self._flat)
        self.is_event[rows] = False
        self.is_event[rows[kept]] = True
        self.columns.add_rows(rows[kept].tolist(), events)
        self.dead += dead

    def _flat(self, line: bytes) -> Flat:
        event = load_object(line)
        self._fast.learn(event)
        self._structs.learn(event)
        return flatten(event, self._wanted)
