"""The lines of a block into columns: as many at once as will go, the others one by one."""

from __future__ import annotations

import numpy as np

from shangdun.lake.block import DeadLetter
from shangdun.lake.parse._columns import Columns
from shangdun.lake.parse._json_fast import FastReader
from shangdun.lake.parse._records import read_rows
from shangdun.lake.parse._values import Flat, flatten, load_object
from shangdun.lake.text import Text

SAMPLE_LINES = 64
"""Read one by one to learn the keys, before anything else is tried."""
PARTS = 8
"""What cannot be read at once is cut into so many parts and tried again."""
FEWEST_LINES = 32
"""Not so few lines, though: those are read one by one."""
MOST_FAILURES = 48
"""Then the rest of the block is read one by one …"""
PAUSE = 16
"""… and so many blocks after it."""


class JsonLines:
    """Remembers from block to block what keys the events have, and whether trying is worth it."""

    def __init__(self) -> None:
        self._fast = FastReader()
        self._pause = 0

    def read(self, text: Text, wanted: frozenset[str] | None) -> Reading:
        """All the lines of a block; of columns only the wanted ones."""
        reading = Reading(text, wanted, self._fast)
        count = len(text.lines)
        if self._pause:
            self._pause -= 1
            reading.one_by_one(0, count)
            return reading
        if self._fast.knows_nothing:
            reading.learn(min(count, SAMPLE_LINES))
        reading.at_once(0, count)
        if reading.failures > MOST_FAILURES:
            self._fast = FastReader()
            self._pause = PAUSE
        return reading


class Reading:
    """A block while it is read; rows are its lines."""

    def __init__(self, text: Text, wanted: frozenset[str] | None, fast: FastReader) -> None:
        self.columns = Columns(len(text.lines))
        self.is_event = np.ones(len(text.lines), bool)
        """Lines that could be read."""
        self.dead: list[DeadLetter] = []
        self.failures = 0
        self._text = text
        self._wanted = wanted
        self._fast = fast

    def learn(self, lines: int) -> None:
        """See what keys the first lines have."""
        read_rows(self._text, self._text.lines.take(np.arange(lines)), self._flat)

    def at_once(self, start: int, end: int) -> None:
        """Read these lines by the keys known; what resists is cut into parts and tried again."""
        lines = self._text.lines
        if end - start <= FEWEST_LINES or self.failures > MOST_FAILURES:
            self.one_by_one(start, end)
            return
        data = self._text.block.data
        if end - start < len(lines) or lines.starts[0]:
            data = data[lines.starts[start] : lines.ends[end - 1]]
        columns = self._fast.read(data, end - start)
        if columns is None:
            self.failures += 1
            step = -(-(end - start) // PARTS)
            for part in range(start, end, step):
                self.at_once(part, min(part + step, end))
            return
        rows = np.arange(start, end)
        for name, values in columns.items():
            if self._wanted is None or name in self._wanted:
                self.columns.add(name, rows, values)

    def one_by_one(self, start: int, end: int) -> None:
        """Read these lines each for itself, and learn their keys."""
        rows = np.arange(start, end)
        kept, events, dead = read_rows(self._text, self._text.lines.take(rows), self._flat)
        self.is_event[rows] = False
        self.is_event[rows[kept]] = True
        self.columns.add_rows(rows[kept].tolist(), events)
        self.dead += dead

    def _flat(self, line: bytes) -> Flat:
        event = load_object(line)
        self._fast.learn(event)
        return flatten(event, self._wanted)
