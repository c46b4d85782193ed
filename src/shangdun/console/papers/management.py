"""Management's page as a paper of one or two sides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from shangdun.console.papers.saying import day_of
from shangdun.console.programme.management import Line, Told
from shangdun.papers.blocks import (
    Block,
    Bullets,
    Callout,
    Heading,
    Language,
    Paper,
    Table,
    Text,
    Tone,
)


def management_paper(told: Told) -> Paper:
    """In the page's language."""
    language: Language = "zh-hans" if (get_language() or "").startswith("zh") else "en"
    return Paper(
        title=_("Where security stands"),
        language=language,
        marking=_("Confidential"),
        meta=((_("As of"), told.at),),
        blocks=tuple(_blocks(told)),
        date=day_of(timezone.now()),
    )


def _blocks(told: Told) -> Iterator[Block]:
    tone: Tone = "warning" if told.decide or told.overdue else "good"
    yield Callout("\n".join(one.text for one in told.headlines), tone=tone)
    yield from _listed(_("Needs a decision"), told.decide)
    yield from _listed(_("Overdue"), told.overdue)
    yield from _plan(told)
    yield from _risks(told)
    yield from _incidents(told)
    yield from _measures(told)
    yield from _money(told)


def _listed(title: str, lines: Iterable[Line]) -> Iterator[Block]:
    items = tuple(one.text for one in lines)
    if items:
        yield Heading(title, 2)
        yield Bullets(items)


def _plan(told: Told) -> Iterator[Block]:
    yield Heading(_("The plan"), 2)
    yield Text(told.plan_words)
    rows = tuple((one.title, one.done, one.state, one.next_due or "—") for one in told.tasks)
    if rows:
        columns = (_("Task"), _("Done"), _("State"), _("Next due"))
        yield Table(columns, rows, widths=(6, 2, 5, 3))


def _risks(told: Told) -> Iterator[Block]:
    yield Heading(_("Top risks"), 2)
    yield Text(told.risk_words)
    rows = tuple(
        (one.title, one.before or "—", one.level, one.trend, one.money or "—", one.owner or "—")
        for one in told.risks
    )
    if rows:
        columns = (
            _("Risk"), _("Before measures"), _("Now"), _("Trend"), _("Expected loss"), _("Owner"),
        )  # fmt: skip
        yield Table(columns, rows, widths=(10, 5, 5, 5, 7, 5))


def _incidents(told: Told) -> Iterator[Block]:
    yield Heading(_("Incidents and deadlines"), 2)
    yield Text(f"{told.incident_words} {told.clock_words}")
    rows = tuple((one.title, one.grade, one.state, one.since) for one in told.incidents)
    if rows:
        columns = (_("Incident"), _("Grade"), _("State"), pgettext("incident", "Reported on"))
        yield Table(columns, rows, widths=(6, 3, 2, 3))
    clocks = tuple((one.duty, one.due or "—", one.left) for one in told.clocks)
    if clocks:
        yield Table((_("To report"), _("Until"), _("Left")), clocks, widths=(6, 3, 3))


def _measures(told: Told) -> Iterator[Block]:
    yield Heading(_("Measures of the plan"), 2)
    rows = tuple(
        (
            one.words.name,
            one.period,
            f"{one.value} {one.unit}".strip() if one.measured.value is not None else "—",
            one.target or "—",
            str(one.outcome) or "—",
        )
        for one in told.measures
    )
    if all(one.measured.value is None for one in told.measures):
        yield Text(_("No measure has a value for this period yet."), quiet=True)
        return
    columns = (pgettext("plan", "Measure"), _("Period"), _("Value"), _("Target"), _("Outcome"))
    yield Table(columns, rows, right=(2,), widths=(5, 3, 2, 3, 2))


def _money(told: Told) -> Iterator[Block]:
    yield Heading(_("Money"), 2)
    rows = tuple(
        (one.currency, one.planned, one.committed, one.spent, one.left) for one in told.money
    )
    if not rows:
        yield Text(_("No budget has been planned yet."), quiet=True)
        return
    columns = (
        _("Currency"), pgettext("money", "Planned"), _("Committed"), _("Spent"), _("Left to spend"),
    )  # fmt: skip
    yield Table(columns, rows, right=(1, 2, 3, 4), widths=(2, 3, 3, 3, 3))
