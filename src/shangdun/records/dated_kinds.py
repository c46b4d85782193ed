"""What the kinds of dated things are called.

A module of ``records.dated`` may name its own in ``KINDS``: kind → (words, icon).
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from shangdun.records.dated import sources


class Kind(NamedTuple):
    """A kind of the calendar: its words, its icon."""

    label: str | Promise
    icon: str


_USUAL: dict[str, Kind] = {
    "task": Kind(pgettext_lazy("dated", "Task of the plan"), "clipboard-document-check"),
    "milestone": Kind(pgettext_lazy("dated", "Milestone"), "flag"),
    "risk": Kind(pgettext_lazy("dated", "Risk"), "exclamation-triangle"),
    "control": Kind(pgettext_lazy("dated", "Control check"), "shield-check"),
    "compliance": Kind(pgettext_lazy("dated", "Compliance"), "scale"),
    "survey": Kind(pgettext_lazy("dated", "Survey"), "chat-bubble-left-right"),
    "measure": Kind(pgettext_lazy("dated", "Evaluation"), "chart-bar"),
    "communication": Kind(pgettext_lazy("dated", "Communication"), "megaphone"),
    "evaluation": Kind(pgettext_lazy("dated", "Evaluation"), "chart-bar"),
    "law": Kind(pgettext_lazy("dated", "Compliance"), "scale"),
    "duty_review": Kind(pgettext_lazy("dated", "Review of duties"), "identification"),
    "risk_review": Kind(pgettext_lazy("dated", "Review of a risk"), "exclamation-triangle"),
    "risk_measure": Kind(pgettext_lazy("dated", "Measure against a risk"), "shield-check"),
    "risk_acceptance": Kind(pgettext_lazy("dated", "Accepted risk"), "hand-raised"),
    "vulnerability": Kind(pgettext_lazy("dated", "Vulnerability"), "bug-ant"),
}


@cache
def kinds() -> dict[str, Kind]:
    """All that is named, by the parts that name it."""
    found = dict(_USUAL)
    for name, _dated in sources():
        own = getattr(import_module(f"shangdun.records.dated.{name}"), "KINDS", {})
        found |= {kind: Kind(*words) for kind, words in own.items()}
    return found


def kind_of(kind: str) -> Kind:
    """One of them; what nobody named is called by its own word."""
    return kinds().get(kind) or Kind(kind.replace("_", " "), "calendar-days")


def kind_word(kind: str) -> str:
    """Its words in the language that is switched on."""
    return str(kind_of(kind).label)
