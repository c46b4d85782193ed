"""How long responses took, against the period before: medians with how many stand behind each."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shangdun.actions.reports.sections import Asked, table
from shangdun.records.figures import Chosen, courses
from shangdun.respond.figures import Course, Span, Spread, span_of, spread

title = gettext_lazy("Response figures")
SPANS = {
    Span.DETECT: gettext_lazy("From its beginning to the report"),
    Span.ACKNOWLEDGE: gettext_lazy("From the report to the first person"),
    Span.ACTIVATE: gettext_lazy("From the report to the start of the plan"),
    Span.CONTAIN: gettext_lazy("From the report to the end of the harm"),
    Span.RECOVER: gettext_lazy("From the report to normal operation"),
}


def has(asked: Asked) -> bool:
    """Whether any incident of this period or the one before has a span to show."""
    return any(_spread(rows, span).count for rows in _both(asked) for span in Span)


def section(asked: Asked) -> str:
    """A row a span: median, slowest tenth, how many; the median of the period before."""
    now, before = _both(asked)
    if not now and not before:
        return _("There was no incident to measure.")
    head = (
        _("Span"), _("Median"), _("90th percentile"), _("Incidents"), _("Median, period before"),
    )  # fmt: skip
    rows = []
    for span, label in SPANS.items():
        ours, theirs = _spread(now, span), _spread(before, span)
        if ours.count or theirs.count:
            rows.append((label, told(ours.median), told(ours.p90), ours.count, told(theirs.median)))
    if not rows:
        return _("No span of a response is known yet.")
    note = _("An incident whose moment is missing is left out of that row, not counted as zero.")
    return f"{table(head, rows, right=(1, 2, 3, 4))}\n\n{note}"


def _both(asked: Asked) -> tuple[list[Course], list[Course]]:
    before = asked.before()
    return (
        courses(asked.actor, Chosen(asked.begins_at, asked.ends_at)),
        courses(asked.actor, Chosen(before.begins_at, before.ends_at)),
    )


def _spread(rows: list[Course], span: Span) -> Spread:
    return spread(span_of(one, span) for one in rows)


def told(seconds: float | None) -> str:
    """A span in its two largest units; a dash where none is known."""
    if seconds is None:
        return "—"
    if seconds < 60:
        return _("%(n)d s") % {"n": int(seconds)}
    days, rest = divmod(int(seconds), 86_400)
    hours, minutes = rest // 3600, rest % 3600 // 60
    parts = [ngettext("%(n)d day", "%(n)d days", days) % {"n": days}] if days else []
    if hours:
        parts.append(_("%(n)d h") % {"n": hours})
    if not days and (minutes or not parts):
        parts.append(_("%(n)d min") % {"n": minutes})
    return " ".join(parts)
