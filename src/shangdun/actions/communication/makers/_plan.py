"""The response plan in drafts, and what shows that it was talked over or looked through."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils.translation import gettext as _

from shangdun.actions.communication.makers import Asked, Draft, Proof, _facts
from shangdun.govern.communication.drafts import filled
from shangdun.records.models import ControlledKind, DutyKind, Meeting, MeetingState, ReviewDuty


def plan_draft(maker: str, asked: Asked, period: str) -> Draft:
    """Incidents, drills and the plan's own dates."""
    values = {
        "period": period,
        "since": asked.since.isoformat(),
        "until": asked.until.isoformat(),
        "response": _facts.response(asked),
        "drills": _facts.drills(asked),
        "plans": _facts.response_plans(asked),
        "company": _facts.company_name(asked),
    }
    text = filled(maker, asked.language, values)
    return Draft(text.title, text.body)


def duty_done(asked: Asked, kind: DutyKind) -> Proof | None:
    """A plan's review or meeting on record in the time; its outcome stands with the document."""
    row = (
        ReviewDuty.objects.filter(
            document__kind=ControlledKind.PLAN, kind=kind,
            done_at__gte=asked.begins_at, done_at__lt=_end(asked), done_at__lte=asked.now,
        )
        .select_related("document")
        .order_by("done_at")
        .first()
    )  # fmt: skip
    if row is None or row.done_at is None:
        return None
    text = _("On record with “%(title)s”.") % {"title": row.document.title}
    return Proof(row.done_at, text, f"/documents/{row.document.number}/")


def meeting_held(asked: Asked, kind: str) -> Proof | None:
    """A meeting of that kind that was held in the time, with how many came."""
    row = (
        Meeting.objects.filter(
            kind=kind, state=MeetingState.HELD,
            held_at__gte=asked.begins_at, held_at__lt=_end(asked), held_at__lte=asked.now,
        )
        .order_by("held_at")
        .first()
    )  # fmt: skip
    if row is None or row.held_at is None:
        return None
    text = _("Meeting #%(n)d “%(title)s” was held.") % {"n": row.number, "title": row.title}
    came = row.attendances.filter(came=True).count()
    return Proof(row.held_at, text, f"/meetings/{row.number}/", came)


def _end(asked: Asked) -> datetime:
    last = max(asked.until, asked.closes or asked.until)
    return datetime.combine(last + timedelta(days=1), time.min, asked.zone)
