"""The law in reports: the rate of duties kept, changes to review, audit findings."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shangdun.actions.reports.sections import Asked, plain
from shangdun.records.compliance import compliance_rate, open_findings, text_of
from shangdun.records.models import AssessmentRound, LawReview, LegalDuty

title = gettext_lazy("Compliance with the law")
SHOWN = 10


def has(asked: Asked) -> bool:
    """Whether there is a law register."""
    del asked
    return LegalDuty.objects.filter(archived_at=None).exists()


def section(asked: Asked) -> str:
    """What is kept, what changed in the period, what waits, what audits found."""
    if not has(asked):
        return _("The law register is not set up yet.")
    parts = [_rate(asked), _changes(asked), _assessments(asked), _findings()]
    return "\n\n".join(part for part in parts if part)


def _rate(asked: Asked) -> str:
    rate = compliance_rate(asked.now)
    told = {"done": rate.done, "due": rate.due, "percent": rate.percent or 0}
    if not rate.due:
        return _("No duty of the register binds us.")
    text = _(
        "By their last assessment %(done)d of %(due)d duties that bind us are kept: %(percent)s %%."
    )
    return text % told


def _changes(asked: Asked) -> str:
    rows = LawReview.objects.filter(created_at__lt=asked.ends_at).select_related("after")
    waiting = [row for row in rows if row.done_at is None or row.done_at >= asked.ends_at]
    if not waiting:
        return _("No change of law waits for a review.")
    language = "zh" if asked.language.startswith("zh") else "en"
    lines = [
        ngettext(
            "%(n)d change of law waits for a review:",
            "%(n)d changes of law wait for a review:",
            len(waiting),
        )
        % {"n": len(waiting)}
    ]
    for row in waiting[:SHOWN]:
        text = text_of(row.after)
        late = row.due_on < asked.today
        until = _("overdue since %(day)s") if late else _("until %(day)s")
        name = plain(f"{text.law[language]} {text.article[language]}")
        lines.append(f"- {name}: {plain(text.title[language])} ({until % {'day': row.due_on}})")
    return f"{lines[0]}\n\n" + "\n".join(lines[1:])


def _assessments(asked: Asked) -> str:
    rows = AssessmentRound.objects.filter(opened_at__lt=asked.ends_at)
    told = []
    for row in rows.order_by("number"):
        if row.closed_at and asked.begins_at <= row.closed_at < asked.ends_at:
            told.append(_("%(title)s was closed.") % {"title": plain(row.title)})
        elif row.closed_at is None:
            values = {"title": plain(row.title), "day": row.due_on}
            told.append(_("%(title)s is under way, until %(day)s.") % values)
    return " ".join(told)


def _findings() -> str:
    count = open_findings().count()
    text = ngettext("%(n)d audit finding is open.", "%(n)d audit findings are open.", count)
    return text % {"n": count} if count else _("No audit finding is open.")
