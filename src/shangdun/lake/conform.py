"""From a parser's frame to the lake's columns, and from stored rows back to raw lines.

A raw line is stored only where it cannot be told from the columns: most access-log lines are
written again from their fields byte for byte, and a flat line of JSON is its own ``unmapped``.
"""

from __future__ import annotations

import numpy as np
import orjson
import polars as pl

from shangdun.lake.block import LENGTH, LINE, OFFSET, Parsed, readable
from shangdun.lake.fitted import fitted
from shangdun.lake.schema import POLARS_SCHEMA
from shangdun.lake.text import Text

EARLIEST = 946_684_800_000
"""2000-01-01: an event said to be older comes from a clock that was never set."""
AHEAD = 86_400_000
"""A day: an event said to be further ahead comes from a clock that is wrong."""

_CALENDAR = -62_135_596_800_000, 253_402_300_799_999
"""The years 1 to 9999; a time beyond them is kept as its number."""
_BOOKKEEPING = frozenset({LINE, OFFSET, LENGTH})
ROUTING = frozenset({"product", "category", "service"})
"""Columns that formats other than ``json`` add to tell rules where an event comes from."""
_APACHE_TIME = "%d/%b/%Y:%H:%M:%S"


def conform(parsed: Parsed, *, source: str, observed: int, file_id: str = "") -> pl.DataFrame:
    """The rows of ``parsed`` with exactly the lake's columns, in order.

    ``observed`` is when they were taken in, in milliseconds; a time that is missing, before 2000
    or more than a day ahead of it is replaced by it and kept in ``metadata.original_time``.
    ``file_id`` identifies the file; without it the block's name does. Columns that the lake does
    not have go to ``unmapped`` as JSON, with their names flattened.
    """
    events = parsed.events
    given = [
        pl.lit(fitted(events[name], dtype)).alias(name)
        if name in events.columns
        else pl.lit(None, dtype).alias(name)
        for name, dtype in POLARS_SCHEMA.items()
    ]
    frame = events.lazy().with_columns(given).select(POLARS_SCHEMA.keys())
    frame = frame.with_columns(
        pl.lit(source).alias("source"),
        pl.lit(file_id or parsed.block.name).alias("source_file"),
        pl.lit(events[LINE]).alias("source_line"),
        pl.lit(events[OFFSET]).alias("source_offset"),
        pl.lit(parsed.format).alias("format"),
        pl.lit(observed, pl.Int64).alias("metadata.logged_time"),
        pl.lit(_unmapped(parsed)).alias("unmapped"),
    )
    frame = frame.with_columns(_true_time(observed)).with_columns(
        pl.from_epoch("time", "ms").dt.date().alias("day")
    )
    raw = raw_column(parsed)
    return frame.with_columns(
        pl.when(_rebuilt().ne_missing(raw)).then(raw).alias("raw_data")
    ).collect()


def raw_lines(frame: pl.DataFrame) -> list[str]:
    """The raw line of every row of a frame with the lake's columns, as ``readable`` shows it."""
    return frame.select(_raw_line()).to_series().to_list()


def raw_line_columns() -> frozenset[str]:
    """The columns that ``raw_lines`` reads."""
    return frozenset(_raw_line().meta.root_names())


def raw_column(parsed: Parsed) -> pl.Series:
    r"""The raw line of every event as text; NUL and bytes that are not UTF-8 as ``\xNN``."""
    text = Text(parsed.block)
    starts = (parsed.events[OFFSET].to_numpy() - parsed.block.offset).astype(np.int64)
    if LENGTH in parsed.events.columns:
        ends = starts + parsed.events[LENGTH].to_numpy()
        spans = zip(starts, ends, strict=True)
        records = [readable(parsed.block.data[start:end]) for start, end in spans]
        return pl.Series(records, dtype=pl.String)
    lines = text.lines.take(np.searchsorted(text.lines.starts, starts))
    awkward = text.awkward(lines)
    if awkward is None or not awkward.any():
        return text.column(lines.starts, lines.ends)
    plain = text.column(*(np.where(awkward, 0, place) for place in (lines.starts, lines.ends)))
    rows = np.flatnonzero(awkward)
    return plain.scatter(rows, [readable(text.line(lines, int(row))) for row in rows])


