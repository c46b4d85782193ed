"""Rows on their way to the lake, with the batches they came in."""

from __future__ import annotations

import polars as pl

from shangdun.lake.schema import POLARS_SCHEMA
from shangdun.lake.store import StoredLetter
from shangdun.runtime.pipeline import Outcome


class Buffer:
    """What has been processed since the last commit."""

    def __init__(self) -> None:
        self.batches = 0
        self.rows = 0
        self.bytes = 0
        """Of the lines, which is what the frames grow with."""
        self._frames: list[pl.DataFrame] = []
        self._letters: list[tuple[int, StoredLetter]] = []

    def add(self, outcome: Outcome, size: int) -> None:
        """Take a batch's rows."""
        self.batches += 1
        self.bytes += size
        self._letters += [(outcome.batch, letter) for letter in outcome.letters]
        for piece in outcome.pieces:
            if piece.frame.height:
                self.rows += piece.frame.height
                self._frames.append(piece.frame)

    def frame(self) -> pl.DataFrame:
        """All rows in the order they came, with the columns that have values."""
        if not self._frames:
            return pl.DataFrame(schema={"day": POLARS_SCHEMA["day"]})
        return pl.concat(self._frames, how="diagonal")

    def letters(self, *, after: int) -> list[StoredLetter]:
        """Dead letters of the batches after one."""
        return [letter for batch, letter in self._letters if batch > after]
