"""Playbooks are in use, for every type of incident that the response plan knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shangdun.records.criteria import Asked, Link, Param, State, Verdict
from shangdun.records.models import IncidentType, Playbook
from shangdun.records.roles import Capability

LABEL = gettext_lazy("Playbooks are in use")
PARAMS = (Param("least", gettext_lazy("At least so many"), "number", default=4, least=1, most=200),)
LINK = Link(gettext_lazy("Playbooks"), "/playbooks/", (Capability.VIEW_PLAYBOOKS,))


def asked(params: Mapping[str, Any]) -> str:
    n = int(params["least"])
    return ngettext(
        "%(n)s playbook in use, for every type of incident",
        "%(n)s playbooks in use, for every type of incident",
        n,
    ) % {"n": n}


def check(params: Mapping[str, Any], asked: Asked) -> Verdict:
    del asked
    used = list(Playbook.objects.filter(enabled=True, problems=0))
    covered = {kind for one in used for kind in one.types}
    bare = [str(label) for value, label in IncidentType.choices if value not in covered]
    least = int(params["least"])
    told = {"n": len(used), "least": least, "bare": _(", ").join(bare)}
    if bare:
        says = _("%(n)s playbooks are in use; none for: %(bare)s.") % told
        return Verdict(State.UNMET, says, (LINK,))
    if len(used) < least:
        return Verdict(State.UNMET, _("%(n)s of %(least)s playbooks are in use.") % told, (LINK,))
    says = _("%(n)s playbooks are in use, for every type of incident.") % told
    return Verdict(State.MET, says, (LINK,))
