"""The yearly evaluation of the response plan."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from shangdun.actions.communication.makers import Asked, Draft, Proof
from shangdun.actions.communication.makers._plan import duty_done, plan_draft
from shangdun.records.models import DutyKind

title = pgettext_lazy("maker", "Yearly evaluation of the response plan")


def draft(asked: Asked) -> Draft:
    """What the year says, and the questions to answer."""
    return plan_draft("plan_evaluation", asked, str(asked.since.year))


def proof(asked: Asked) -> Proof | None:
    """The plan's yearly review, on record with the document."""
    return duty_done(asked, DutyKind.REVIEW)
