"""Events as rules may believe them: with the time that the lake keeps for them.

Whoever can write a line can write any time into it. One that lies years ahead would close every
open period and window of its source, and what happens now would come too late for years.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from shangdun.detect.routing import OWN
from shangdun.lake.block import Parsed
from shangdun.lake.conform import AHEAD, EARLIEST

FORGED = "not shangdun"


def believed(parsed: Parsed, observed: int) -> Parsed:
    """The same events; a time before 2000 or more than a day ahead of ``observed`` (ms) is that.

    So it is in the lake (``lake.conform``), where a finding's events are looked up by their times.
    """
    events = parsed.events
    if not events.height or events.schema.get("time") != pl.Int64:
        return parsed
    first, last = events["time"].min(), events["time"].max()
    if not isinstance(first, int) or not isinstance(last, int):
        return parsed
    if first >= EARLIEST and last <= observed + AHEAD:
        return parsed
    time = pl.col("time")
    wrong = ~time.is_between(EARLIEST, observed + AHEAD)
    told = pl.when(wrong).then(pl.lit(observed, pl.Int64)).otherwise(time)
    return replace(parsed, events=events.with_columns(told.alias("time")))


def disowned(parsed: Parsed) -> Parsed:
    """The same events without the claim to be ours: from a source of the shop it is a forgery."""
    events = parsed.events
    if events.schema.get("product") != pl.String:
        return parsed
    product = pl.col("product")
    ours = product.str.to_lowercase() == OWN
    told = pl.when(ours).then(pl.lit(FORGED)).otherwise(product)
    return replace(parsed, events=events.with_columns(told.alias("product")))
