"""The measure of each correlation type."""

from __future__ import annotations

from shangdun.detect.correlation.measure import EventCount, Measure, ValueCount
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
