"""The inventory holds what the platform is made of: every asset with an owner and a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shangdun.records.criteria import Asked, Link, Param, State, Verdict
from shangdun.records.models import Asset
from shangdun.records.roles import Capability

LABEL = gettext_lazy("Assets are registered, with owners and values")
PARAMS = (Param("least", gettext_lazy("At least so many assets"), "number", 5, (), 1, 100_000),)
LINK = Link(gettext_lazy("Assets"), "/assets/", (Capability.VIEW_ASSETS,))


def asked(params: Mapping[str, Any]) -> str:
    n = int(params["least"])
    return ngettext(
        "%(n)s asset registered, with owner and value",
        "%(n)s assets registered, each with owner and value",
        n,
    ) % {"n": n}


def check(params: Mapping[str, Any], asked: Asked) -> Verdict:
    del asked
    rows = Asset.objects.filter(archived_at=None)
    told = {
        "n": rows.count(),
        "least": int(params["least"]),
        "bare": rows.filter(Q(owner=None) | Q(value=None)).count(),
    }
    if told["n"] < told["least"]:
        says = _("%(n)s of %(least)s assets are registered.") % told
        return Verdict(State.UNMET, says, (LINK,))
    if told["bare"]:
        says = _("%(n)s assets are registered; %(bare)s lack an owner or a value.") % told
        return Verdict(State.UNMET, says, (LINK,))
    says = _("%(n)s assets are registered, each with owner and value.") % told
    return Verdict(State.MET, says, (LINK,))
