"""What a sample of a log would become: the events and the lines that cannot be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any

from shangdun.kernel.clock import Clock
from shangdun.lake.block import LENGTH, LINE, OFFSET, BlockCutter, DeadLetter
from shangdun.lake.parse import get_parser, sniff

SAMPLE_BYTES = 256 << 10
"""More of a sample is not looked at."""


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One event: its line, its raw text and the columns that are not null."""

    line: int
    raw: str
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Preview:
    """A sample as it would be taken in."""

    format: str
    rows: list[PreviewRow]
    dead: list[DeadLetter]
    events: int
    """How many events the sample holds; ``rows`` may show fewer."""
    unreadable: int
    """How many lines cannot be read; ``dead`` may name fewer."""
    columns: list[str]
    """Columns filled by any event, in the parser's order."""


def preview(
    sample: bytes,
    format_name: str = "",
    *,
    limit: int = 50,
    clock: Clock | None = None,
    zone: tzinfo = UTC,
) -> Preview:
    """Read a sample as ``format_name``, or as what ``sniff`` takes it for (else as ``json``).

    Gives at most ``limit`` rows and as many dead letters. Raises ``UsageError`` where there is no
    such format.
    """
    sample = sample[:SAMPLE_BYTES]
    name = format_name or sniff(sample) or "json"
    parser = get_parser(name, clock=clock, zone=zone)
    cutter = BlockCutter(name="sample", boundary=parser.boundary)
    rows: list[PreviewRow] = []
    dead: list[DeadLetter] = []
    columns: dict[str, None] = {}
    events = 0
    for block in (*cutter.feed(sample), *cutter.finish()):
        parsed = parser.parse(block)
        dead += parsed.dead
        events += parsed.events.height
        shown = parsed.events.head(limit - len(rows))
        for number, row in enumerate(shown.iter_rows(named=True)):
            line = row.pop(LINE)
            fields = {key: value for key, value in row.items() if value is not None}
            for place in (OFFSET, LENGTH):
                fields.pop(place, None)
            rows.append(PreviewRow(line, parsed.raw_text(number), fields))
        filled = [column.name for column in parsed.events if column.null_count() < len(column)]
        columns |= dict.fromkeys(filled)
    shown_columns = [column for column in columns if column not in {LINE, OFFSET, LENGTH}]
    return Preview(name, rows, dead[:limit], events, len(dead), shown_columns)
