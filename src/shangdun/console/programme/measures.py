"""Measures for their pages: values, targets and trends in words a manager reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from shangdun.console.response.figures import quarter_words
from shangdun.govern.law.register import register
from shangdun.govern.measures.definition import Kind, Words
from shangdun.govern.measures.intervals import Interval
from shangdun.govern.measures.periods import Cadence, Period
from shangdun.govern.measures.reading import Part
from shangdun.govern.measures.target import Better, Outcome
from shangdun.govern.measures.trend import Direction, Trend
from shangdun.records.actor import Actor
from shangdun.records.measures import Measured
from shangdun.records.models import ControlKind, IncidentType

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
CADENCES: dict[Cadence, Promise] = {
    Cadence.QUARTER: gettext_lazy("every quarter"),
    Cadence.HALF: gettext_lazy("every half-year"),
    Cadence.YEAR: gettext_lazy("every year"),
}


@dataclass(frozen=True)
class Card:
    """One measure in one period, in words."""

    measured: Measured
    words: Words
    period: str
    value: str
    unit: str
    interval: str
    target: str
    outcome: Promise | str
    look: str
    trend: str
    trend_look: str
    trend_icon: str
    notes: list[str]
    opens: bool
    """Whether the records behind it are open to whoever looks."""


def cards(found: Iterable[Measured], actor: Actor) -> list[Card]:
    return [card(one, actor) for one in found]


def card(found: Measured, actor: Actor) -> Card:
    """One of them."""
    label, look = OUTCOMES.get(found.outcome, ("", ""))
    trend, trend_look, trend_icon = trend_words(found)
    words = found.measure.words(get_language() or "en")
    return Card(
        measured=found,
        words=words,
        period=period_words(found.period),
        value=value_words(found.value, found.measure.kind),
        unit=words.unit if found.value is not None else "",
        interval=interval_words(found.interval, found.measure.kind),
        target=target_words(found),
        outcome=label,
        look=look,
        trend=trend,
        trend_look=trend_look,
        trend_icon=trend_icon,
        notes=list(_notes(found)),
        opens=found.opens_to(actor),
    )


def period_words(period: Period) -> str:
    """``2026Q3`` as people write it."""
    if period.cadence is Cadence.QUARTER:
        return quarter_words(period.key)
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
    """To one decimal, where it has one."""
    rounded = round(value, 1)
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
    return (_("at most %(n)s") if lower else _("at least %(n)s")) % {"n": number}


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
    told = _("clearly higher than in %(before)s") if up else _("clearly lower than in %(before)s")
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


def _notes(found: Measured) -> Iterable[str]:
    if found.value is None:
        if found.reading.problem:
            yield str(PROBLEMS[found.reading.problem])
        return
    if not found.over:
        yield _("so far: the period runs until %(day)s") % {"day": _day(found)}
    elif not found.whole:
        yield _("the records cover %(n)s of its %(all)s days") % {
            "n": number_format(found.reading.days, 0), "all": found.period.days,
        }  # fmt: skip
    if found.by_chance and found.outcome in (Outcome.MET, Outcome.MISSED):
        yield _("close to the target: chance alone could have decided it")
    if found.frozen_at is not None:
        yield _("kept on %(day)s") % {"day": day_words(found.frozen_at)}


def _day(found: Measured) -> str:
    return date_format(found.period.last, "DATE_FORMAT")


def day_words(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


@dataclass(frozen=True)
class Split:
    """One part of a value: a type, a law, a survey."""

    label: str
    count: str
    share: str
    query: str


def splits(found: Measured) -> list[Split]:
    """The parts that a value adds up from, the largest first."""
    rows = sorted(found.reading.parts.items(), key=lambda item: (-item[1][0], item[0]))
    return [_split(found, key, part) for key, part in rows]


def _split(found: Measured, key: str, part: Part) -> Split:
    count, total = part
    share = per_cent(100 * count / total) if total else ""
    counted = number_format(count) if total is None else f"{count} / {total}"
    query = f"&type={key}" if found.measure.key == "incident-rate" else ""
    return Split(part_words(found.measure.key, key), counted, share, query)


def part_words(measure: str, key: str) -> str:
    """What a part is called."""
    if measure == "incident-rate":
        return str(dict(IncidentType.choices).get(key, key))
    if measure == "execution":
        return str(dict(ControlKind.choices).get(key, key))
    if measure == "satisfaction":
        return _("Survey #%(number)s") % {"number": key}
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    return next((duty.versions[-1].law[language] for duty in register() if duty.law == key), key)


def apart_words(found: Measured) -> str:
    """What is told beside the value and does not count in it."""
    count = found.reading.apart
    if count is None:
        return ""
    told = {
        "incident-rate": _("Attempts that led to no incident"),
        "compliance": _("Duties that do not apply"),
        "execution": _("Measures not due yet, or not applicable"),
    }.get(found.measure.key, "")
    return f"{told}: {number_format(count, force_grouping=True)}" if told else ""


def measure_chart(found: list[Measured]) -> dict[str, Any]:
    """The value and its target by period; what is not known is a gap."""
    words = found[0].measure.words(get_language() or "en")
    values, targets = [_drawn(one.value) for one in found], [_drawn(one.target) for one in found]
    series: list[dict[str, Any]] = [
        {"name": words.name, "key": "primary", "values": values},
        {"name": _("Target"), "key": "fill-medium", "values": targets},
    ]
    if found[0].measure.kind is Kind.COUNT:
        apart = [one.reading.apart if one.value is not None else None for one in found]
        series.append({"name": _("Attempts"), "key": "fill-low", "values": apart, "axis": 1})
    return {"labels": [period_words(one.period) for one in found], "series": series}


def _drawn(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
