"""The legal side of an incident, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.records.models import ClaimState, TimelineKind

ACTIONS: dict[str, Promise] = {
    "assess_legally": gettext_lazy("assessed an incident legally"),
    "set_liability": gettext_lazy("wrote down a liability"),
    "set_claim": gettext_lazy("wrote down a claim"),
}
PROBLEMS: dict[str, Promise] = {
    "legal.long": gettext_lazy("This is too long."),
    "legal.empty": gettext_lazy("Say who claims, on what basis, and in which currency."),
    "legal.amount": gettext_lazy("Write an amount with at most two digits after the point."),
    "legal.word": gettext_lazy("Choose one of the list."),
    "claim.dates": gettext_lazy("The answer cannot be due before the claim came."),
}
ICONS: dict[str, str] = {TimelineKind.LEGAL: "scale"}


def _assessed(data: Mapping[str, Any]) -> str:
    return _("wrote the legal assessment, version %(n)s") % {"n": data.get("number", "")}


def _liability(_data: Mapping[str, Any]) -> str:
    return _("wrote down a liability")


def _liability_changed(_data: Mapping[str, Any]) -> str:
    return _("changed a liability")


def _claim(data: Mapping[str, Any]) -> str:
    return _("wrote down claim %(n)s") % {"n": data.get("number", "")}


def _claim_changed(data: Mapping[str, Any]) -> str:
    if data.get("from") == data.get("to"):
        return _("changed claim %(n)s") % {"n": data.get("number", "")}
    state = dict(ClaimState.choices).get(data.get("to", ""), "")
    return _("claim %(n)s: %(state)s") % {"n": data.get("number", ""), "state": state}


TALES = {
    (TimelineKind.LEGAL, "assessed"): _assessed,
    (TimelineKind.LEGAL, "liability_added"): _liability,
    (TimelineKind.LEGAL, "liability_changed"): _liability_changed,
    (TimelineKind.LEGAL, "claim_added"): _claim,
    (TimelineKind.LEGAL, "claim_changed"): _claim_changed,
}