def _true_time(observed: int) -> list[pl.Expr]:
    time = pl.col("time")
    possible = time.is_between(EARLIEST, observed + AHEAD)
    shown = pl.from_epoch(pl.when(time.is_between(*_CALENDAR)).then(time), "ms")
    written = pl.coalesce(shown.dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"), time.cast(pl.String))
    return [
        pl.when(possible).then(time).otherwise(observed).alias("time"),
        pl.when(possible)
        .then(pl.col("metadata.original_time"))
        .otherwise(pl.coalesce(pl.col("metadata.original_time"), written))
        .alias("metadata.original_time"),
    ]


def _unmapped(parsed: Parsed) -> pl.Series:
    """What the lake has no column for, a JSON object a row; null where there is nothing."""
    events = parsed.events
    known = POLARS_SCHEMA.keys() | _BOOKKEEPING
    if parsed.format != "json":
        known |= ROUTING
    rest: list[dict[str, object]] = [{} for _ in range(events.height)]
    for name in events.columns:
        if name not in known:
            column = events[name]
            rows = column.is_not_null().arg_true()
            for row, value in zip(rows, column.gather(rows), strict=True):
                rest[row][name] = value
    texts = [orjson.dumps(fields).decode() if fields else None for fields in rest]
    own = pl.Series(texts, dtype=pl.String)
    return (
        own.zip_with(own.is_not_null(), events["unmapped"]) if "unmapped" in events.columns else own
    )


def _raw_line() -> pl.Expr:
    return pl.coalesce(pl.col("raw_data"), _rebuilt())


def _rebuilt() -> pl.Expr:
    """The raw line as the columns tell it; null where they cannot."""
    return (
        pl.when(pl.col("format") == "combined").then(_access_line()).otherwise(pl.col("unmapped"))
    )


def _access_line() -> pl.Expr:
    host, port = pl.col("http_request.url.hostname"), pl.col("http_request.url.port")
    method, target = pl.col("http_request.http_method"), pl.col("http_request.url.url_string")
    version = pl.col("http_request.version")
    name = pl.concat_str(host, pl.concat_str(pl.lit(":"), port), ignore_nulls=True)
    request = pl.concat_str(method, target, version, separator=" ", ignore_nulls=True)
    head = pl.concat_str(
        pl.when(host.is_not_null()).then(pl.concat_str(name, pl.lit(" "))).otherwise(pl.lit("")),
        pl.col("src_endpoint.ip"),
        pl.lit(" - "),
        _or_dash("user.name"),
        pl.lit(" ["),
        _apache_time(),
        pl.lit('] "'),
        pl.when(target.is_null()).then(pl.lit("-")).otherwise(request),
        pl.lit('" '),
        _or_dash("http_response.code"),
        pl.lit(" "),
        _or_dash("http_response.length"),
    )
    named = pl.concat_str(
        pl.lit(' "'),
        _or_dash("http_request.referrer"),
        pl.lit('" "'),
        _or_dash("http_request.user_agent"),
        pl.lit('"'),
    )
    named = pl.when(pl.col("layout") == "common").then(pl.lit("")).otherwise(named)
    return pl.concat_str(head, named, _request_time())


def _or_dash(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String).fill_null("-")


def _apache_time() -> pl.Expr:
    offset = pl.col("timezone_offset")
    local = pl.from_epoch(pl.col("time") + offset.cast(pl.Int64) * 60_000, "ms")
    minutes = offset.abs()
    sign = pl.when(offset < 0).then(pl.lit(" -")).otherwise(pl.lit(" +"))
    hours = (minutes // 60).cast(pl.String).str.zfill(2)
    return pl.concat_str(
        local.dt.strftime(_APACHE_TIME), sign, hours, (minutes % 60).cast(pl.String).str.zfill(2)
    )


def _request_time() -> pl.Expr:
    """Seconds with three decimals, as nginx writes them."""
    latency = pl.col("http_response.latency").cast(pl.Int64, strict=False)
    seconds = pl.concat_str(
        pl.lit(" "),
        (latency // 1000).cast(pl.String),
        pl.lit("."),
        (latency % 1000).cast(pl.String).str.zfill(3),
    )
    return seconds.fill_null("")
