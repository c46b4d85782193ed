"""Every risk of the register was assessed since the programme began or within a year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shangdun.records.criteria import Asked, Link, Param, State, Verdict
from shangdun.records.models import Risk
from shangdun.records.roles import Capability

LABEL = gettext_lazy("All risks are assessed")
PARAMS = (Param("least", gettext_lazy("At least so many risks"), "number", 5, (), 1, 10_000),)
LINK = Link(gettext_lazy("Risks"), "/risks/", (Capability.VIEW_RISKS,))
YEAR = timedelta(days=366)


def asked(params: Mapping[str, Any]) -> str:
    n = int(params["least"])
    return ngettext(
        "%(n)s risk registered, assessed and owned",
        "%(n)s risks registered, all assessed and owned",
        n,
    ) % {"n": n}


def check(params: Mapping[str, Any], asked: Asked) -> Verdict:
    begins = datetime.combine(asked.programme.starts_on, time.min, asked.zone)
    since = min(begins, asked.now - YEAR)
    rows = Risk.objects.filter(archived_at=None, factor=False)
    bare = rows.filter(Q(assessed_at=None) | Q(assessed_at__lt=since) | Q(owner=None))
    told = {"n": rows.count(), "least": int(params["least"]), "bare": bare.count()}
    if told["n"] < told["least"]:
        return Verdict(State.UNMET, _("%(n)s of %(least)s risks are registered.") % told, (LINK,))
    if told["bare"]:
        says = _("%(bare)s of %(n)s risks are not assessed, or nobody owns them.") % told
        return Verdict(State.UNMET, says, (LINK,))
    return Verdict(State.MET, _("All %(n)s risks are assessed and owned.") % told, (LINK,))
