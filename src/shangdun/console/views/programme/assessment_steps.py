"""What is done in an assessment: opinion, judgements, findings, its end."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.actions.compliance.findings import (
    do_follow_finding,
    do_improve_finding,
    do_raise_audit_finding,
)
from shangdun.actions.compliance.rounds import (
    do_attach_opinion,
    do_change_assessment,
    do_close_assessment,
    do_judge_duty,
    do_open_assessment,
)
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.compliance import (
    CloseForm,
    FindingForm,
    FollowForm,
    ImproveForm,
    JudgeForm,
    OpinionForm,
    RoundForm,
)
from shangdun.console.problems import said
from shangdun.console.views.page import Request, page
from shangdun.console.views.programme.assessments import (
    assessment_page,
    assessments_page,
    finding_page,
    judge_page,
)
from shangdun.console.views.programme.control_steps import given_files
from shangdun.kernel.errors import NotAllowed, UsageError
from shangdun.records.compliance import get_audit_finding, get_round
from shangdun.records.conflict import EditConflict
from shangdun.records.roles import Capability

ORGANISES = (Capability.MANAGE_COMPLIANCE, Capability.ASSESS_COMPLIANCE)
ASSESSES = (Capability.ASSESS_COMPLIANCE,)
LABELS = {
    "title": gettext_lazy("Title"),
    "year": gettext_lazy("Year"),
    "due_on": gettext_lazy("To be finished by"),
    "counsel_firm": gettext_lazy("Outside counsel: firm"),
    "counsel_name": gettext_lazy("Outside counsel: lawyer"),
    "conclusion": gettext_lazy("Conclusion"),
}


@page("law", *ORGANISES, methods=("POST",))
def begin(request: Request) -> HttpResponseBase:
    """Begin an assessment."""
    form = RoundForm(request.POST)
    if not form.is_valid():
        return assessments_page(request, status=422, form=form)
    try:
        row = do_open_assessment(request.user, form.plan())
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return assessments_page(request, status=422, form=form)
    messages.success(request, _("It has begun: judge duty by duty."))
    return redirect("assessment", row.number)


@page("law", *ORGANISES, methods=("POST",))
def change(request: Request, number: int) -> HttpResponseBase:
    """Another day, auditor or counsel."""
    row = get_round(request.user, number)
    form = RoundForm(request.POST)
    if not form.is_valid():
        return assessment_page(request, row, status=422, form=form)
    version = form.cleaned_data["version"]
    try:
        do_change_assessment(request.user, form.plan(), number=number, version=version)
    except EditConflict as conflict:
        back = f"/law/assessments/{number}/"
        return conflict_page(request, conflict, about=row.title, back=back, labels=LABELS)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return assessment_page(request, row, status=422, form=form)
    messages.success(request, _("Saved."))
    return redirect("assessment", number)


@page("law", *ORGANISES, methods=("POST",))
def opinion(request: Request, number: int) -> HttpResponseBase:
    """Keep outside counsel's opinion."""
    row = get_round(request.user, number)
    form = OpinionForm(request.POST)
    if not request.FILES.get("file"):
        form.add_error(None, _("Choose the file of the opinion."))
    if not form.is_valid():
        return assessment_page(request, row, status=422, opinion_form=form)
    try:
        file = given_files(request, "file")[0]
        do_attach_opinion(request.user, file, number=number, **form.cleaned_data)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return assessment_page(request, row, status=422, opinion_form=form)
    messages.success(request, _("The opinion is kept; its SHA-256 is in the ledger."))
    return redirect("assessment", number)


@page("law", *ASSESSES, methods=("GET", "HEAD", "POST"))
def judge(request: Request, number: int, uid: str) -> HttpResponseBase:
    """Judge a duty: what it says and what shows it stand beside the form."""
    row = get_round(request.user, number)
    if request.method != "POST":
        return judge_page(request, row, uid)
    form = JudgeForm(request.POST)
    if not form.is_valid():
        return judge_page(request, row, uid, status=422, form=form)
    try:
        do_judge_duty(request.user, number=number, uid=uid, **form.cleaned_data)
    except NotAllowed:
        form.add_error(None, _("Nobody judges the duty that they look after: ask a colleague."))
        return judge_page(request, row, uid, status=422, form=form)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return judge_page(request, row, uid, status=422, form=form)
    messages.success(request, _("The judgement is on record."))
    following = request.POST.get("following", "")
    if following:
        return redirect("assessment_judge", number, following)
    return redirect("assessment", number)


@page("law", *ASSESSES, methods=("POST",))
def finding(request: Request, number: int) -> HttpResponseBase:
    """Raise a finding, with what has to change."""
    row = get_round(request.user, number)
    form = FindingForm(request.POST, auto_id="finding-%s")
    uid = request.POST.get("uid", "")
    if not uid:  # a finding is of a duty: one chooses it first
        return redirect("assessment", number)
    if not form.is_valid():
        return judge_page(request, row, uid, status=422, finding_form=form)
    try:
        plan = form.plan("leadership", form.cleaned_data["title"])
        made = do_raise_audit_finding(request.user, form.wanting(), number=number, plan=plan)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return judge_page(request, row, uid, status=422, finding_form=form)
    messages.success(request, _("Finding #%(n)d is raised.") % {"n": made.number})
    return redirect("assessment_judge", number, uid)


@page("law", *ASSESSES, methods=("POST",))
def close(request: Request, number: int) -> HttpResponseBase:
    """End the assessment."""
    row = get_round(request.user, number)
    form = CloseForm(request.POST)
    if not form.is_valid():
        return assessment_page(request, row, status=422, close_form=form)
    try:
        do_close_assessment(request.user, number=number, **form.cleaned_data)
    except EditConflict as conflict:
        back = f"/law/assessments/{number}/"
        return conflict_page(request, conflict, about=row.title, back=back, labels=LABELS)
    except UsageError as error:
        where = f" {error.where}" if error.where else ""
        form.add_error(None, f"{said(error)}{where}")
        return assessment_page(request, row, status=422, close_form=form)
    messages.success(request, _("The assessment is closed and sealed."))
    return redirect("assessment", number)


@page("law", *ASSESSES, methods=("POST",))
def follow(request: Request, number: int) -> HttpResponseBase:
    """Look at a finding again."""
    row = get_audit_finding(request.user, number)
    form = FollowForm(request.POST)
    if not form.is_valid():
        return finding_page(request, row, status=422, form=form)
    try:
        do_follow_finding(request.user, number=number, **form.cleaned_data)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return finding_page(request, row, status=422, form=form)
    messages.success(request, _("It is on record."))
    return redirect("audit_finding", number)


@page("law", *ORGANISES, methods=("POST",))
def improve(request: Request, number: int) -> HttpResponseBase:
    """Make an improvement of it."""
    row = get_audit_finding(request.user, number)
    form = ImproveForm(request.POST, auto_id="improve-%s")
    plan = form.plan(row.duty.group, row.detail) if form.is_valid() else None
    if plan is None:
        form.add_error("change", _("Say what has to change."))
        return finding_page(request, row, status=422, improve_form=form)
    try:
        made = do_improve_finding(request.user, plan, number=number)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return finding_page(request, row, status=422, improve_form=form)
    told = {"n": made.improvement.number if made.improvement else 0}
    messages.success(request, _("Improvement #%(n)d is followed to its retest.") % told)
    return redirect("audit_finding", number)
