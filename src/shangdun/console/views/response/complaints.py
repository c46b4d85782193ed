"""Complaints and questions of customers, answers given again and again, support offered."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from shangdun.actions.complaints.answers import do_keep_answer, do_take_prepared_answers
from shangdun.actions.complaints.log import (
    do_answer_complaint,
    do_close_complaint,
    do_log_complaint,
)
from shangdun.actions.notices.support import do_note_support, do_offer_support
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.notices import AnswerForm, ComplaintForm, KeptAnswerForm, SupportForm
from shangdun.console.problems import said
from shangdun.console.response.room import room_context
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import UsageError
from shangdun.records.access import get_incident_by_number
from shangdun.records.complaint_text import plain
from shangdun.records.conflict import EditConflict
from shangdun.records.notices import get_complaint, visible_answers
from shangdun.records.roles import Capability

SUPPORTERS = (Capability.PREPARE_NOTICES, Capability.HANDLE_COMPLAINTS)


@page("incidents", Capability.HANDLE_COMPLAINTS, methods=("GET", "HEAD", "POST"))
def log(request: Request, number: int) -> HttpResponseBase:
    """Take one down."""
    incident = get_incident_by_number(request.user, number)
    form = ComplaintForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = do_log_complaint(request.user, form.call(), incident_id=incident.pk)
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            return redirect("incident_complaint", number, row.number)
    context = {**room_context(request.user, incident, "notices"), "form": form}
    return render(request, "complaints/log.html", context, status=422 if form.errors else 200)


@page("incidents", Capability.READ_AFFECTED, methods=("GET", "HEAD", "POST"))
def complaint(request: Request, number: int, complaint_number: int) -> HttpResponseBase:
    """One of them in plain, and the answer."""
    row = get_complaint(request.user, number, complaint_number)
    said_in_plain = plain(row)
    initial = {"answer": said_in_plain["answer"], "version": row.version}
    form = AnswerForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            do_answer_complaint(
                request.user,
                number=number,
                complaint_number=complaint_number,
                **form.cleaned_data,
            )
        except EditConflict as conflict:
            return conflict_page(
                request,
                conflict,
                about=_("Complaint or question %(n)s") % {"n": complaint_number},
                back=reverse("incident_complaint", args=(number, complaint_number)),
                labels={"answer": _("What was answered"), "state": _("State")},
            )
        except UsageError as error:
            form.add_error("answer", str(said(error)))
        else:
            messages.success(request, _("The answer is on record."))
            return redirect("incident_notices", number)
    context = {
        **room_context(request.user, row.incident, "notices"),
        "row": row,
        "plain": said_in_plain,
        "form": form,
        "answers": list(visible_answers(request.user, number)),
        "handles": request.user.can(Capability.HANDLE_COMPLAINTS),
    }
    response = render(request, "complaints/page.html", context, status=422 if form.errors else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


@page("incidents", Capability.HANDLE_COMPLAINTS, methods=("POST",))
def close(request: Request, number: int, complaint_number: int) -> HttpResponseBase:
    """Nothing more is expected."""
    try:
        do_close_complaint(request.user, number=number, complaint_number=complaint_number)
    except UsageError as error:
        messages.error(request, str(said(error)))
    return redirect("incident_complaint", number, complaint_number)


@page("incidents", Capability.HANDLE_COMPLAINTS, methods=("GET", "HEAD", "POST"))
def answers(request: Request, number: int) -> HttpResponseBase:
    """Answers that are given again and again."""
    incident = get_incident_by_number(request.user, number)
    prepared = request.method == "POST" and "prepared" in request.POST
    form = KeptAnswerForm(request.POST if request.method == "POST" and not prepared else None)
    if prepared:
        do_take_prepared_answers(request.user, incident_id=incident.pk)
        return redirect("incident_answers", number)
    if request.method == "POST" and form.is_valid():
        try:
            do_keep_answer(request.user, incident_id=incident.pk, **form.cleaned_data)
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            return redirect("incident_answers", number)
    context = {
        **room_context(request.user, incident, "notices"),
        "form": form,
        "answers": list(visible_answers(request.user, number)),
    }
    return render(request, "complaints/answers.html", context, status=422 if form.errors else 200)


@page("incidents", *SUPPORTERS, methods=("POST",))
def offer(request: Request, number: int) -> HttpResponseBase:
    """Offer support to those affected."""
    incident = get_incident_by_number(request.user, number)
    form = SupportForm(request.POST)
    try:
        if form.is_valid():
            do_offer_support(request.user, incident_id=incident.pk, **form.cleaned_data)
        else:
            messages.error(request, _("Choose a kind and say what is offered."))
    except UsageError as error:
        messages.error(request, str(said(error)))
    return redirect("incident_notices", number)


@page("incidents", *SUPPORTERS, methods=("POST",))
def note(request: Request, number: int, support_id: int) -> HttpResponseBase:
    """How many took it up; whether it is over."""
    get_incident_by_number(request.user, number)
    given = request.POST.get("taken_up", "0")
    try:
        do_note_support(
            request.user,
            number=number,
            support_id=support_id,
            taken_up=int(given) if given.isascii() and given.isdigit() and len(given) < 12 else -1,
            ended="ended" in request.POST,
        )
    except UsageError as error:
        messages.error(request, str(said(error)))
    return redirect("incident_notices", number)
