"""Reports of the plan in their windows: those that exist, and those that are to come."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.govern.rhythm.windows import Window
from shangdun.records.dated import Asked, Dated, DatedState
from shangdun.records.models import ReportRun, ReportState, Rhythm, RhythmMakes
from shangdun.records.plan_reports import states_of, visible_runs
from shangdun.records.rhythms import windows_of
from shangdun.records.roles import Capability

KINDS = {"report": (pgettext_lazy("dated", "Report"), "document-chart-bar")}


def dated(asked: Asked) -> Iterator[Dated]:
    """On the last day of their window, the window as their span; for who sees reports."""
    if not asked.actor.can(Capability.VIEW_REPORTS):
        return
    rows = visible_runs(asked.actor).filter(last__gte=asked.since, first__lte=asked.until)
    made = set()
    for run, state in states_of(rows):
        made.add((run.rhythm_id, run.period))
        yield _run(run, state, asked)
    for rhythm in Rhythm.objects.filter(makes=RhythmMakes.REPORT, enabled=True):
        for window in windows_of(rhythm, max(asked.since, asked.today), asked.until):
            if (rhythm.pk, window.span.key) not in made:
                yield _ahead(rhythm, window)


def _run(run: ReportRun, state: ReportState, asked: Asked) -> Dated:
    return Dated(
        uid=f"plan-report-{run.rhythm_id}-{run.period}",
        kind="report",
        title=run.title,
        day=run.first,
        until=run.last,
        state=_state(run, state, asked),
        path=f"/plan-reports/{run.number}/",
        people=(run.rhythm.owner_id,) if run.rhythm.owner_id else (),
        detail=state.label,
    )


def _state(run: ReportRun, state: ReportState, asked: Asked) -> DatedState:
    if state is ReportState.SENT:
        return DatedState.DONE
    if state is ReportState.MISSED or asked.today > run.last:
        # Its window is closed, but it is still owed: it can be sent late.
        return DatedState.LATE
    return DatedState.DUE if asked.today >= run.first else DatedState.AHEAD


def _ahead(rhythm: Rhythm, window: Window) -> Dated:
    return Dated(
        uid=f"plan-report-{rhythm.pk}-{window.span.key}",
        kind="report",
        title=rhythm.title,
        day=window.first,
        until=window.last,
        state=DatedState.AHEAD,
        path="/plan-reports/",
        people=(rhythm.owner_id,) if rhythm.owner_id else (),
        detail=_("provisional until the holidays are announced") if window.tentative else "",
    )
