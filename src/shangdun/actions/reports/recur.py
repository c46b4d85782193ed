"""Reports by the calendar: made due, drafted, reminded of, or said missed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.actions.reports.templates import current
from shangdun.govern.rhythm.periods import Span
from shangdun.govern.rhythm.windows import Window
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound
from shangdun.records.actor import Actor
from shangdun.records.messages import console_zone
from shangdun.records.models import ReportRun, Rhythm, RhythmMakes
from shangdun.records.roles import Capability
from shangdun.respond.groups import Group


@action(Capability.RUN_PLAYBOOKS)
def do_make_report_due(
    actor: Actor, window: Window, *, rhythm_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[ReportRun | None]:
    """The report of one period, with the days on which it is due.

    A window that was announced before the holidays were known is moved while nothing was drafted.
    """
    del actor
    rhythms = Rhythm.objects.filter(pk=rhythm_id, enabled=True, makes=RhythmMakes.REPORT)
    rhythm = rhythms.first()
    if rhythm is None:
        return Unchanged(None)
    now = clock.now()
    run = rhythm.reports.filter(period=window.span.key).first()
    if run is not None:
        if (run.first, run.last) == (window.first, window.last) or run.drafted_at or run.missed_at:
            return Unchanged(run)
        run.first, run.last = window.first, window.last
        run.version += 1
        run.save()
    else:
        run = ReportRun.objects.create(
            number=(ReportRun.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
            rhythm=rhythm, kind=rhythm.kind, title=_title(rhythm, window),
            language=rhythm.language, period=window.span.key, since=window.span.since,
            until=window.span.until, first=window.first, last=window.last,
            programme=rhythm.programme, created_at=now,
        )  # fmt: skip
    payload = {"rhythm": rhythm.key, "period": run.period, "last": run.last.isoformat()}
    return Done(run, ("plan_report", run.number), now, payload)


def _title(rhythm: Rhythm, window: Window) -> str:
    try:
        name = current(rhythm.kind, rhythm.language)[0].title
    except NotFound:
        name = rhythm.title
    with override(rhythm.language):
        told = {"name": name, "period": period_name(window.span)}
        return (pgettext("title of a report", "%(name)s, %(period)s") % told)[:200]


def period_name(span: Span) -> str:
    """``March 2026``, ``Q1 2026``; of a week its days, since nobody counts weeks."""
    year, _dash, part = span.key.partition("-")
    kind = part[:1]
    if kind == "W":
        return _week(span.since, span.until)
    if kind == "Q":
        return pgettext("period", "Q%(quarter)s %(year)s") % {"quarter": part[1:], "year": year}
    if kind == "H":
        half = _("first half of %(year)s") if part == "H1" else _("second half of %(year)s")
        return half % {"year": year}
    if kind:
        return date_format(span.since, pgettext("the month of a report", "F Y"))
    return pgettext("a whole year", "%(year)s") % {"year": year}


def _week(since: date, until: date) -> str:
    """From the first to the last day: what both share is said once."""
    if since.year != until.year:
        return f"{date_format(since, 'DATE_FORMAT')} – {date_format(until, 'DATE_FORMAT')}"
    if since.month == until.month:  # the formats are those of Django's date_format
        first = pgettext("first day of a span within one month", "j")
        last = pgettext("last day of a span within one month", "j M Y")
        return f"{date_format(since, first)}–{date_format(until, last)}"
    first = pgettext("first day of a span within one year", "j M")
    last = pgettext("last day of a span within one year", "j M Y")
    return f"{date_format(since, first)} – {date_format(until, last)}"


@action(Capability.RUN_PLAYBOOKS)
def do_remind_of_report(actor: Actor, *, run_id: int, clock: Clock = SYSTEM_CLOCK) -> Outcome[str]:
    """Say that a draft waits, and on the window's last day that it still does."""
    del actor
    now = clock.now()
    run = ReportRun.objects.select_related("rhythm__owner").filter(pk=run_id).first()
    if run is None or run.drafted_at is None or run.sent_at is not None:
        return Unchanged("")
    today = now.astimezone(console_zone()).date()
    step = "last" if today >= run.last > run.first else "drafted"
    if step in run.reminded or (today > run.last and run.reminded):
        return Unchanged("")
    run.reminded = [*run.reminded, step]
    run.save(update_fields=["reminded"])
    _tell(run, "plan_report_drafted" if step == "drafted" else "plan_report_last", now)
    return Done(step, ("plan_report", run.number), now, {"step": step})


@action(Capability.RUN_PLAYBOOKS)
def do_say_reports_missed(
    actor: Actor, *, runs: Sequence[int], clock: Clock = SYSTEM_CLOCK
) -> Outcome[int]:
    """Reports whose window closed without them; one message, however many they are."""
    del actor
    now = clock.now()
    today = now.astimezone(console_zone()).date()
    rows = list(
        ReportRun.objects.select_related("rhythm")
        .filter(pk__in=list(runs), missed_at=None, sent_at=None, last__lt=today)
        .order_by("last", "pk")
    )
    if not rows:
        return Unchanged(0)
    for row in rows:
        row.missed_at = now
        row.version += 1
        row.save()
    told = "\n".join(f"{row.title} ({row.last.isoformat()})" for row in rows[:12])
    owners = sorted({row.rhythm.owner_id for row in rows if row.rhythm.owner_id})
    notice = Notice(
        "plan_reports_missed", None, (Group.LEADERSHIP,), f"plan_reports_missed:{rows[-1].pk}",
        people=tuple(owners), data={"path": "/plan-reports/", "count": len(rows), "reports": told},
    )  # fmt: skip
    queue_message(notice, now)
    numbers = [row.number for row in rows]
    return Done(len(rows), ("plan_report", numbers[-1]), now, {"numbers": numbers})


def _tell(run: ReportRun, kind: str, at: datetime) -> None:
    owner = run.rhythm.owner
    people = (owner.pk,) if owner and owner.is_active else ()
    data = {
        "path": f"/plan-reports/{run.number}/",
        "title": run.title,
        "last": run.last.isoformat(),
    }
    groups = () if people else (Group.LEADERSHIP,)
    queue_message(Notice(kind, None, groups, f"{kind}:{run.pk}", people=people, data=data), at)
