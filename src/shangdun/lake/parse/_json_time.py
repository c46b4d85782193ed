"""The column ``time`` of JSON events, from whichever of the usual names they give a time."""

from __future__ import annotations

from datetime import UTC, tzinfo

import polars as pl

from shangdun.lake.parse._moment import EARLIEST, LATEST, UNITS, read_moment

TIME_NAMES = (
    "time",
    "@timestamp",
    "timestamp",
    "ts",
    "eventTime",
    "event_time",
    "UtcTime",
    "TimeCreated",
    "SystemTime",
    "Event.System.TimeCreated.#attributes.SystemTime",
    "Event.System.TimeCreated.SystemTime",
    "TimeGenerated",
    "datetime",
    "date",
    "created_at",
    "asctime",
    "_time",
)
"""Looked at in this order, row by row: the first that holds a time gives it."""

_UTC_LAYOUTS = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.fZ", "%Y-%m-%dT%H:%M:%S%.f")


def event_times(columns: dict[str, pl.Series], height: int, zone: tzinfo = UTC) -> pl.Series:
    """Milliseconds since the epoch by row, null where no column holds a time."""
    times = pl.Series("time", [None], dtype=pl.Int64).new_from_index(0, height)
    for name in TIME_NAMES:
        if name in columns and times.null_count():
            found = _millis(columns[name], zone)
            times = (
                found if times.null_count() == height else times.zip_with(~times.is_null(), found)
            )
    return times.alias("time")


def _millis(values: pl.Series, zone: tzinfo) -> pl.Series:
    if values.dtype == pl.Int64:
        return _from_numbers(values)
    if values.dtype == pl.Boolean:
        return pl.Series([None], dtype=pl.Int64).new_from_index(0, len(values))
    if values.dtype != pl.String:
        return _each(values, zone)
    times = pl.Series([None], dtype=pl.Int64).new_from_index(0, len(values))
    if zone is UTC:
        for layout in _UTC_LAYOUTS:
            if times.null_count() > values.null_count():
                read = values.str.to_datetime(layout, time_unit="ms", strict=False)
                times = times.zip_with(~times.is_null(), read.cast(pl.Int64))
    if times.null_count() > values.null_count():
        rest = pl.select(pl.when(times.is_null()).then(values)).to_series()
        times = times.zip_with(~times.is_null(), _each(rest, zone))
    return times


def _from_numbers(values: pl.Series) -> pl.Series:
    column, size = pl.col("n"), pl.col("n").abs()
    millis = column * 1000
    for least, divisor in reversed(UNITS):
        millis = pl.when(size >= least).then(column // divisor).otherwise(millis)
    possible = pl.when(millis.is_between(EARLIEST, LATEST)).then(millis)
    return pl.DataFrame({"n": values}).select(possible).to_series()


def _each(values: pl.Series, zone: tzinfo) -> pl.Series:
    known: dict[object, int | None] = {}
    for value in values.unique():
        known[value] = None if value is None else read_moment(value, zone)
    return pl.Series([known[value] for value in values], dtype=pl.Int64)
