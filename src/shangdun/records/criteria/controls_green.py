"""Protective measures are in place: the newest check of each found it so, and none is owed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from shangdun.govern.controls.catalogue import measures
from shangdun.govern.controls.standing import ControlState
from shangdun.records.controls import Stands, control_states
from shangdun.records.criteria import Asked, Link, Param, State, Verdict
from shangdun.records.models import Control
from shangdun.records.roles import Capability

LABEL = gettext_lazy("Protective measures are in place")
PARAMS = (
    Param(
        "keys", gettext_lazy("Their keys"), "words", default="",
        help=gettext_lazy("As in the list of measures; put | between them."),
    ),
    Param("layers", gettext_lazy("Or their layers"), "words", default="",
          help=gettext_lazy("network, boundary, computing, …; put | between them.")),
    Param("factors", gettext_lazy("Or what they are against"), "words", default="",
          help=gettext_lazy("network_attack, data_breach, insider, …; put | between them.")),
)  # fmt: skip
SEES = (Capability.VIEW_CONTROLS,)
LINK = Link(gettext_lazy("Protective measures"), "/controls/", SEES)
SHOWN = 4


def asked(params: Mapping[str, Any]) -> str:
    chosen = [_named(key) for key in _words(params["keys"])]
    chosen += [word for name in ("layers", "factors") for word in _words(params[name])]
    return _("protective measures in place (%(what)s)") % {"what": _(", ").join(chosen)}


def check(params: Mapping[str, Any], asked: Asked) -> Verdict:
    """By key, or the technical measures of a layer or against a risk factor."""
    keys = _chosen(params)
    found = [
        one
        for one in control_states(keys, asked.now).values()
        if one.state is not ControlState.NOT_APPLICABLE
    ]
    if not found:
        says = _("No such measure is on the list yet.")
        return Verdict(State.UNMET, says, (LINK,))
    failing = [one for one in found if one.state in (ControlState.FAILING, ControlState.OVERDUE)]
    dark = [one for one in found if not one.proven and one not in failing]
    links = (
        LINK,
        *(Link(_title(one), one.path, SEES) for one in (failing + dark)[:SHOWN]),
    )
    told = {"n": len(found), "good": sum(one.proven for one in found)}
    says = ngettext(
        "%(good)s of %(n)s measure is in place.", "%(good)s of %(n)s measures are in place.",
        len(found),
    ) % told  # fmt: skip
    if failing:
        says += " " + _("Missing or not checked in time: %(names)s.") % {"names": _names(failing)}
        return Verdict(State.UNMET, says, links)
    if dark:
        says += " " + _("Not checked yet: %(names)s.") % {"names": _names(dark)}
        unknown = all(one.state is ControlState.UNKNOWN for one in dark)
        return Verdict(State.UNKNOWN if unknown else State.UNMET, says, links)
    return Verdict(State.MET, says, (LINK,))


def _words(text: object) -> list[str]:
    return [word.strip() for word in str(text).split("|") if word.strip()]


def _chosen(params: Mapping[str, Any]) -> list[str]:
    keys = _words(params["keys"])
    layers, factors = set(_words(params["layers"])), set(_words(params["factors"]))
    if layers or factors:
        rows = Control.objects.filter(archived_at=None, applies=True, kind="technical")
        keys += [
            key
            for key, layer, against in rows.values_list("key", "layer", "factors")
            if layer in layers or factors & set(against)
        ]
    return keys


def _names(found: list[Stands]) -> str:
    told = _(", ").join(map(_title, found[:SHOWN]))
    return told + ("…" if len(found) > SHOWN else "")


def _title(found: Stands) -> str:
    """As the list names it, in the language of whoever looks."""
    return str(found.control.title) or _named(found.control.key)


def _named(key: str) -> str:
    shipped = measures().get(key)
    return shipped.title["en" if get_language() == "en" else "zh"] if shipped else key
