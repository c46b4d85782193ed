"""Raw lines found again by where they stood."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from lake_rows import DAY

from shangdun.kernel.clock import FixedClock, to_millis
from shangdun.lake.block import Block
from shangdun.lake.conform import conform
from shangdun.lake.parse import get_parser
from shangdun.lake.query.lines import PlaceOf, lines_at
from shangdun.lake.store import Lake

LINES = [
    f'203.0.113.{n} - - [01/May/2026:10:00:0{n} +0000] "GET /a?q={n} HTTP/1.1" 200 5 "-" "x"'
    for n in range(1, 6)
]


def test_lines_come_back_by_place_and_unknown_places_are_left_out(tmp_path: Path) -> None:
    parsed = get_parser("combined").parse(Block(("\n".join(LINES) + "\n").encode()))
    lake = Lake(tmp_path, clock=FixedClock(DAY + timedelta(days=3)))
    frame = conform(parsed, source="edge", observed=to_millis(DAY + timedelta(days=400)))
    lake.append(frame, app_id="a", version=1)
    places = [
        PlaceOf("edge", line, offset, time)
        for line, offset, time in frame.select("source_line", "source_offset", "time").iter_rows()
    ]
    elsewhere = PlaceOf("other", *places[0][1:])
    assert lines_at(lake, [places[1], places[3], elsewhere]) == {
        places[1]: LINES[1],
        places[3]: LINES[3],
    }
    assert lines_at(lake, []) == {}
