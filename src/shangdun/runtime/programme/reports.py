"""Reports by the clock: made due, drafted when their window opens, sent once they are in force."""

from __future__ import annotations

import logging
from datetime import date, timedelta

from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import ShangdunError

log = logging.getLogger(__name__)
BACK = timedelta(days=100)
"""How far back a process that was down makes up for what was due: a quarter and its window."""


def keep_reports(clock: Clock) -> None:
    """All of it; safe to repeat. What fell due while nobody ran is made, and said to be late."""
    today = _today(clock)
    _make(clock, today)
    _draft(clock, today)
    _send(clock)
    _say(clock, today)


def _today(clock: Clock) -> date:
    from shangdun.records.messages import console_zone  # noqa: PLC0415  needs boot

    return clock.now().astimezone(console_zone()).date()


def _make(clock: Clock, today: date) -> None:
    from shangdun.actions.reports.recur import do_make_report_due  # noqa: PLC0415  needs boot
    from shangdun.records.actor import JOBS  # noqa: PLC0415  as above
    from shangdun.records.models import Rhythm, RhythmMakes  # noqa: PLC0415  as above
    from shangdun.records.rhythms import windows_of  # noqa: PLC0415  as above

    for rhythm in Rhythm.objects.filter(makes=RhythmMakes.REPORT, enabled=True):
        known = {row.period: (row.first, row.last) for row in rhythm.reports.all()}
        ahead = today + timedelta(days=rhythm.ahead)
        for window in windows_of(rhythm, today - BACK, ahead):
            if known.get(window.span.key) != (window.first, window.last):
                do_make_report_due(JOBS, window, rhythm_id=rhythm.pk, clock=clock)


def _draft(clock: Clock, today: date) -> None:
    from shangdun.actions.reports.draft import do_draft_report  # noqa: PLC0415  needs boot
    from shangdun.records.actor import JOBS  # noqa: PLC0415  as above
    from shangdun.records.models import ReportRun  # noqa: PLC0415  as above

    due = ReportRun.objects.filter(drafted_at=None, first__lte=today, until__lt=today)
    for number in due.order_by("first", "pk").values_list("number", flat=True):
        try:
            do_draft_report(JOBS, number=number, clock=clock)
        except ShangdunError as error:  # one that cannot be drafted must not hold up the others
            log.warning("report %d is not drafted: %s", number, error)


def _send(clock: Clock) -> None:
    """What was approved and published goes to its readers without anybody's click."""
    from shangdun.actions.reports.send import do_send_report  # noqa: PLC0415  needs boot
    from shangdun.records.actor import JOBS  # noqa: PLC0415  as above
    from shangdun.records.models import DocumentState, ReportRun  # noqa: PLC0415  as above

    ready = ReportRun.objects.filter(
        sent_at=None, document__versions__state=DocumentState.PUBLISHED
    )
    for number in ready.order_by("pk").values_list("number", flat=True):
        try:
            do_send_report(JOBS, number=number, clock=clock)
        except ShangdunError as error:  # as above
            log.warning("report %d is not sent: %s", number, error)


def _say(clock: Clock, today: date) -> None:
    from shangdun.actions.reports.recur import (  # noqa: PLC0415  needs boot
        do_remind_of_report,
        do_say_reports_missed,
    )
    from shangdun.records.actor import JOBS  # noqa: PLC0415  as above
    from shangdun.records.models import ReportRun  # noqa: PLC0415  as above

    open_runs = ReportRun.objects.filter(sent_at=None)
    over = list(open_runs.filter(missed_at=None, last__lt=today).values_list("pk", flat=True))
    if over:
        do_say_reports_missed(JOBS, runs=over, clock=clock)
    waiting = open_runs.exclude(drafted_at=None).filter(last__gte=today)
    for run in waiting.order_by("pk").values_list("pk", flat=True):
        do_remind_of_report(JOBS, run_id=run, clock=clock)
