"""Measures in words, for pages, papers and reports alike."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from shangdun.govern.controls.rate import NOT_WHOLE
from shangdun.govern.measures.definition import Kind
from shangdun.govern.measures.intervals import Interval
from shangdun.govern.measures.periods import Cadence, Period
from shangdun.govern.measures.target import Better, Outcome
from shangdun.govern.measures.trend import Direction, Trend
from shangdun.records.measures import Measured

OUTCOMES: dict[Outcome, tuple[Promise, str]] = {
    Outcome.MET: (gettext_lazy("target met"), "good"),
    Outcome.MISSED: (gettext_lazy("target missed"), "bad"),
    Outcome.NO_TARGET: (gettext_lazy("no target set"), ""),
}
PROBLEMS: dict[str, Promise] = {
    "no_records": gettext_lazy("ShangDun kept no records then, so there is no value."),
    "no_survey": gettext_lazy("No survey by invitation has closed in this half-year yet."),
    "too_few": gettext_lazy("Too few answered: their answers are not shown, to keep them unknown."),
    "nothing_due": gettext_lazy("Nothing was due for a check or assessment yet."),
}
METHODS: dict[str, Promise] = {
    "garwood": gettext_lazy("exact Poisson interval (Garwood)"),
    "clopper-pearson": gettext_lazy("exact binomial interval (Clopper–Pearson)"),
    "wilson": gettext_lazy("score interval (Wilson)"),
    "student": gettext_lazy("Student's t"),
}


def period_words(period: Period) -> str:
    """``2026Q3`` as people write it."""
    if period.cadence is Cadence.QUARTER:
        return _("%(year)s Q%(quarter)s") % {
            "year": period.year, "quarter": period.index,
        }  # fmt: skip
    if period.cadence is Cadence.YEAR:
        return pgettext("a whole year", "%(year)s") % {"year": period.year}
    half = _("first half of %(year)s") if period.index == 1 else _("second half of %(year)s")
    return half % {"year": period.year}


def value_words(value: float | None, kind: Kind) -> str:
    """``5`` or ``82.4 %``; a dash where there is no value."""
    if value is None:
        return "—"
    if kind is Kind.COUNT:
        return number_format(int(value), force_grouping=True)
    return per_cent(value)


def per_cent(value: float) -> str:
    """To one decimal, where it has one; 100 is only what is whole, as everywhere."""
    rounded = round(value, 1) if value >= 100 else min(round(value, 1), float(NOT_WHOLE))
    return f"{number_format(rounded, 0 if rounded == int(rounded) else 1)} %"


def interval_words(found: Interval | None, kind: Kind) -> str:
    """How sure: from, to, by which method."""
    if found is None:
        return ""
    if kind is Kind.COUNT:
        low, high = number_format(found.low, 1), number_format(found.high, 1)
    else:
        low, high = per_cent(found.low), per_cent(found.high)
    return _("%(low)s to %(high)s at 95%% confidence, %(method)s") % {
        "low": low, "high": high, "method": METHODS[found.method],
    }  # fmt: skip


def target_words(found: Measured) -> str:
    """``at most 5``."""
    if found.target is None:
        return ""
    kind = found.measure.kind
    number = per_cent(found.target) if kind is Kind.SHARE else number_format(found.target, 0)
    lower = found.measure.better is Better.LOWER
    return (
        pgettext("target", "at most %(n)s") if lower else pgettext("target", "at least %(n)s")
    ) % {"n": number}


def trend_words(found: Measured) -> tuple[str, str, str]:
    """A sentence, how it looks, its icon."""
    trend, before = found.trend, period_words(found.period.previous)
    if found.value is None or trend.direction is Direction.FIRST:
        return _("nothing before it to compare with"), "", "minus"
    if trend.direction is Direction.TOO_FEW:
        return _("too few to tell a trend against %(before)s") % {"before": before}, "", "minus"
    if trend.direction is Direction.STEADY:
        told = _("no clear change against %(before)s; chance alone could do this")
        return told % {"before": before}, "", "arrow-right"
    up = trend.direction is Direction.UP
    better = up is (found.measure.better is Better.HIGHER)
    told = (
        _("clearly higher than last time (%(before)s)")
        if up
        else _("clearly lower than last time (%(before)s)")
    )
    icon = "arrow-trending-up" if up else "arrow-trending-down"
    return told % {"before": before}, "good" if better else "bad", icon


def trend_short(trend: Trend) -> str:
    """For a table's cell, with the probability it rests on."""
    words = {
        Direction.UP: _("up"),
        Direction.DOWN: _("down"),
        Direction.STEADY: _("no clear change"),
        Direction.TOO_FEW: _("too few to tell"),
        Direction.FIRST: "—",
    }[trend.direction]
    if trend.p is None:
        return words
    return f"{words} (p {'<' if trend.p < 0.001 else '='} {number_format(max(trend.p, 0.001), 3)})"
