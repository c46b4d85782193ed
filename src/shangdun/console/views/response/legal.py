"""The legal side of an incident: assessment, liabilities, claims, counsel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.legal.assess import SECTIONS, do_assess_legally
from shangdun.actions.legal.claims import do_set_claim, do_set_liability
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.legal import AssessmentForm, ClaimForm, LiabilityForm
from shangdun.console.problems import said
from shangdun.console.response.room import room_context
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import UsageError
from shangdun.records.access import get_incident_by_number
from shangdun.records.conflict import EditConflict
from shangdun.records.legal import (
    OVER,
    assessments_of,
    claims_of,
    get_claim,
    get_liability,
    liabilities_of,
    totals,
)
from shangdun.records.models import Claim, Incident, Liability
from shangdun.records.roles import Capability

VERSIONS_SHOWN = 20


@page("incidents", Capability.VIEW_LEGAL)
def legal(request: Request, number: int) -> HttpResponseBase:
    """What it means in law, what may have to be paid, who demands what."""
    found = get_incident_by_number(request.user, number)
    rows = list(assessments_of(request.user, found)[:VERSIONS_SHOWN])
    claims = claims_of(request.user, found)
    newest = rows[0] if rows else None
    context = {
        **room_context(request.user, found, "legal"),
        "assessment": newest,
        "sections": [
            (row_label, getattr(newest, name))
            for name, row_label in _labels(AssessmentForm()).items()
            if newest and getattr(newest, name)
        ],
        "versions": rows,
        "liabilities": liabilities_of(request.user, found),
        "claims": claims,
        "totals": totals(claims),
        "over": OVER,
        "today": timezone.localdate(),
    }
    return render(request, "legal/page.html", context)


@page("incidents", Capability.HANDLE_LEGAL, methods=("GET", "HEAD", "POST"))
def assess(request: Request, number: int) -> HttpResponseBase:
    """Write the assessment."""
    found = get_incident_by_number(request.user, number)
    last = assessments_of(request.user, found).first()
    standing = {name: getattr(last, name, "") for name in SECTIONS}
    initial = {"version": last.number if last else 0, **standing}
    form = AssessmentForm(request.POST or None, initial=initial)
    title = _("Legal assessment")
    if request.method != "POST" or not form.is_valid():
        return _form(request, found, form, title)

    def change() -> object:
        return do_assess_legally(
            request.user,
            incident_id=found.pk,
            assessment=form.assessment(),
            version=form.cleaned_data["version"],
        )

    return _do(request, found, form, title, change)


@page("incidents", Capability.HANDLE_LEGAL, methods=("GET", "HEAD", "POST"))
def liability(request: Request, number: int, liability_id: int | None = None) -> HttpResponseBase:
    """Write down a liability, or change it."""
    found = get_incident_by_number(request.user, number)
    row = None
    if liability_id is not None:
        row = get_liability(request.user, found, liability_id)
    form = LiabilityForm(request.POST or None, initial=_initial(row, LiabilityForm))
    title = _("Liability")
    if request.method != "POST" or not form.is_valid():
        return _form(request, found, form, title)

    def change() -> object:
        return do_set_liability(
            request.user,
            incident_id=found.pk,
            wanted=form.wanted(),
            liability_id=liability_id,
            version=form.cleaned_data["version"],
        )

    return _do(request, found, form, title, change)


@page("incidents", Capability.HANDLE_LEGAL, methods=("GET", "HEAD", "POST"))
def claim(request: Request, number: int, claim_number: int | None = None) -> HttpResponseBase:
    """Write down a claim, or how it stands now."""
    found = get_incident_by_number(request.user, number)
    row = None
    if claim_number is not None:
        row = get_claim(request.user, found, claim_number)
    initial = _initial(row, ClaimForm) or {"received_on": timezone.localdate()}
    form = ClaimForm(request.POST or None, initial=initial)
    title = _("Claim")
    if request.method != "POST" or not form.is_valid():
        return _form(request, found, form, title)

    def change() -> object:
        return do_set_claim(
            request.user,
            incident_id=found.pk,
            wanted=form.wanted(),
            number=claim_number,
            version=form.cleaned_data["version"],
        )

    return _do(request, found, form, title, change)


def _do(
    request: Request,
    incident: Incident,
    form: forms.Form,
    title: str,
    change: Callable[[], object],
) -> HttpResponseBase:
    back = reverse("incident_legal", args=[incident.number])
    try:
        change()
    except EditConflict as conflict:
        return conflict_page(request, conflict, about=title, back=back, labels=_labels(form))
    except UsageError as error:
        place = error.where if error.where in form.fields else None
        form.add_error(place, str(said(error)))
        return _form(request, incident, form, title)
    messages.success(request, _("Saved."))
    return redirect(back)


def _form(request: Request, incident: Incident, form: forms.Form, title: str) -> HttpResponseBase:
    context = {
        **room_context(request.user, incident, "legal"), "form": form, "form_title": title
    }  # fmt: skip
    return render(request, "legal/form.html", context, status=422 if form.is_bound else 200)


def _initial(row: Liability | Claim | None, form: type[forms.Form]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in form.base_fields} if row else {}


def _labels(form: forms.Form) -> Mapping[str, str]:
    return {name: str(f.label) for name, f in form.fields.items() if name != "version"}
