"""Field mapping: which event column stands behind a Sigma field.

A rule keeps the names it was written with. An event that has a column of that very name is asked
there (JSON with W3C names, Windows events with their own); else the column named here is asked.
Adding a mapping is adding a module with a ``PIPELINE``.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from shangdun.detect.pipelines import cloud, network, process, web
from shangdun.detect.pipelines.pipeline import Pipeline
from shangdun.lake.block import Logsource

PIPELINES: tuple[Pipeline, ...] = (
    web.PIPELINE,
    network.PIPELINE,
    process.PIPELINE,
    process.FILES,
    cloud.GOOGLE,
    cloud.AZURE,
)


class Target(NamedTuple):
    """What a field becomes for the rules of one log source."""

    column: str
    """Empty: the field has no other name."""
    dash_is_missing: bool
    """The log writes ``-`` where there is nothing, and the column holds null there."""


def target_of(field: str, logsource: Logsource) -> Target:
    """The column behind ``field`` for rules of a log source."""
    for pipeline in PIPELINES:
        if pipeline.serves(logsource) and field in pipeline.columns:
            column = pipeline.columns[field]
            return Target(column, column in pipeline.dashed)
    return Target("", dash_is_missing=False)


def column_of(field: str, columns: Collection[str]) -> str | None:
    """The column of a frame that answers for ``field``, or None.

    For readers of fields that are not bound to one rule, such as ``group-by``.
    """
    if field in columns:
        return field
    mapped = (pipeline.columns.get(field) for pipeline in PIPELINES)
    return next((column for column in mapped if column is not None and column in columns), None)


def keyword_columns(logsource: Logsource) -> frozenset[str] | None:
    """Where keywords are looked for in events of a log source; None: in every text they have."""
    served = (one for one in PIPELINES if one.keywords and logsource.category in one.categories)
    return next((one.keywords for one in served), None)


def mapped_columns(fields: Collection[str]) -> frozenset[str]:
    """The fields and every column that may stand behind them."""
    columns = {one.columns[field] for one in PIPELINES for field in fields if field in one.columns}
    return frozenset(columns | set(fields))
