"""nginx and Apache access logs: common, combined and vhost_combined, also with a request time.

Nearly every line of such a log is laid out the same way, so the positions of its quotes and
spaces are found for a whole block at once and the columns point into the block's bytes. Lines
with an escaped quote, a quote too few or anything else unusual go through ``_access`` one by one;
both ways give the same values.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from shangdun.lake.block import LINE, Block, DeadLetter, Logsource, Parsed
from shangdun.lake.classes import HTTP_METHODS
from shangdun.lake.parse._access import Access, read_access
from shangdun.lake.parse._access_layout import Layout, find_marks
from shangdun.lake.parse._reader import Reader
from shangdun.lake.parse._values import Unreadable
from shangdun.lake.schema import POLARS_SCHEMA
from shangdun.lake.text import Lines, Text

HTTP_ACTIVITY = 4002
_PORT = r":(\d{1,5})$"

Columns = dict[str, Callable[[], pl.Series]]

FIELDS = {
    "time": "millis",
    "timezone_offset": "zone",
    "src_endpoint.ip": "ip",
    "user.name": "user",
    "http_request.http_method": "method",
    "http_request.url.url_string": "url",
    "http_request.url.path": "path",
    "http_request.url.query_string": "query",
    "http_request.version": "version",
    "http_response.code": "code",
    "http_response.length": "length",
    "http_request.referrer": "referrer",
    "http_request.user_agent": "agent",
    "layout": "layout",
}
"""Column of the event by field of ``_access.Access``."""

COLUMNS = (
    *FIELDS,
    "http_response.latency",
    "http_request.url.hostname",
    "http_request.url.port",
    "class_uid",
    "activity_id",
)
"""Every column the format fills."""

_NUMBERS = {"millis": pl.Int64, "zone": pl.Int64, "code": pl.Int64, "length": pl.Int64}
_ACCESS_SCHEMA = {name: _NUMBERS.get(name, pl.String) for name in Access._fields}


class CombinedReader(Reader):
    """Web requests, OCSF class 4002."""

    name = "combined"
    title = "nginx or Apache access log"
    precedence = 5

    def parse(self, block: Block, fields: frozenset[str] | None = None) -> Parsed:
        """See ``lake.block.Parser``."""
        wanted = [name for name in COLUMNS if fields is None or name in fields]
        text = Text(block)
        marks, unusual = find_marks(text)
        layout = Layout(text, marks)
        if not layout.regular.all():
            unusual = np.concatenate([unusual, marks.rows[~layout.regular]])
            layout.keep_regular()
        columns = _events(layout.columns(), wanted, len(layout.lines))
        frame = pl.DataFrame(columns | text.places(layout.lines))
        dead = list(block.dead)
        if len(unusual):
            others, unread = _one_by_one(text, marks.filled.take(np.sort(unusual)), wanted)
            dead += unread
            frame = pl.concat([frame, others]).sort(LINE)
        return Parsed(frame, tuple(dead), Logsource(category="webserver"), block, self.name)


def _one_by_one(
    text: Text, lines: Lines, wanted: list[str]
) -> tuple[pl.DataFrame, list[DeadLetter]]:
    """The lines that are laid out unusually: a frame like the others', and dead letters."""
    read: list[Access] = []
    kept: list[int] = []
    dead: list[DeadLetter] = []
    for row in range(len(lines)):
        line = text.line(lines, row)
        try:
            read.append(read_access(line))
            kept.append(row)
        except Unreadable as reason:
            place = int(lines.numbers[row]), int(lines.starts[row]) + text.block.offset
            dead.append(DeadLetter(*place, line, str(reason)))
    frame = pl.DataFrame(read, schema=_ACCESS_SCHEMA, orient="row")
    columns: Columns = {name: lambda name=name: frame[name] for name in frame.columns}  # type: ignore[misc]  # a default binds the loop's variable
    places = text.places(lines.take(np.array(kept, np.int64)))
    return pl.DataFrame(_events(columns, wanted, len(kept)) | places), dead


def _events(columns: Columns, wanted: list[str], height: int) -> dict[str, pl.Series]:
    """The wanted columns of the event, from the fields of the line."""
    derived: Columns = {
        "http_response.latency": lambda: _latency(columns["seconds"]()),
        "http_request.url.hostname": lambda: columns["vhost"]().str.replace(_PORT, ""),
        "http_request.url.port": lambda: columns["vhost"]().str.extract(_PORT),
        "class_uid": lambda: pl.repeat(HTTP_ACTIVITY, height, eager=True),
        "activity_id": lambda: _activity(columns["method"]()),
    }
    events = {}
    for name in wanted:
        make = columns[FIELDS[name]] if name in FIELDS else derived[name]
        events[name] = make().cast(POLARS_SCHEMA[name]).alias(name)
    return events


def _latency(seconds: pl.Series) -> pl.Series:
    """Milliseconds; rounded, since 1.001 s times 1000 is not 1001 in binary."""
    return (seconds.cast(pl.Float64) * 1000).round(6)


def _activity(method: pl.Series) -> pl.Series:
    names, numbers = list(HTTP_METHODS), list(HTTP_METHODS.values())
    known = method.replace_strict(names, numbers, default=99, return_dtype=pl.Int32)
    return known.set(method.is_null(), 0) if method.null_count() else known


READER = CombinedReader
