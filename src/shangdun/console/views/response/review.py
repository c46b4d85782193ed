"""The post-incident report of an incident: written by the groups, signed by leadership."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from shangdun.actions.review.sign import do_return_review, do_sign_review, do_submit_review
from shangdun.actions.review.write import (
    do_add_loss,
    do_begin_review,
    do_remove_loss,
    do_write_section,
)
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.incidents import VersionForm
from shangdun.console.forms.review import ImprovementForm, LossForm, ReturnForm, SectionForm
from shangdun.console.papers.answer import WRITERS, Form, paper_response
from shangdun.console.papers.review import review_paper
from shangdun.console.problems import said
from shangdun.console.response.review import losses_shown, parts_of
from shangdun.console.response.room import room_context
from shangdun.console.views.page import Request, page
from shangdun.console.wordings.review import SECTION_WORDS
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.access import get_incident_by_number
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Incident, Review, ReviewState
from shangdun.records.reviews import get_review, owners, written
from shangdun.records.roles import Capability
from shangdun.respond.review.sections import missing


@page("incidents", Capability.VIEW_INCIDENTS)
def review(request: Request, number: int) -> HttpResponseBase:
    """The whole report: parts, losses, improvements, and where it is on its way."""
    return _shown(request, get_incident_by_number(request.user, number))


@page("incidents", Capability.WORK_TASKS, methods=("POST",))
def begin(request: Request, number: int) -> HttpResponseBase:
    incident = get_incident_by_number(request.user, number)
    do_begin_review(request.user, incident_id=incident.pk)
    return redirect("incident_review", number)


@page("incidents", Capability.WORK_TASKS, methods=("POST",))
def write(request: Request, number: int, section: str) -> HttpResponseBase:
    """Keep one part."""
    incident = get_incident_by_number(request.user, number)
    form = SectionForm(request.POST)
    if not form.is_valid():
        return _shown(request, incident, wrong=section, form=form)
    return _do(
        request,
        incident,
        lambda: do_write_section(
            request.user, incident_id=incident.pk, section=section, **form.cleaned_data
        ),
        labels={"text": SECTION_WORDS.get(section, section)},
        anchor=f"part-{section}",
    )


@page("incidents", Capability.WORK_TASKS, methods=("POST",))
def add_loss(request: Request, number: int) -> HttpResponseBase:
    incident = get_incident_by_number(request.user, number)
    form = LossForm(request.POST)
    if not form.is_valid():
        return _shown(request, incident, wrong="loss", loss_form=form)
    try:
        do_add_loss(request.user, incident_id=incident.pk, loss=form.loss())
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return _shown(request, incident, wrong="loss", loss_form=form)
    return redirect(f"{reverse('incident_review', args=[number])}#losses")


@page("incidents", Capability.WORK_TASKS, methods=("POST",))
def remove_loss(request: Request, number: int, loss_id: int) -> HttpResponseBase:
    incident = get_incident_by_number(request.user, number)
    return _do(
        request,
        incident,
        lambda: do_remove_loss(request.user, incident_id=incident.pk, loss_id=loss_id),
        anchor="losses",
    )


@page("incidents", Capability.WORK_TASKS, methods=("POST",))
def submit(request: Request, number: int) -> HttpResponseBase:
    incident = get_incident_by_number(request.user, number)
    return _do(
        request,
        incident,
        lambda: do_submit_review(request.user, incident_id=incident.pk, version=_version(request)),
        labels={"state": _("State")},
        done=_("The report lies with leadership now."),
    )


@page("incidents", Capability.SIGN_REPORTS, methods=("POST",))
def send_back(request: Request, number: int) -> HttpResponseBase:
    incident = get_incident_by_number(request.user, number)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say in a sentence what is to be mended."))
        return redirect("incident_review", number)
    return _do(
        request,
        incident,
        lambda: do_return_review(request.user, incident_id=incident.pk, **form.cleaned_data),
        labels={"state": _("State")},
        done=_("Sent back to be mended."),
    )


@page("incidents", Capability.SIGN_REPORTS, methods=("POST",))
def sign(request: Request, number: int) -> HttpResponseBase:
    incident = get_incident_by_number(request.user, number)
    return _do(
        request,
        incident,
        lambda: do_sign_review(request.user, incident_id=incident.pk, version=_version(request)),
        labels={"state": _("State")},
        done=_("Signed. The ledger keeps the seal of every word and amount."),
    )


@page("incidents", Capability.VIEW_INCIDENTS)
def export(request: Request, number: int, form: str) -> HttpResponseBase:
    """The report as PDF or Word, as it would be handed in."""
    incident = get_incident_by_number(request.user, number)
    if form not in WRITERS:
        raise NotFound(f"a report is no {form}", fix="pdf or docx")
    paper = review_paper(get_review(request.user, incident.pk))
    return paper_response(request, paper, cast("Form", form), filename=f"incident-{number}-report")


def _version(request: Request) -> int | None:
    form = VersionForm(request.POST)
    version: int | None = form.cleaned_data["version"] if form.is_valid() else None
    return version


def _do(
    request: Request,
    incident: Incident,
    change: Callable[[], object],
    *,
    labels: dict[str, Any] | None = None,
    anchor: str = "",
    done: str = "",
) -> HttpResponseBase:
    back = reverse("incident_review", args=[incident.number]) + (f"#{anchor}" if anchor else "")
    try:
        change()
    except EditConflict as conflict:
        about = _("Post-incident report")
        return conflict_page(request, conflict, about=about, back=back, labels=labels or {})
    except UsageError as error:
        messages.error(request, str(said(error)))
        return redirect(back)
    if done:
        messages.success(request, done)
    return redirect(back)


def _shown(
    request: Request,
    incident: Incident,
    *,
    wrong: str = "",
    **forms: Any,  # noqa: ANN401 - forms of any kind
) -> HttpResponseBase:
    context: dict[str, Any] = {
        **room_context(request.user, incident, "review"),
        "wrong": wrong,
        "review": None,
    }
    try:
        found = get_review(request.user, incident.pk)
    except NotFound:
        return render(request, "review/page.html", context)
    context |= _report(request, found) | forms
    return render(request, "review/page.html", context, status=422 if wrong else 200)


def _report(request: Request, found: Review) -> dict[str, Any]:
    user, incident = request.user, found.incident
    writing = found.state in (ReviewState.WRITING, ReviewState.RETURNED)
    people = owners(user)
    return {
        "review": found,
        "parts": parts_of(user, found),
        "missing": [SECTION_WORDS[section] for section in missing(written(found))],
        "loss_form": LossForm(),
        "improvements": incident.improvements.select_related("owner").order_by("number"),
        "improvement_form": ImprovementForm(people),
        "enters": writing and user.can(Capability.WORK_TASKS),
        "improves": user.can(Capability.WORK_TASKS),
        "submits": writing and not incident.is_open and user.can(Capability.WORK_TASKS),
        "signs": found.state == ReviewState.SUBMITTED and user.can(Capability.SIGN_REPORTS),
        **losses_shown(incident),
    }
