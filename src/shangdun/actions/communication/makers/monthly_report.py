"""The monthly detailed report: drafted and sent with the reports, proven here."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from shangdun.actions.communication.makers import Asked, Proof
from shangdun.actions.communication.makers._report import sent_report

title = pgettext_lazy("maker", "Monthly report, proven by its sending")


def proof(asked: Asked) -> Proof | None:
    """The report about this month, if it was sent."""
    return sent_report(asked, "monthly")
