"""What one feed brings one rule: its matched rows with group, time and value, in columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from shangdun.detect.correlation.buffer import MAX_TIME, Ints
from shangdun.detect.correlation.hit import Rows
from shangdun.detect.correlation.measure import Values
from shangdun.detect.correlation.spec import CorrelationSpec
from shangdun.detect.pipelines import column_of
from shangdun.lake.block import LINE, OFFSET

_ROW, _STAGE, _KEY, _VALUE, _TIME = "#row", "#stage", "#key", "#value", "#time"


@dataclass(frozen=True, slots=True)
class Batch:
    """Parallel columns, one entry an event, in order of arrival."""

    rows: Rows
    keys: pl.Series
    times: Ints
    values: Values
    lines: Ints
    offsets: Ints
    ungrouped: int
    """Matched rows left out because a group-by field (or the counted field) is empty."""
    untimed: int
    """Matched rows left out because they have no time."""


def batch_of(
    spec: CorrelationSpec,
    events: pl.DataFrame,
    matched: Mapping[str, Rows],
) -> Batch | None:
    """Gather what the rules that ``spec`` refers to matched; None if nothing.

    ``matched`` maps each reference, as the rule writes it, to ascending rows of ``events``.
    """
    parts = [
        _part(spec, stage, events, matched[reference])
        for stage, reference in enumerate(spec.rules)
        if reference in matched and len(matched[reference])
    ]
    if not parts:
        return None
    part = parts[0] if len(parts) == 1 else _join(parts, spec)
    untimed = part[_TIME].null_count()
    part = part.filter(pl.col(_TIME).is_not_null()) if untimed else part
    whole = part.drop_nulls([_KEY, _VALUE])
    rows = whole[_ROW].to_numpy()
    return Batch(
        rows=rows,
        keys=whole[_KEY],
        times=np.clip(whole[_TIME].to_numpy(), 0, MAX_TIME),
        values=whole[_VALUE].to_numpy(),
        lines=_numbers(events, LINE, rows),
        offsets=_numbers(events, OFFSET, rows),
        ungrouped=len(part) - len(whole),
        untimed=untimed,
    )


def group_of(spec: CorrelationSpec, key: str) -> dict[str, str]:
    """The group-by fields behind a key that ``batch_of`` made."""
    if not spec.group_by:
        return {}
    if len(spec.group_by) == 1:
        return {spec.group_by[0]: key}
    struct = pl.Series([key]).str.json_decode(pl.Struct(dict.fromkeys(spec.group_by, pl.String)))
    fields: dict[str, str] = struct[0]
    return fields


def _join(parts: list[pl.DataFrame], spec: CorrelationSpec) -> pl.DataFrame:
    """Several rules' matches in order of arrival.

    An event counts once however many of the rules match it. Only in an ordered sequence may it
    stand for several stages; the later stage comes first, so it never follows upon itself.
    """
    joined = pl.concat(parts)
    if spec.type == "temporal_ordered":
        return joined.sort(_ROW, _STAGE, descending=[False, True])
    return joined.unique(_ROW, keep="first", maintain_order=True).sort(_ROW)


def _part(spec: CorrelationSpec, stage: int, events: pl.DataFrame, rows: Rows) -> pl.DataFrame:
    reference = spec.rules[stage]
    key = [_text(events, spec.field_of(name, reference)).alias(name) for name in spec.group_by]
    fields = spec.condition.fields
    value = [_text(events, spec.field_of(name, reference)).alias(name) for name in fields]
    time = pl.col("time").cast(pl.Int64) if "time" in events.columns else pl.lit(None, pl.Int64)
    index = pl.Series(_ROW, rows, dtype=pl.Int64)
    needed = {name for part in (*key, *value, time) for name in part.meta.root_names()}
    taken = events.select(sorted(needed))[index] if needed else pl.DataFrame(index)
    return taken.select(
        index,
        pl.lit(stage, pl.Int64).alias(_STAGE),
        _joined_key(key).alias(_KEY),
        (_hashed(value) if value else pl.lit(stage, pl.UInt64)).alias(_VALUE),
        time.alias(_TIME),
    )


def _joined_key(parts: list[pl.Expr]) -> pl.Expr:
    if not parts:
        return pl.lit("", pl.String)
    if len(parts) == 1:
        return parts[0]
    complete = pl.all_horizontal([part.is_not_null() for part in parts])
    return pl.when(complete).then(pl.struct(parts).struct.json_encode())


def _hashed(parts: list[pl.Expr]) -> pl.Expr:
    complete = pl.all_horizontal([part.is_not_null() for part in parts])
    return pl.when(complete).then(pl.struct(parts).hash(seed=920))


def _text(events: pl.DataFrame, field: str) -> pl.Expr:
    """A field's value as text, by the column of its name or the one that it is mapped to."""
    column = column_of(field, events.columns)
    if column is None:
        return pl.lit(None, pl.String)
    dtype = events.schema[column]
    if isinstance(dtype, pl.Struct):
        return pl.col(column).struct.json_encode()
    if isinstance(dtype, pl.List):
        return pl.col(column).cast(pl.List(pl.String)).list.join(",")
    return pl.col(column).cast(pl.String)


def _numbers(events: pl.DataFrame, column: str, rows: Rows) -> Ints:
    if column not in events.columns:
        return np.zeros(len(rows), np.int64)
    return events[column].gather(rows).cast(pl.Int64).to_numpy()
