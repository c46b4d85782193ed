"""The measures of the plan: value, target and trend of the period that is reported on."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from shangdun.actions.reports.sections import Asked, plain, table
from shangdun.govern.measures.definition import measures
from shangdun.govern.measures.periods import period_of
from shangdun.records.access import require
from shangdun.records.measure_words import (
    OUTCOMES,
    PROBLEMS,
    interval_words,
    period_words,
    target_words,
    trend_words,
    value_words,
)
from shangdun.records.measures import Measured, history, kept
from shangdun.records.roles import Capability

title = gettext_lazy("Measures of the plan")


def section(asked: Asked) -> str:
    """A table, and below it what must be known to read it; values nobody can trace are left out."""
    found = _found(asked)
    told = [one for one in found if one.value is not None]
    if not told:
        return _("No measure has a value for this period yet.")
    head = (pgettext("plan", "Measure"), _("Period"), _("Value"), _("Target"), _("Outcome"))
    rows = [_row(one, asked.language) for one in told]
    lines = [table(head, rows, right=(2,)), ""]
    for one in told:
        words = one.measure.words(asked.language)
        sure = interval_words(one.interval, one.measure.kind)
        lines.append(f"- {plain(words.name)}: {plain(trend_words(one)[0])}; {plain(sure, 200)}")
    lines += [
        f"- {plain(one.measure.words(asked.language).name)}: "
        f"{plain(PROBLEMS.get(one.reading.problem, ''), 200)}"
        for one in found
        if one.value is None
    ]
    return "\n".join(lines)


def _found(asked: Asked) -> list[Measured]:
    """Of each measure the period that ends with the report, or the last one before it."""
    require(asked.actor, Capability.VIEW_MEASURES)
    known, last = kept(), min(asked.until, asked.today)
    found = []
    for measure in measures():
        period = period_of(last, measure.cadence)
        two = history(measure, asked.now, last=period, count=2, known=known)
        here = two[-1]
        over = [one for one in two if one.value is not None]
        found.append(here if here.value is not None else over[-1] if over else here)
    return found


def _row(one: Measured, language: str) -> tuple[str, ...]:
    words = one.measure.words(language)
    value = value_words(one.value, one.measure.kind)
    if one.reading.total:
        value += f" ({one.reading.count}/{one.reading.total})"
    period = period_words(one.period)
    if not one.over:
        period += " " + _("(so far)")
    outcome = str(OUTCOMES.get(one.outcome, ("—", ""))[0])
    return words.name, period, value, target_words(one) or "—", outcome
