"""The quarterly meeting about the response plan."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from shangdun.actions.communication.makers import Asked, Draft, Proof
from shangdun.actions.communication.makers._plan import duty_done, meeting_held, plan_draft
from shangdun.govern.rhythm.periods import Period, span_of
from shangdun.records.models import DutyKind, MeetingKind

title = pgettext_lazy("maker", "Quarterly meeting about the response plan")


def draft(asked: Asked) -> Draft:
    """Its agenda, with what the quarter brought."""
    return plan_draft("plan_meeting", asked, span_of(Period.QUARTER, asked.since).key)


def proof(asked: Asked) -> Proof | None:
    """A meeting about the plan that was held in the quarter, on record with either."""
    return meeting_held(asked, MeetingKind.PLAN_REVIEW) or duty_done(asked, DutyKind.MEETING)
