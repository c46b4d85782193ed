"""Protective measures for their pages: words, states, periods, what lies behind a figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shangdun.actions.controls.keep import BY_FACTS, targets_of
from shangdun.console.wordings.controls import LOOKS, OUTCOME_LOOKS, OUTCOMES, STATES
from shangdun.govern.controls.catalogue import measures
from shangdun.govern.controls.rate import Execution, Outcome, Rate
from shangdun.govern.controls.rhythm import Rhythm, Span, period_before, period_of
from shangdun.govern.controls.standing import ControlState
from shangdun.govern.law.binding import FACTS
from shangdun.govern.law.register import register
from shangdun.records.controls import Stands
from shangdun.records.models import (
    Control,
    ControlFactor,
    ControlKind,
    ControlLayer,
    ControlMethod,
    ControlResult,
)

QUARTERS_SHOWN = 8
METHOD_ICONS = {
    "automatic": "cpu-chip",
    "on_site": "eye",
    "document": "document-magnifying-glass",
}
RESULT_LOOKS = {"pass": "good", "fail": "bad", "unknown": "warn"}
STATE_ORDER = (
    ControlState.FAILING,
    ControlState.OVERDUE,
    ControlState.UNKNOWN,
    ControlState.UNCHECKED,
    ControlState.IN_PLACE,
    ControlState.NOT_APPLICABLE,
)


def language() -> str:
    """``zh`` or ``en``: the page's, for texts that are data."""
    return "zh" if (get_language() or "zh").startswith("zh") else "en"


def in_words(words: Mapping[str, str]) -> str:
    """A text of both languages in the page's."""
    return words.get(language()) or words.get("zh") or ""


@dataclass(frozen=True)
class Words:
    """What a measure says of itself, in the page's language."""

    title: str
    what: str
    how: str


def words_of(control: Control) -> Words:
    """Of a shipped measure by its key, of one's own as it was written."""
    shipped = measures().get(control.key)
    if shipped is None:
        return Words(control.title, control.what, control.how)
    return Words(in_words(shipped.title), in_words(shipped.what), in_words(shipped.how))


@dataclass(frozen=True)
class ShownControl:
    """A measure for a list."""

    control: Control
    words: Words
    state: Promise
    look: str
    says: str
    icon: str
    stands: Stands

    @property
    def due_on(self) -> date:
        return self.stands.standing.due_on


def reason_of(control: Control) -> str:
    """Why it does not apply: as somebody wrote it, or as the facts say."""
    if not control.reason.startswith(BY_FACTS):
        return control.reason
    names = [leaf.removeprefix("not ") for leaf in control.reason[len(BY_FACTS) :].split(",")]
    told = []
    for name in names:
        key = name.split(" ", 1)[0]
        chinese, english = FACTS.get(key, (key, key))
        told.append(name.replace(key, chinese if language() == "zh" else english, 1))
    return _("By the facts, this is not so: %(facts)s.") % {"facts": _(", ").join(told)}


def shown(rows: Iterable[Stands]) -> list[ShownControl]:
    """Measures with how they stand."""
    return [
        ShownControl(
            control=one.control,
            words=words_of(one.control),
            state=STATES[one.state],
            look=LOOKS[one.state],
            says=in_words(one.result.says) if one.result else "",
            icon=METHOD_ICONS[one.control.method],
            stands=one,
        )
        for one in rows
    ]


def tally_states(rows: Iterable[Stands]) -> list[dict[str, Any]]:
    """How many stand how, the worst first; states that nothing is in are left out."""
    counts: dict[ControlState, int] = {}
    for one in rows:
        counts[one.state] = counts.get(one.state, 0) + 1
    return [
        {"state": state.value, "label": STATES[state], "look": LOOKS[state], "count": counts[state]}
        for state in STATE_ORDER
        if state in counts
    ]


@dataclass(frozen=True)
class Period:
    """A quarter that a rate is of."""

    key: str
    label: str
    span: Span


def period_named(key: str, today: date) -> Period:
    """``2026Q3``; anything else is the present quarter."""
    year, _sign, number = key.partition("Q")
    if len(year) == 4 and year.isdecimal() and number in {"1", "2", "3", "4"} and int(year) > 1999:
        day = date(int(year), 3 * int(number) - 2, 1)
        if day <= today:
            return _period(period_of(Rhythm.QUARTER, day))
    return _period(period_of(Rhythm.QUARTER, today))


def periods(today: date) -> list[Period]:
    """The present quarter and those before it, newest first."""
    span = period_of(Rhythm.QUARTER, today)
    found = [_period(span)]
    for _number in range(QUARTERS_SHOWN - 1):
        span = period_before(Rhythm.QUARTER, span.first)
        found.append(_period(span))
    return found


def _period(span: Span) -> Period:
    number = (span.first.month + 2) // 3
    label = _("Quarter %(quarter)d, %(year)d") % {"quarter": number, "year": span.first.year}
    return Period(f"{span.first.year}Q{number}", label, span)


def cells_of(rate: Rate) -> list[dict[str, Any]]:
    """The rate in all, by kind and by method; what nothing was due of is left out."""
    found = [
        {"name": _("All measures"), "done": rate.done, "due": rate.due, "percent": rate.percent}
    ]
    for group, labels in (("kind", ControlKind), ("method", ControlMethod)):
        for value, label in labels.choices:
            tally = rate.by.get(group, {}).get(value)
            if tally and tally.due:
                found.append({"name": label, **tally._asdict(), "percent": tally.percent})
    return found


@dataclass(frozen=True)
class RateRow:
    """A measure in a period: what became of it, and the numbers that this rests on."""

    control: Control
    words: Words
    outcome: Promise
    look: str
    execution: Execution
    icon: str
    reason: str


def rate_rows(rate: Rate, controls: Mapping[str, Control]) -> list[RateRow]:
    """Each measure of the rate, what was found missing first."""
    rows = [
        RateRow(
            control=controls[row.key],
            words=words_of(controls[row.key]),
            outcome=OUTCOMES[row.detail.outcome],
            look=OUTCOME_LOOKS[row.detail.outcome],
            execution=row.detail,
            icon=METHOD_ICONS[controls[row.key].method],
            reason=reason_of(controls[row.key]),
        )
        for row in rate.rows
        if isinstance(row.detail, Execution)
    ]
    worst = {Outcome.FAILED: 0, Outcome.MISSED: 1, Outcome.EXECUTED: 2}
    return sorted(rows, key=lambda one: (worst.get(one.execution.outcome, 3), one.control.pk))


def labels_of(control: Control) -> dict[str, Any]:
    """Layer, factors and duties of a measure in words."""
    duties = {one.uid: one for one in register()}
    return {
        "layer": ControlLayer(control.layer).label,
        "factors": [ControlFactor(one).label for one in control.factors if one in ControlFactor],
        "duties": [
            {"uid": uid, "title": in_words(duties[uid].versions[-1].title)}
            for uid in control.duties
            if uid in duties
        ],
        "targets": targets_of(control),
        "reason": reason_of(control),
    }


@dataclass(frozen=True)
class ShownResult:
    """What a check found, in the page's language."""

    result: ControlResult
    says: str
    fix: str
    facts: list[dict[str, str]]
    look: str


def shown_result(result: ControlResult) -> ShownResult:
    """One result with its facts."""
    return ShownResult(
        result=result,
        says=in_words(result.says),
        fix=in_words(result.fix),
        facts=[
            {"name": in_words(fact["name"]), "value": fact["value"], "path": fact.get("path", "")}
            for fact in result.facts
        ],
        look=RESULT_LOOKS[result.state],
    )
