"""Decisions: what is in force, what waits, what was; one of them; saying yes, no, and back."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shangdun.actions.confirm_decision import (
    do_confirm_decision,
    do_confirm_decisions,
    do_refuse_decision,
    do_refuse_decisions,
)
from shangdun.actions.undo_decision import do_undo_decision, do_undo_decisions
from shangdun.console.decisions import author_of, shown
from shangdun.console.problems import said
from shangdun.console.views.page import Request, page, way_back
from shangdun.detect.finding import Entity
from shangdun.kernel.errors import UsageError
from shangdun.protect.settings import protect_config
from shangdun.records.customers_file import customers
from shangdun.records.decisions import (
    OVER,
    decisions_about,
    find_decisions,
    get_decision,
    number_by_author,
    number_in_force,
    number_waiting,
    visible_decisions,
    waiting,
)
from shangdun.records.models import Decision, DecisionState
from shangdun.records.roles import Capability

PAGE = 50
SHOWN_WAITING = 20
SHOWS = ("force", "waiting", "simulated", "over")


@page("decisions", Capability.VIEW_DECISIONS)
def decisions(request: Request) -> HttpResponseBase:
    """The list; with ``q`` whatever a code, an address or a name leads to."""
    text = request.GET.get("q", "").strip()[:200]
    author = request.GET.get("author", "")[:200]
    show = request.GET.get("show", "force")
    show = show if show in SHOWS else "force"
    rows = visible_decisions(request.user)
    if text:
        rows = find_decisions(request.user, text)
    elif author:
        rows = rows.filter(author=author)
    else:
        rows = _shown(rows, show)
    in_force, proposed = number_in_force(request.user), number_waiting()
    known = {"force": in_force, "waiting": proposed}.get(show) if not text and not author else None
    paginator = Paginator(rows, PAGE)
    if known is not None:
        paginator.count = known  # counting 100,000 rows again would be most of the work
    pages = paginator.get_page(request.GET.get("page"))
    waits = waiting(request.user) if proposed and not text and not author else []
    context = {
        "pages": pages,
        "rows": [shown(row) for row in pages],
        "show": show,
        "q": text,
        "author": author,
        "author_title": author_of(author)[0] if author else "",
        "standing": number_by_author(request.user, author) if author else 0,
        "proposed": proposed,
        "in_force": in_force,
        "waiting": [(tally, author_of(tally.author)[0]) for tally in waits],
        "mode": protect_config(settings.CONFIG).mode,
        "customers": customers(settings.HOME).total,
        "decides": request.user.can(Capability.DECIDE),
    }
    return render(request, "decisions/list.html", context)


@page("decisions", Capability.VIEW_DECISIONS)
def decision(request: Request, decision_id: int) -> HttpResponseBase:
    """One decision: why, until when, what it would have turned away, what else was decided."""
    row = get_decision(request.user, decision_id)
    others = decisions_about(request.user, [Entity(row.kind, row.value)])
    context = {
        "one": shown(row),
        "row": row,
        "others": [shown(other) for other in others if other.pk != row.pk][:SHOWN_WAITING],
        "contact": protect_config(settings.CONFIG).contact,
        "decides": request.user.can(Capability.DECIDE),
    }
    return render(request, "decisions/page.html", context)


@page("decisions", Capability.DECIDE, methods=("POST",))
def undo(request: Request, decision_id: int) -> HttpResponseBase:
    """Take one back."""
    reason = request.POST.get("reason", "")
    try:
        row = do_undo_decision(request.user, decision_id=decision_id, reason=reason)
    except UsageError as error:
        messages.error(request, str(said(error)))
        return redirect(_back(request))
    told = _("%(whom)s is let in again, everywhere.") % {"whom": row.value}
    messages.success(request, told)
    return redirect(_back(request))


@page("decisions", Capability.DECIDE, methods=("POST",))
def confirm(request: Request, decision_id: int) -> HttpResponseBase:
    """Put a proposal in force."""
    try:
        do_confirm_decision(request.user, decision_id=decision_id)
    except UsageError as error:
        messages.error(request, _protected(error))
        return redirect(_back(request))
    messages.success(request, _("It is in force."))
    return redirect(_back(request))


@page("decisions", Capability.DECIDE, methods=("POST",))
def refuse(request: Request, decision_id: int) -> HttpResponseBase:
    """Say no to a proposal."""
    do_refuse_decision(request.user, decision_id=decision_id)
    messages.success(request, _("It is off the table; for a day nothing is proposed about it."))
    return redirect(_back(request))


@page("decisions", Capability.DECIDE, methods=("POST",))
def many(request: Request) -> HttpResponseBase:
    """Yes, no or back to everything of one author, or back to everything of one incident."""
    author, verb = request.POST.get("author", "")[:200], request.POST.get("verb", "")
    number = request.POST.get("incident", "")
    try:
        if number.isdecimal():
            done = do_undo_decisions(request.user, incident=int(number))
        elif verb == "confirm":
            done = len(do_confirm_decisions(request.user, author=author))
        elif verb == "refuse":
            done = len(do_refuse_decisions(request.user, author=author))
        else:
            done = do_undo_decisions(request.user, author=author)
    except UsageError as error:
        messages.error(request, str(said(error)))
        return redirect(_back(request))
    said_so = ngettext("Done for %(n)d decision.", "Done for %(n)d decisions.", done) % {"n": done}
    messages.success(request, said_so)
    return redirect(_back(request))


def _shown(rows: QuerySet[Decision], show: str) -> QuerySet[Decision]:
    if show == "waiting":
        return rows.filter(state=DecisionState.PROPOSED)
    if show == "simulated":
        return rows.filter(state=DecisionState.SIMULATED)
    if show == "over":
        return rows.filter(state__in=OVER)
    return rows.filter(state=DecisionState.IN_FORCE)


def _protected(error: UsageError) -> Any:  # noqa: ANN401  text, lazy or not
    text = str(said(error))
    return f"{text} {error.where}" if error.code == "decision.protected" else text


def _back(request: Request) -> str:
    return way_back(request, reverse("decisions"))
