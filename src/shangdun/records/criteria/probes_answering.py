"""The shop is probed from outside, and every probe answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shangdun.kernel.clock import to_millis
from shangdun.observe.probe import Condition
from shangdun.observe.state import ProbeStates, probes_path, read
from shangdun.records.criteria import Asked, Link, Param, State, Verdict
from shangdun.records.models import Probe
from shangdun.records.roles import Capability

LABEL = gettext_lazy("Probes of the shop answer")
PARAMS = (Param("least", gettext_lazy("At least so many probes"), "number", 1, (), 1, 500),)
LINK = Link(gettext_lazy("Health"), "/health/", (Capability.VIEW_SOURCES,))
STALE = timedelta(minutes=10)


def asked(params: Mapping[str, Any]) -> str:
    n = int(params["least"])
    return ngettext(
        "%(n)s probe of the shop set up, all answer",
        "%(n)s probes of the shop set up, all answer",
        n,
    ) % {"n": n}


def check(params: Mapping[str, Any], asked: Asked) -> Verdict:
    names = dict(Probe.objects.filter(enabled=True).values_list("pk", "name"))
    told: dict[str, Any] = {"n": len(names), "least": int(params["least"])}
    if len(names) < told["least"]:
        return Verdict(State.UNMET, _("%(n)s of %(least)s probes are set up.") % told, (LINK,))
    states = read(probes_path(settings.HOME), ProbeStates)
    age = to_millis(asked.now) - states.written
    if not states.written or age > STALE / timedelta(milliseconds=1):
        return Verdict(State.UNKNOWN, _("The prober does not run: nothing is known."), (LINK,))
    found = {pk: states.probes[pk].condition for pk in names if pk in states.probes}
    down = [names[pk] for pk, one in found.items() if one is Condition.DOWN]
    up = sum(one is not Condition.DOWN and one is not Condition.UNKNOWN for one in found.values())
    told |= {"up": up, "down": _(", ").join(sorted(down)[:5])}
    if down:
        return Verdict(State.UNMET, _("No answer from: %(down)s.") % told, (LINK,))
    if up < len(names):
        says = _("%(up)s of %(n)s probes answer; of the others nothing is known yet.")
        return Verdict(State.UNKNOWN, says % told, (LINK,))
    return Verdict(State.MET, _("All %(n)s probes answer.") % told, (LINK,))
