"""Protective measures: the list, the execution rate of a quarter, one measure, one result."""

from __future__ import annotations

from typing import Literal

from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from shangdun.console.forms.controls import CheckForm, form_for
from shangdun.console.papers.answer import paper_response
from shangdun.console.papers.controls import controls_paper
from shangdun.console.programme.controls import (
    cells_of,
    labels_of,
    period_named,
    periods,
    rate_rows,
    shown,
    shown_result,
    tally_states,
)
from shangdun.console.views.page import Request, page
from shangdun.govern.controls.catalogue import measures
from shangdun.govern.controls.standing import ControlState
from shangdun.kernel.errors import NotFound
from shangdun.records import evidence_store
from shangdun.records.compliance import get_proof_file, today_of
from shangdun.records.controls import (
    Stands,
    execution_rate,
    get_control,
    get_result,
    stands,
    visible_controls,
    visible_results,
)
from shangdun.records.models import Control, ControlKind, ControlMethod, ControlResult
from shangdun.records.roles import Capability

VIEWS = (Capability.VIEW_CONTROLS,)
MANAGES = (Capability.MANAGE_CONTROLS,)
PAGE = 50


@page("controls", *VIEWS)
def controls(request: Request) -> HttpResponseBase:
    """The list with how each stands; what fails first."""
    now = timezone.now()
    everything = stands(visible_controls(request.user), now)
    span = periods(today_of(now))[0]
    rate = execution_rate(span.span.first, span.span.last, now)
    kept = set(Control.objects.values_list("key", flat=True))
    context = {
        "rows": shown(_filtered(request, everything)),
        "count": len(everything),
        "states": tally_states(everything),
        "period": span,
        "cells": cells_of(rate)[:3],
        "kinds": ControlKind.choices,
        "methods": ControlMethod.choices,
        "missing": len(set(measures()) - kept),
        "manages": request.user.can(*MANAGES),
    }
    return render(request, "controls/list.html", context)


def _filtered(request: Request, rows: list[Stands]) -> list[Stands]:
    wanted = request.GET
    chosen = [
        one
        for one in rows
        if wanted.get("state", "") in ("", one.state.value)
        and wanted.get("kind", "") in ("", one.control.kind)
        and wanted.get("method", "") in ("", one.control.method)
        and (wanted.get("mine") != "1" or one.control.owner_id == request.user.pk)
    ]
    urgent = (ControlState.FAILING, ControlState.OVERDUE, ControlState.UNKNOWN)
    return sorted(chosen, key=lambda one: urgent.index(one.state) if one.state in urgent else 9)


@page("controls", *VIEWS)
def rate(request: Request) -> HttpResponseBase:
    """The execution rate of a quarter, with every measure that it was made of."""
    now = timezone.now()
    today = today_of(now)
    period = period_named(request.GET.get("period", ""), today)
    found = execution_rate(period.span.first, period.span.last, now)
    by_key = {row.key: row for row in visible_controls(request.user)}
    context = {
        "period": period,
        "periods": periods(today),
        "running": period.span.last >= today,
        "rate": found,
        "cells": cells_of(found),
        "rows": rate_rows(found, by_key),
    }
    return render(request, "controls/rate.html", context)


@page("controls", *VIEWS)
def statement(request: Request, form: str) -> HttpResponseBase:
    """The quarter's statement as PDF or Word."""
    if form not in {"pdf", "docx"}:
        raise NotFound("there is no such format", fix="pdf or docx")
    now = timezone.now()
    period = period_named(request.GET.get("period", ""), today_of(now))
    wanted: Literal["pdf", "docx"] = "pdf" if form == "pdf" else "docx"
    paper = controls_paper(request.user, period, now)
    return paper_response(request, paper, wanted, f"{paper.title} {period.key}")


@page("controls", *VIEWS, Capability.WORK_PLAN)
def control(request: Request, key: str) -> HttpResponseBase:
    """One measure: how it stands, why, its history."""
    row = get_control(request.user, key)
    return control_page(request, row)


def control_page(
    request: Request, row: Control, *, status: int = 200, **forms: object
) -> HttpResponseBase:
    """Also as the answer to a form of it that was wrong: what was typed stays."""
    now = timezone.now()
    stand = stands([row], now)[0]
    history = visible_results(request.user).filter(control=row)
    pages = Paginator(history, PAGE).get_page(request.GET.get("page"))
    manages = request.user.can(*MANAGES)
    may_check = manages or row.owner_id == request.user.pk
    made = form_for(row)
    context = {
        "control": row,
        "one": shown([stand])[0],
        "labels": labels_of(row),
        "latest": shown_result(stand.result) if stand.result else None,
        "pages": pages,
        "history": [shown_result(one) for one in pages],
        "manages": manages,
        "checks": may_check and row.applies and not row.archived_at,
        "waits": _waits(row, stand.result),
        "form": made(initial=made.initial_of(row), control=row),
        "check_form": CheckForm(initial={"method": _usual(row)}),
        **forms,
    }
    return render(request, "controls/page.html", context, status=status)


def _waits(row: Control, last: ControlResult | None) -> bool:
    """Whether somebody asked for a check that is not made yet."""
    return row.asked_at is not None and (last is None or last.at < row.asked_at)


def _usual(row: Control) -> str:
    automatic = row.method == ControlMethod.AUTOMATIC
    return ControlMethod.ON_SITE.value if automatic else row.method


@page("controls", *VIEWS, Capability.WORK_PLAN)
def result(request: Request, result_id: int) -> HttpResponseBase:
    """What one check found, with the facts it rests on."""
    found = get_result(request.user, result_id)
    context = {
        "one": shown_result(found),
        "control": found.control,
        "title": shown(stands([found.control], timezone.now()))[0].words.title,
    }
    return render(request, "controls/result.html", context)


@page("controls", Capability.VIEW_CONTROLS, Capability.VIEW_COMPLIANCE)
def proof_file(request: Request, file_id: int) -> HttpResponseBase:
    """A photograph, a document, an opinion: always to save, never shown as a page."""
    kept = get_proof_file(request.user, file_id)
    response = FileResponse(
        evidence_store.open_content(kept.sha256),
        as_attachment=True,
        filename=kept.name,
        content_type="application/octet-stream",
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
