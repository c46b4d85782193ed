"""The response plan for people outside: that there is one, and that it was rehearsed."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from shangdun.actions.communication.makers import Asked, Draft
from shangdun.actions.communication.makers._plan import plan_draft

title = pgettext_lazy("maker", "The response plan for people outside")


def draft(asked: Asked) -> Draft:
    """The plan's versions, drills and improvements of the year."""
    return plan_draft("plan_outside", asked, str(asked.since.year))
