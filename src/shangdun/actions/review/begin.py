"""Opening the post-incident report."""

from __future__ import annotations

from datetime import datetime, timedelta

from shangdun.records.models import Incident, Review
from shangdun.records.models.incidents import Verdict
from shangdun.records.orders import plan_started

DUE = timedelta(days=14)
"""While people remember; the regulator's summary, where one is due, asks for it within 30 days."""


def begin_review(incident: Incident, at: datetime) -> Review | None:
    """The report of an incident in which the plan ran; None where none is needed.

    What leadership never started the plan for, and what was nothing, gets none; again is harmless.
    """
    if incident.activated_at is None or not plan_started(incident):
        return None
    if incident.verdict == Verdict.FALSE_POSITIVE:
        return None
    review, _ = Review.objects.get_or_create(
        incident=incident, defaults={"began_at": at, "due_at": at + DUE}
    )
    return review
