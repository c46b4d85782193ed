"""Technical support has somebody on call for every hour of the days ahead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shangdun.records.criteria import Asked, Link, Param, State, Verdict
from shangdun.records.organisation import shifts_by_group
from shangdun.records.roles import Capability
from shangdun.respond.groups import Group

LABEL = gettext_lazy("Somebody is on call around the clock")
PARAMS = (Param("days", gettext_lazy("For so many days ahead"), "number", 7, (), 1, 92),)
LINK = Link(gettext_lazy("Organisation"), "/organisation/", (Capability.VIEW_ORGANISATION,))


def asked(params: Mapping[str, Any]) -> str:
    n = int(params["days"])
    return ngettext(
        "somebody on call around the clock for %(n)s day ahead",
        "somebody on call around the clock for %(n)s days ahead",
        n,
    ) % {"n": n}


def check(params: Mapping[str, Any], asked: Asked) -> Verdict:
    until = asked.now + timedelta(days=int(params["days"]))
    found = shifts_by_group(asked.now, until).get(Group.TECHNICAL_SUPPORT)
    if not found:
        says = _("Technical support has no rota yet.")
        return Verdict(State.UNMET, says, (LINK,))
    gaps = [shift for shift in found if shift.person is None]
    end = max(shift.until for shift in found)
    told = {"n": len(gaps), "until": until.astimezone(asked.zone).date().isoformat()}
    if gaps or end < until:
        first = min([shift.since for shift in gaps] + ([end] if end < until else []))
        says = _("From %(moment)s nobody of technical support is on call.") % {
            "moment": first.astimezone(asked.zone).strftime("%Y-%m-%d %H:%M")
        }
        return Verdict(State.UNMET, says, (LINK,))
    says = _("Technical support is on call without a gap until %(until)s.") % told
    return Verdict(State.MET, says, (LINK,))
