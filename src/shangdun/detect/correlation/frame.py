"""A frame of events as the rules of one feed read it.

A column is put into a dictionary once a frame, whichever rules read it; after that a rule's rows
are a matter of small integers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from shangdun.detect.correlation.buffer import MAX_TIME, Flags, Ints
from shangdun.detect.correlation.hit import Rows
from shangdun.detect.pipelines import column_of
from shangdun.lake.block import LINE, OFFSET

Values = npt.NDArray[np.uint64]

GREATEST = 1e13
"""A number beyond it is none: sums over a window could not be exact any more."""
TIME = "time"


class Coded:
    """A column as codes into a dictionary of texts; -1 where it is empty."""

    def __init__(self, column: pl.Series) -> None:
        encoded = column.to_arrow().dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks()
        codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        self.codes: Ints = codes.astype(np.int64)
        self._dictionary = encoded.dictionary

    @cached_property
    def texts(self) -> list[str]:
        """The dictionary."""
        texts: list[str] = self._dictionary.to_pylist()
        return texts


class Frame:
    """Events that stand in one file, in order of arrival; ``place`` is the index of the file."""

    order: Ints | None = None
    """Rank of arrival by event, where it is not that of the rows."""

    def __init__(self, events: pl.DataFrame, place: int = 0) -> None:
        self._events = events
        self._place = place
        self._coded: dict[str, Coded] = {}
        self._hashed: dict[str, tuple[Values, Flags]] = {}
        self._numeric: dict[str, tuple[Values, Flags, Flags]] = {}

    def __len__(self) -> int:
        return len(self._events)

    def origin_of(self, events: Rows) -> Rows:
        """The row of the frame just fed that holds each event, -1 where it came before."""
        return events

    def places_of(self, events: Rows) -> Ints:
        """Index of the file that holds each event."""
        return np.full(len(events), self._place, np.int64)

    def arrival_of(self, events: Rows) -> Ints:
        """A number that grows with arrival."""
        return events if self.order is None else self.order[events]

    @cached_property
    def timed(self) -> Flags:
        """Where there is a time."""
        return self._times.is_not_null().to_numpy()

    @cached_property
    def times(self) -> Ints:
        """Milliseconds since the epoch."""
        times: Ints = np.clip(self._times.fill_null(0).to_numpy(), 0, MAX_TIME)
        return times

    @cached_property
    def lines(self) -> Ints:
        """Line of each event in its file."""
        return self.whole(LINE)

    @cached_property
    def offsets(self) -> Ints:
        """Byte at which each event's line starts."""
        return self.whole(OFFSET)

    @cached_property
    def _times(self) -> pl.Series:
        if TIME in self._events.columns:
            return self._events[TIME].cast(pl.Int64)
        return pl.repeat(None, len(self._events), dtype=pl.Int64, eager=True)

    def coded(self, field: str) -> Coded:
        """A field's values, by the column of its name or the one that it is mapped to."""
        if field not in self._coded:
            self._coded[field] = Coded(self.text(field))
        return self._coded[field]

    def hashed(self, field: str) -> tuple[Values, Flags]:
        """A hash of a field's every value, the same in every frame and process; where it is."""
        if field not in self._hashed:
            text = self.text(field)
            self._hashed[field] = (text.hash(seed=920).to_numpy(), text.is_not_null().to_numpy())
        return self._hashed[field]

    def numbers(self, field: str) -> tuple[Values, Flags, Flags]:
        """Bits of a field's every value as a float; where there is a value; where it is a number.

        A text that spells a finite number is one. Yes and no are none, nor is what is greater
        than ``GREATEST`` either way.
        """
        if field not in self._numeric:
            self._numeric[field] = self._read_numbers(field)
        return self._numeric[field]

    def text(self, field: str) -> pl.Series:
        """A field as text: lists joined by commas, structures as JSON."""
        column = self._column(field)
        if column is None:
            return pl.repeat(None, len(self._events), dtype=pl.String, eager=True)
        return _as_text(column)

    def texts(self, fields: Iterable[str], events: Rows) -> pl.DataFrame:
        """Some events' fields, each under its own name; those that none of them has left out."""
        columns = {}
        for field in sorted(fields):
            column = self._column(field)
            if column is not None:
                text = _as_text(column.gather(events))
                if text.null_count() < len(text):
                    columns[field] = text
        return pl.DataFrame(columns) if columns else pl.DataFrame(height=len(events))

    def _column(self, field: str) -> pl.Series | None:
        name = column_of(field, self._events.columns)
        return None if name is None else self._events[name]

    def _read_numbers(self, field: str) -> tuple[Values, Flags, Flags]:
        column = self._column(field)
        if column is None or not column.dtype.is_numeric():
            column = self.text(field)
            there = column.is_not_null()
            column = column.str.strip_chars().cast(pl.Float64, strict=False)
        else:
            there = column.is_not_null()
            column = column.cast(pl.Float64)
        floats = column.fill_null(float("nan")).to_numpy().astype(np.float64)
        known: Flags = np.abs(floats) <= GREATEST  # false for what is not a number, too
        floats = np.where(known, floats, 0.0) + 0.0  # -0.0 becomes 0.0
        return floats.view(np.uint64), there.to_numpy(), known

    def whole(self, column: str) -> Ints:
        """A column of whole numbers; 0 throughout where there is no such column."""
        if column not in self._events.columns:
            return np.zeros(len(self._events), np.int64)
        return self._events[column].cast(pl.Int64).to_numpy()


