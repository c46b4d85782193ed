"""The statement of protective measures (安全防护措施执行情况) of a quarter as a document."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shangdun.console.papers.saying import day_of, name_of
from shangdun.console.programme.controls import (
    Period,
    RateRow,
    cells_of,
    in_words,
    language,
    rate_rows,
    reason_of,
    shown,
    words_of,
)
from shangdun.govern.controls.rate import Outcome
from shangdun.papers.blocks import Block, Callout, Facts, Heading, Paper, Table, Text
from shangdun.records.actor import Actor
from shangdun.records.controls import control_states, execution_rate, visible_controls
from shangdun.records.models import Control


def controls_paper(actor: Actor, period: Period, now: datetime) -> Paper:
    """The rate, how it is reckoned, every measure with what its checks found."""
    controls = {row.key: row for row in visible_controls(actor)}
    return Paper(
        title=_("Statement of protective measures"),
        subtitle=period.label,
        language="zh-hans" if language() == "zh" else "en",
        meta=(
            (
                _("Period"),
                _("%(since)s to %(until)s")
                % {"since": period.span.first, "until": period.span.last},
            ),
            (_("As of"), day_of(now)),
        ),
        blocks=tuple(_blocks(controls, period, now)),
        date=day_of(now),
        cover=True,
        contents=True,
    )


def _blocks(controls: dict[str, Control], period: Period, now: datetime) -> Iterator[Block]:
    rate = execution_rate(period.span.first, period.span.last, now)
    rows = rate_rows(rate, controls)
    yield Heading(_("Execution rate"))
    if now.date() <= period.span.last:
        yield Callout(_("The period is not over: checks may still be made."), tone="warning")
    figures = tuple(
        (str(cell["name"]), str(cell["done"]), str(cell["due"]), _percent(cell["percent"]))
        for cell in cells_of(rate)
    )
    columns = (_("Measures"), _("Executed"), pgettext("control", "Due"), _("Rate"))
    if any(one.execution.outcome.counts for one in rows):
        yield Table(columns, figures, widths=(6, 2, 2, 2), right=(1, 2, 3))
    else:
        yield Text(_("No measure has been due for a check in this period yet."))
    yield Text(
        _(
            "A measure is due when a check of it was owed in the period or one was made. It counts "
            "as executed when every check that was owed was made and the last one found it in "
            "place. Checks that could not tell anything count as not made."
        ),
        quiet=True,
    )
    yield Heading(_("Measures in the period"))
    told = [one for one in rows if one.execution.outcome.counts]
    if told:
        yield Table(
            (
                _("Measure"),
                _("Layer"),
                _("Owner"),
                _("Outcome"),
                _("Checks made"),
                pgettext("check", "Result"),
            ),
            tuple(_row(one) for one in told),
            widths=(24, 18, 11, 12, 9, 12),
        )
    waiting = [one.words.title for one in rows if one.execution.outcome is Outcome.NOT_DUE]
    if waiting:
        names = _(", ").join(waiting)
        yield Text(_("Not due for a check in the period: %(names)s.") % {"names": names})
    yield from _wanting(controls, now)
    yield from _left_out(controls)


def _row(one: RateRow) -> tuple[str, ...]:
    made = one.execution
    counted = (
        (made.passed, _("in place: %(n)d")),
        (made.failed, _("missing: %(n)d")),
        (made.unknown, _("inconclusive: %(n)d")),
    )
    found = "\n".join(words % {"n": number} for number, words in counted if number) or "—"
    owed = _("%(made)d of %(owed)d") % {"made": made.made, "owed": made.owed} if made.owed else "—"
    layer = one.control.get_layer_display()
    owner = name_of(one.control.owner, "—")
    return one.words.title, layer, owner, str(one.outcome), owed, found


def _wanting(controls: dict[str, Control], now: datetime) -> Iterator[Block]:
    standing = [one for one in control_states(controls, now).values() if not one.proven]
    told = [one for one in standing if one.control.applies and one.result]
    if not told:
        return
    yield Heading(_("Measures not in place now"))
    for one in shown(told):
        result = one.stands.result
        if result is None:
            continue
        yield Heading(one.words.title, level=2)
        rows = [
            (_("State"), str(one.state)),
            (_("Checked"), day_of(result.at)),
            (_("Found"), one.says),
        ]
        if fix := in_words(result.fix):
            rows.append((_("What to do"), fix))
        rows += [(in_words(fact["name"]), fact["value"]) for fact in result.facts[:12]]
        yield Facts(tuple(rows))


def _left_out(controls: dict[str, Control]) -> Iterator[Block]:
    rows = tuple(
        (words_of(one).title, reason_of(one)) for one in controls.values() if not one.applies
    )
    if rows:
        yield Heading(_("Measures that do not apply"))
        yield Table((_("Measure"), _("Why")), rows, widths=(4, 7))


def _percent(value: object) -> str:
    return "—" if value is None else f"{value} %"
