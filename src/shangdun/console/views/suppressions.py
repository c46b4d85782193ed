"""Suppressions: what is withheld, by whom, until when, how much; adding one and ending it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.suppress_findings import (
    HANDLERS,
    do_end_suppression,
    do_suppress_findings,
)
from shangdun.console.findings import entitle
from shangdun.console.forms.suppressions import SuppressionForm
from shangdun.console.problems import said
from shangdun.console.rulebook import RULEBOOK
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import UsageError
from shangdun.records.models import Finding, Suppression
from shangdun.records.roles import Capability
from shangdun.records.suppressions import confirmed_within, visible_suppressions

PAGE = 50
CONFIRMED_SHOWN = 5
PREFILLED = ("rule", "title", "kind", "value", "hours")


@page("suppressions", Capability.VIEW_FINDINGS)
def suppressions(request: Request) -> HttpResponseBase:
    """What is in force; on request what is over."""
    now = timezone.now()
    rows = visible_suppressions(request.user)
    over = request.GET.get("show") == "over"
    past = Q(ended__isnull=False) | Q(until__lte=now)
    rows = rows.filter(past) if over else rows.exclude(past)
    pages = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "pages": pages,
        "rows": [_told(row) for row in pages],
        "over": over,
        "manages": request.user.can(*HANDLERS),
    }
    return render(request, "suppressions/list.html", context)


@page("suppressions", *HANDLERS, methods=("GET", "HEAD", "POST"))
def add(request: Request) -> HttpResponseBase:
    """The form, filled by the address with what somebody looked at."""
    if request.method != "POST":
        initial = {name: request.GET[name][:300] for name in PREFILLED if name in request.GET}
        return _form(request, SuppressionForm(initial=initial))
    form = SuppressionForm(request.POST, warns="knowingly" in request.POST)
    if not form.is_valid():
        return _form(request, form, status=422)
    now = timezone.now()
    scope = form.scope()
    try:
        do_suppress_findings(
            request.user,
            scope=scope,
            until=form.until(now),
            reason=form.cleaned_data["reason"],
            knowingly=form.cleaned_data["knowingly"],
        )
    except UsageError as error:
        if error.code != "suppression.confirmed":
            form.add_error(None, str(said(error)))
            return _form(request, form, status=422)
        found = confirmed_within(scope, now)
        warned = SuppressionForm(request.POST, warns=True)
        return _form(request, warned, confirmed=found, status=422)
    messages.success(request, _("It is withheld now. What is withheld is counted, not lost."))
    return redirect("suppressions")


@page("suppressions", *HANDLERS, methods=("POST",))
def end(request: Request, suppression_id: int) -> HttpResponseBase:
    """End one before its time."""
    do_end_suppression(request.user, suppression_id=suppression_id)
    messages.success(request, _("It has ended: new findings are shown again."))
    return redirect("suppressions")


def _form(
    request: Request,
    form: SuppressionForm,
    *,
    confirmed: list[Finding] | None = None,
    status: int = 200,
) -> HttpResponseBase:
    shown = (confirmed or [])[:CONFIRMED_SHOWN]
    entitle(shown)
    context = {"form": form, "confirmed": shown, "number": len(confirmed or [])}
    return render(request, "suppressions/add.html", context, status=status)


def _told(row: Suppression) -> dict[str, Any]:
    title = RULEBOOK.title(row.rule_uid, row.rule_uid) if row.rule_uid else ""
    return {"row": row, "rule": title}
