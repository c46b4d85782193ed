"""The list of protective measures, with owners as far as the answers name some."""

from __future__ import annotations

from django.utils.translation import ngettext

from shangdun.actions.controls.keep import adopt
from shangdun.actions.starters import Asked, Started, in_words
from shangdun.actions.starters.compliance import owners_of
from shangdun.records.models import Control

ORDER = 40


def start(asked: Asked) -> Started:
    """Take the shipped list over; what is kept already stays as it is."""
    made = adopt(None, owners_of(asked), asked.at)
    kept = Control.objects.filter(archived_at=None, applies=True).count()
    what = in_words(
        lambda: (
            ngettext(
                "%(n)d protective measure to carry out",
                "%(n)d protective measures to carry out",
                kept,
            )
            % {"n": kept}
        )
    )
    return Started(what, len(made), "/controls/")
