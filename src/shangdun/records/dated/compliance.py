"""The law in the calendar: changes to review, texts that come into force, the assessment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shangdun.records.compliance import text_of
from shangdun.records.dated import Asked, Dated, DatedState
from shangdun.records.models import AssessmentRound, LawReview, RoundState
from shangdun.records.roles import Capability


def dated(asked: Asked) -> Iterable[Dated]:
    """Reviews by their day, and assessments by theirs."""
    if not asked.actor.can(Capability.VIEW_COMPLIANCE):
        return
    span = {"due_on__gte": asked.since, "due_on__lte": asked.until}
    for row in LawReview.objects.filter(**span).select_related("duty", "after"):
        text = text_of(row.after)
        language = "zh" if (get_language() or "zh").startswith("zh") else "en"
        yield Dated(
            uid=f"law-review-{row.pk}",
            kind="law",
            title=f"{text.law[language]} {text.article[language]}",
            day=row.due_on,
            state=_state(asked, done=row.done_at is not None, day=row.due_on),
            path=f"/law/duties/{row.duty.uid}/",
            people=(row.duty.owner_id,) if row.duty.owner_id else (),
            detail=_("a change of law to review"),
        )
    for assessment in AssessmentRound.objects.filter(**span):
        closed = assessment.state == RoundState.CLOSED
        yield Dated(
            uid=f"assessment-{assessment.pk}",
            kind="law",
            title=assessment.title,
            day=assessment.due_on,
            state=_state(asked, done=closed, day=assessment.due_on),
            path=f"/law/assessments/{assessment.number}/",
            people=(assessment.auditor_id,) if assessment.auditor_id else (),
            detail=_("the yearly assessment of compliance is to be finished"),
        )


def _state(asked: Asked, *, done: bool, day: date) -> DatedState:
    if done:
        return DatedState.DONE
    if day == asked.today:
        return DatedState.DUE
    return DatedState.LATE if day < asked.today else DatedState.AHEAD
