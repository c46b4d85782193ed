"""The newest security test of the shop found that enough of the measures work."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.records.criteria import Asked, Link, Param, State, Verdict
from shangdun.records.models import ProofRun, ProofState
from shangdun.records.models.proofs import ProofCause
from shangdun.records.roles import Capability

LABEL = gettext_lazy("The security test was passed")
PARAMS = (
    Param("percent", gettext_lazy("Measures that work, in percent"), "number", 90, (), 1, 100),
)
SEES = (Capability.VIEW_ENFORCERS,)
WHOLE = (ProofCause.ASKED, ProofCause.SCHEDULE, ProofCause.CHANGE)
"""A replay sends one incident's attack, a drill its own: neither tests all measures."""


def asked(params: Mapping[str, Any]) -> str:
    return _("security test: %(n)s%% of the measures work") % {"n": params["percent"]}


def check(params: Mapping[str, Any], asked: Asked) -> Verdict:
    wanted = int(params["percent"])
    begins = datetime.combine(asked.programme.starts_on, time.min, asked.zone)
    runs = ProofRun.objects.filter(cause__in=WHOLE, created__gte=begins, created__lte=asked.now)
    run = runs.filter(state=ProofState.DONE).order_by("-created").first()
    if run is None:
        says = _("No security test was finished since the programme began.")
        link = Link(gettext_lazy("Security tests"), "/security-test/", SEES)
        return Verdict(State.UNMET, says, (link,))
    link = Link(
        _("Security test of %(day)s")
        % {"day": run.created.astimezone(asked.zone).date().isoformat()},
        f"/security-test/{run.pk}/",
        SEES,
    )
    if run.percent is None:
        return Verdict(State.UNKNOWN, _("Of no measure it became known whether it works."), (link,))
    says = _("%(working)s of %(known)s measures work: %(percent)s%%; %(wanted)s%% are needed.") % {
        "working": run.working, "known": run.known, "percent": run.percent, "wanted": wanted,
    }  # fmt: skip
    # The share is compared unrounded: 89.6 is not 90.
    met = 100 * run.working >= wanted * run.known
    return Verdict(State.MET if met else State.UNMET, says, (link,))
