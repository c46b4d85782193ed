"""The report of a drill (演练报告) as a document."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.console.papers.saying import day_of, moment_of, name_of
from shangdun.console.response.drills import beats_of, lines_of, percent_of
from shangdun.console.wordings.drills import chinese, scenario_words
from shangdun.papers.blocks import (
    Block,
    Callout,
    Facts,
    Heading,
    Paper,
    Signature,
    Signatures,
    Table,
    Text,
)
from shangdun.records.drills import incident_of
from shangdun.records.models import Drill, DrillState


def drill_paper(drill: Drill) -> Paper:
    """Plan, course, marks, findings and conclusion, in the page's language."""
    return Paper(
        title=_("Report of a drill"),
        subtitle=drill.title,
        language="zh-hans" if chinese() else "en",
        marking=_("DRILL"),
        meta=tuple(_meta(drill)),
        blocks=tuple(_blocks(drill)),
        date=day_of(drill.signed_at or timezone.now()),
        cover=True,
    )


def _meta(drill: Drill) -> Iterator[tuple[str, str]]:
    incident = incident_of(drill)
    yield _("Drill"), f"#{drill.number}"
    yield _("Scenario"), scenario_words(drill.scenario).title
    yield _("Kind"), drill.get_kind_display()
    if incident:
        yield _("Incident"), f"#{incident.number}"
    yield _("Began"), moment_of(drill.began_at, "—")
    yield _("Ended"), moment_of(drill.ended_at, "—")
    yield _("State"), drill.get_state_display()


def _blocks(drill: Drill) -> Iterator[Block]:
    lines = lines_of(drill)
    total = percent_of(lines)
    if drill.state != DrillState.SIGNED:
        yield Callout(_("This report is not signed yet."), tone="warning")
    yield Heading(_("What was rehearsed"))
    yield Text(scenario_words(drill.scenario).text)
    pace = _("%(factor)d times as fast as real time") % {"factor": drill.factor}
    if drill.factor == 1:
        pace = _("real time")
    rows: list[tuple[str, str]] = [
        (_("Led by"), name_of(drill.observer, "—")),
        (_("Its clock"), pace),
        (_("Result"), f"{total} %" if total is not None else "—"),
    ]
    if drill.aims:
        rows.append((_("What was to be tried"), drill.aims))
    yield Facts(tuple(rows))
    yield Heading(_("What was told"))
    told = tuple(
        (str(beat.minute), f"{beat.title}\n{beat.text}", moment_of(beat.told, "—"))
        for beat in beats_of(drill)
    )
    yield Table((_("Minute"), _("Inject"), _("Told")), told, widths=(3, 16, 6), right=(0,))
    yield Heading(_("What was expected, and what was done"))
    marks = tuple(
        (
            line.what,
            line.group,
            str(line.target),
            "—" if line.actual is None else f"{line.actual:g}",
            str(line.label),
            line.row.note if line.row else "",
        )
        for line in lines
    )
    columns = (
        _("Expected"), _("Group"), _("Target, min"), _("Actual, min"), _("Mark"), _("Remark"),
    )  # fmt: skip
    yield Table(columns, marks, widths=(9, 5, 4, 4, 5, 7), right=(2, 3))
    yield from _findings(drill)
    yield Heading(_("Conclusion"))
    yield Text(drill.conclusion or _("Not written."), quiet=not drill.conclusion)
    yield Signatures(
        (
            Signature(_("Led by"), name_of(drill.observer), moment_of(drill.ended_at)),
            Signature(
                _("Leadership group"),
                name_of(drill.signed_by),
                moment_of(drill.signed_at),
            ),
        )
    )
    if drill.signed_sha256:
        seal = _("Seal of the signed contents (SHA-256), kept in the ledger: %(seal)s")
        yield Text(seal % {"seal": drill.signed_sha256}, quiet=True)


def _findings(drill: Drill) -> Iterator[Block]:
    rows = tuple(
        (
            f"#{one.number} {one.title}",
            one.get_group_display(),
            name_of(one.owner, "—"),
            one.due.isoformat(),
            one.retest,
        )
        for one in drill.improvements.select_related("owner").order_by("number")
    )
    yield Heading(_("What it taught"))
    if rows:
        columns = (_("What is to be done"), _("Group"), _("Owner"), _("Due"), _("Retest"))
        yield Table(columns, rows, widths=(5, 3, 2, 3, 5))
    else:
        yield Text(_("Nothing was noted."), quiet=True)
