"""Protective measures in reports: the execution rate of the period, and what is wanting."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from shangdun.actions.controls.remind import title_words
from shangdun.actions.reports.sections import Asked, plain, table
from shangdun.govern.controls.rate import Tally
from shangdun.govern.controls.standing import ControlState
from shangdun.records.controls import Stands, control_states, execution_rate
from shangdun.records.models import Control, ControlKind

title = gettext_lazy("Protective measures")
SHOWN = 10
WANTING = (ControlState.FAILING, ControlState.OVERDUE, ControlState.UNKNOWN)
STATES = {
    ControlState.FAILING: gettext_lazy("not in place"),
    ControlState.OVERDUE: gettext_lazy("check overdue"),
    ControlState.UNKNOWN: gettext_lazy("cannot be told"),
}


def has(asked: Asked) -> bool:
    """Whether any measure is kept."""
    del asked
    return Control.objects.filter(archived_at=None).exists()


def section(asked: Asked) -> str:
    """The rate by kind, then the measures that are wanting at the moment of the report."""
    if not has(asked):
        return _("No protective measures are kept yet.")
    rate = execution_rate(asked.since, asked.until, asked.now)
    rows = [(_("All measures"), Tally(rate.done, rate.due))]
    kinds = rate.by.get("kind", {})
    rows += [(str(label), kinds[value]) for value, label in ControlKind.choices if value in kinds]
    lines = [
        (name, tally.done, tally.due, "—" if tally.percent is None else f"{tally.percent} %")
        for name, tally in rows
    ]
    head = (_("Measures"), _("Executed"), pgettext("control", "Due"), _("Rate"))
    return f"{table(head, lines, right=(1, 2, 3))}\n\n{_wanting(asked)}"


def _wanting(asked: Asked) -> str:
    standing = control_states(None, asked.now).values()
    wanting = sorted(
        (one for one in standing if one.state in WANTING), key=lambda one: WANTING.index(one.state)
    )
    if not wanting:
        return _("No measure is missing, overdue or untold.")
    language = "zh" if asked.language.startswith("zh") else "en"
    lines = [
        f"- {plain(title_words(one.control)[language])}: {STATES[one.state]}{_found(one, language)}"
        for one in wanting[:SHOWN]
    ]
    more = len(wanting) - SHOWN
    if more > 0:
        lines.append("- " + _("and %(n)d more") % {"n": more})
    return "\n".join(lines)


def _found(one: Stands, language: str) -> str:
    if one.result is None or one.state is ControlState.OVERDUE:
        return ""
    return f" — {plain(one.result.says.get(language, ''))}"
