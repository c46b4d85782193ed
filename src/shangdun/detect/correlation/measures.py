"""The measure of each correlation type."""

from __future__ import annotations

import numpy as np

from shangdun.detect.correlation.buffer import Events, order_key
from shangdun.detect.correlation.measure import EventCount, Measure, Numbers, ValueCount
from shangdun.detect.correlation.proximity import InOrder, Together
from shangdun.detect.correlation.spec import CorrelationSpec
from shangdun.detect.correlation.statistic import Percentile, Sum


def measure_of(spec: CorrelationSpec) -> Measure:
    """What the condition of a rule is compared with."""
    condition, rules = spec.condition, len(spec.rules)
    match spec.type:
        case "value_count":
            return ValueCount()
        case "temporal":
            return Together(rules, condition.alternatives)
        case "temporal_ordered":
            return InOrder(rules, condition.alternatives)
        case "value_sum" | "value_avg":
            return Sum(mean=spec.type == "value_avg")
        case "value_percentile" | "value_median":
            return Percentile(condition.percentile)
        case _:  # an absence counts what is certain by then
            return EventCount()


def measured_abreast(measure: Measure, old: Events, new: Events, span: int) -> Numbers:
    """Numbers of the windows that end at each new event, for many groups at once.

    ``old`` and ``new`` are sorted by slot and time. One integer of slot and time stands for the
    time: a window never reaches into another slot, which is years away.
    """
    times = order_key(new)
    places = np.searchsorted(order_key(old), times, "right") + np.arange(len(new))
    before = np.ones(len(old) + len(new), np.bool_)
    before[places] = False
    keys, values = np.empty(len(before), np.int64), np.empty(len(before), np.uint64)
    keys[before], keys[places] = order_key(old), times
    values[before], values[places] = old["value"], new["value"]
    numbers: Numbers = measure.ordered(keys, values, 0, span)[places]
    return numbers
