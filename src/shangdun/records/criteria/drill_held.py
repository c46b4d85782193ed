"""Drills were held since the programme began: to their end, evaluated and signed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shangdun.records.criteria import Asked, Link, Param, State, Verdict
from shangdun.records.models import Drill, DrillState
from shangdun.records.roles import Capability

LABEL = gettext_lazy("A drill was held and evaluated")
PARAMS = (Param("least", gettext_lazy("So many drills"), "number", default=1, least=1, most=50),)
LASTING = False
SEES = (Capability.VIEW_DRILLS,)


def asked(params: Mapping[str, Any]) -> str:
    n = int(params["least"])
    return ngettext("%(n)s drill held and evaluated", "%(n)s drills held and evaluated", n) % {
        "n": n
    }


def check(params: Mapping[str, Any], asked: Asked) -> Verdict:
    least = int(params["least"])
    begins = datetime.combine(asked.programme.starts_on, time.min, asked.zone)
    since = Drill.objects.filter(began_at__gte=begins, began_at__lte=asked.now)
    signed = list(since.filter(state=DrillState.SIGNED).order_by("-began_at")[:least])
    links = tuple(Link(drill.title, f"/drills/{drill.number}/", SEES) for drill in signed)
    if len(signed) >= least:
        told = ngettext(
            "%(n)s drill was held and evaluated since the programme began.",
            "%(n)s drills were held and evaluated since the programme began.",
            len(signed),
        )
        return Verdict(State.MET, told % {"n": len(signed)}, links)
    waiting = since.filter(state=DrillState.ENDED).order_by("-began_at").first()
    if waiting is not None:
        says = _("“%(title)s” was held; its evaluation is not signed yet.") % {
            "title": waiting.title
        }
        return Verdict(
            State.UNMET, says, (*links, Link(waiting.title, f"/drills/{waiting.number}/", SEES))
        )
    says = _("%(n)s of %(least)s drills were held and evaluated since the programme began.") % {
        "n": len(signed), "least": least,
    }  # fmt: skip
    planned = Drill.objects.filter(state=DrillState.PLANNED).order_by("planned_at").first()
    if planned is not None:
        says += " " + _("The next is planned for %(day)s.") % {
            "day": planned.planned_at.astimezone(asked.zone).date().isoformat()
        }
        links += (Link(planned.title, f"/drills/{planned.number}/", SEES),)
    else:
        links += (Link(gettext_lazy("Plan one"), "/drills/plan/", (Capability.MANAGE_DRILLS,)),)
    return Verdict(State.UNMET, says, links)
