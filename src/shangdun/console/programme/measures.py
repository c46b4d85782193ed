"""Measures for their pages: values, targets and trends in words a manager reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shangdun.govern.law.register import register
from shangdun.govern.measures.definition import Kind, Words
from shangdun.govern.measures.periods import Cadence
from shangdun.govern.measures.reading import Part
from shangdun.govern.measures.target import Outcome
from shangdun.records.actor import Actor
from shangdun.records.measure_words import (
    OUTCOMES,
    PROBLEMS,
    interval_words,
    per_cent,
    period_words,
    target_words,
    trend_words,
    value_words,
)
from shangdun.records.measures import Measured
from shangdun.records.models import ControlKind, IncidentType

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
    unit = "%" if found[0].measure.kind is Kind.SHARE else ""
    labels = [period_words(one.period) for one in found]
    return {"labels": labels, "series": series, "unit": unit}


def _drawn(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
