"""What verdicts taught about a rule: its precision, and filters for repeated false alarms."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from shangdun.actions.approve_filter import do_approve_filter
from shangdun.actions.entity_risk import records_of
from shangdun.actions.save_rule import do_remove_rule_document
from shangdun.console.filters import approved_for, offers_for, target_of
from shangdun.console.findings import entitle
from shangdun.console.problems import said
from shangdun.console.rulepage import explained
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.access import visible_findings
from shangdun.records.roles import Capability
from shangdun.respond.filter_proposal import REPEATED
from shangdun.respond.risk import Record

JUDGED_SHOWN = 12


@page("rules", Capability.VIEW_RULES)
def verdicts(request: Request, uid: str) -> HttpResponseBase:
    """Confirmed, harmless, false; and what could be filtered away without losing anything real."""
    rule = explained(uid)
    target = target_of(uid)
    record = records_of([uid]).get(uid, Record())
    judged = visible_findings(request.user).filter(rule_uid=uid).exclude(verdict="")
    newest = judged.select_related("incident").defer("evidences", "reasons", "sketch")
    shown = list(newest.prefetch_related("entities").order_by("-time", "-id")[:JUDGED_SHOWN])
    entitle(shown)
    context = {
        "rule": rule,
        "record": record,
        "percent": None if record.precision is None else round(100 * record.precision),
        "judged": shown,
        "repeated": REPEATED,
        "offers": offers_for(uid, target) if target else [],
        "approved": approved_for(target) if target else [],
    }
    return render(request, "rules/verdicts.html", context)


@page("rules", Capability.MANAGE_RULES, methods=("POST",))
def approve(request: Request, uid: str) -> HttpResponseBase:
    """Put a proposal into force, if it is still what the page showed."""
    target = target_of(uid)
    if target is None:
        raise NotFound("there is no such rule", where=uid, fix="look at the list")
    shown = request.POST.get("text", "").replace("\r\n", "\n")
    offer = next((one for one in offers_for(uid, target) if one.text == shown), None)
    if offer is None:
        messages.error(request, _("The findings have changed since: look at the proposals again."))
        return redirect("rule_verdicts", uid)
    try:
        do_approve_filter(
            request.user,
            proposal=offer.proposal,
            target=target,
            reason=request.POST.get("reason", ""),
        )
        messages.success(request, _("The filter is in force in a few seconds."))
    except UsageError as error:
        messages.error(request, str(said(error)))
    return redirect("rule_verdicts", uid)


@page("rules", Capability.MANAGE_RULES, methods=("POST",))
def undo(request: Request, uid: str) -> HttpResponseBase:
    """Take an approved filter back."""
    target = target_of(uid)
    wanted = request.POST.get("filter", "")
    if target is None or wanted not in {row.uid for row in approved_for(target)}:
        raise NotFound("there is no such filter", where=uid, fix="look at the list")
    reason = _("Taken back on the page of its rule.")
    do_remove_rule_document(request.user, uid=wanted, reason=reason)
    messages.success(request, _("The filter is gone; the rule finds again what it left out."))
    return redirect("rule_verdicts", uid)
