"""A correlation's condition in English, for pages about rules."""

from __future__ import annotations

from shangdun.detect.correlation.spec import ABSENCE, TEMPORAL, CorrelationSpec

SIGNS = {"gte": "≥", "gt": ">", "lt": "<", "lte": "≤", "eq": "=", "neq": "≠"}
MEASURED = {
    "event_count": "{bounds} events",
    "value_count": "{bounds} different {fields}",
    "value_sum": "sum of {fields} {bounds}",
    "value_avg": "mean of {fields} {bounds}",
    "value_median": "median of {fields} {bounds}",
    "value_percentile": "percentile {percentile} of {fields} {bounds}",
    "temporal": "{bounds} of {rules} rules occur",
    "temporal_ordered": "{bounds} of {rules} stages follow one another",
}


def condition_in_words(spec: CorrelationSpec) -> str:
    """Like: ≥ 10 events within 5 min for the same `user.name`."""
    group = ", ".join(f"`{name}`" for name in spec.group_by)
    return f"{_measured(spec)} within {span_in_words(spec.span)}" + (
        f" for the same {group}" if group else ""
    )


def span_in_words(span: int) -> str:
    """Milliseconds in the greatest unit that leaves no rest: s, min, h or d."""
    seconds = span // 1_000
    for length, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds % length == 0:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


def _measured(spec: CorrelationSpec) -> str:
    condition, rules = spec.condition, len(spec.rules)
    if spec.type == ABSENCE:
        return "the first rule's event is not followed by the second's"
    if condition.expression:
        order = " in this order" if spec.type == "temporal_ordered" else ""
        return f"`{condition.expression}`{order}"
    if spec.type in TEMPORAL and condition.bounds == (("gte", float(rules)),):
        return f"{rules} stages follow one another" if "_" in spec.type else f"{rules} rules occur"
    return MEASURED[spec.type].format(
        bounds=" and ".join(f"{SIGNS[name]} {number:.15g}" for name, number in condition.bounds),
        fields=", ".join(f"`{name}`" for name in condition.fields),
        percentile=f"{condition.percentile:.15g}",
        rules=rules,
    )