@dataclass(frozen=True, slots=True)
class Certain:
    """Absences that became certain in a feed: they count where the events were that began them.

    Parallel columns, in the order in which they became certain.
    """

    times: Ints
    """When it was certain: the event's time and the timespan."""
    places: Ints
    lines: Ints
    offsets: Ints
    origin: Rows
    """Row of the frame just fed that holds the event, else -1."""
    before: Rows
    """Row of the frame just fed whose time made it certain."""
    fields: pl.DataFrame
    """Texts that were kept of the events, and their ``time``."""

    def __len__(self) -> int:
        return len(self.times)

    def kept(self) -> dict[tuple[int, int, int], dict[str, str]]:
        """The fields, by file, line and offset, of the events that are in no row."""
        gone = np.flatnonzero(self.origin < 0)
        rows = self.fields[gone].drop(TIME).to_dicts() or [{}] * len(gone)
        places = (column[gone].tolist() for column in (self.places, self.lines, self.offsets))
        return {
            place: {name: value for name, value in row.items() if value is not None}
            for place, row in zip(zip(*places, strict=True), rows, strict=True)
        }


class Joined(Frame):
    """A frame and absences that became certain in it, each before the event that made it so."""

    def __init__(self, frame: Frame, certain: Certain, fields: Iterable[str]) -> None:
        every = np.arange(len(frame))
        table = frame.texts(fields, every).with_columns(
            pl.Series(TIME, np.where(frame.timed, frame.times, -1)),
            pl.Series(LINE, frame.lines),
            pl.Series(OFFSET, frame.offsets),
        )
        added = certain.fields.with_columns(
            pl.Series(TIME, certain.times),
            pl.Series(LINE, certain.lines),
            pl.Series(OFFSET, certain.offsets),
        )
        events = pl.concat([table, added], how="diagonal", rechunk=True)
        super().__init__(events.with_columns(pl.col(TIME).replace(-1, None)))
        self._origin = np.concatenate([frame.origin_of(every), certain.origin])
        self._places = np.concatenate([frame.places_of(every), certain.places])
        ranks = 2 * every + 1 if frame.order is None else frame.order
        self.order = np.concatenate([ranks, 2 * certain.before])

    def origin_of(self, events: Rows) -> Rows:
        """See ``Frame``."""
        return self._origin[events]

    def places_of(self, events: Rows) -> Ints:
        """See ``Frame``."""
        return self._places[events]


def _as_text(column: pl.Series) -> pl.Series:
    if isinstance(column.dtype, pl.Struct):
        return column.struct.json_encode()
    if isinstance(column.dtype, pl.List):
        return column.cast(pl.List(pl.String)).list.join(",")
    return column.cast(pl.String)
