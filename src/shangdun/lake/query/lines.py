"""Events by where they stood, for whoever remembers only the place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from shangdun.kernel.clock import from_millis
from shangdun.lake.conform import raw_lines
from shangdun.lake.query.engine import Limits
from shangdun.lake.query.predicate import All, Either, Equals
from shangdun.lake.query.search import search
from shangdun.lake.store import Lake


class PlaceOf(NamedTuple):
    """A line of a source: its number, the byte it starts at, and the time of its event (ms)."""

    source: str
    line: int
    offset: int
    time: int


def lines_at(
    lake: Lake, places: Sequence[PlaceOf], *, limits: Limits | None = None
) -> dict[PlaceOf, str]:
    """The raw lines at these places, as far as the lake has them.

    Raises ``StoreError`` as ``search`` does.
    """
    if not places:
        return {}
    asked = Either(
        tuple(
            All(
                (
                    Equals("source", place.source),
                    Equals("source_line", place.line),
                    Equals("source_offset", place.offset),
                    Equals("time", place.time),
                )
            )
            for place in places
        )
    )
    times = [place.time for place in places]
    found = search(
        lake,
        asked,
        since=from_millis(min(times)),
        until=from_millis(max(times) + 1),
        limit=len(places),
        limits=limits,
    ).events
    keys = found.select("source", "source_line", "source_offset", "time").iter_rows()
    return {PlaceOf(*key): line for key, line in zip(keys, raw_lines(found), strict=True)}
