"""What is done to one finding: judging it alone."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from shangdun.actions.judge_finding import do_judge_finding
from shangdun.console.problems import said
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import UsageError
from shangdun.records.access import get_finding
from shangdun.records.roles import Capability


@page("findings", Capability.HANDLE_INCIDENTS, Capability.ORDER_INCIDENTS, methods=("POST",))
def judge(request: Request, finding_id: int) -> HttpResponseBase:
    """A verdict on this finding alone; an empty one takes it back."""
    finding = get_finding(request.user, finding_id)
    verdict = request.POST.get("verdict", "")
    note = request.POST.get("note", "")
    try:
        do_judge_finding(request.user, finding_id=finding.pk, verdict=verdict, note=note)
    except UsageError as error:
        messages.error(request, str(said(error)))
    else:
        done = _("Judged: its rule learns from it.") if verdict else _("The verdict is taken back.")
        messages.success(request, done)
    return redirect("finding", finding.pk)
