"""Assessments of compliance: the list, one with its judgements, findings over the years."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.console.forms.compliance import (
    CloseForm,
    FindingForm,
    FollowForm,
    ImproveForm,
    JudgeForm,
    OpinionForm,
    RoundForm,
)
from shangdun.console.papers.answer import paper_response
from shangdun.console.papers.compliance import assessment_paper
from shangdun.console.programme.compliance import (
    SEVERITY_LOOKS,
    round_of,
    said_of,
    shown_judgement,
)
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import NotFound
from shangdun.records.compliance import (
    get_audit_finding,
    get_round,
    open_round,
    text_of,
    today_of,
    version_in_force,
    visible_audit_findings,
    visible_rounds,
)
from shangdun.records.models import AssessmentRound, AuditFinding, AuditState, JudgeSide, RoundState
from shangdun.records.roles import Capability

VIEWS = (Capability.VIEW_COMPLIANCE,)
ORGANISES = (Capability.MANAGE_COMPLIANCE, Capability.ASSESS_COMPLIANCE)
ASSESSES = (Capability.ASSESS_COMPLIANCE,)


@page("law", *VIEWS)
def assessments(request: Request) -> HttpResponseBase:
    """All of them, newest first, and beginning one."""
    return assessments_page(request)


def assessments_page(
    request: Request, *, status: int = 200, form: RoundForm | None = None
) -> HttpResponseBase:
    """Also as the answer to a form that was wrong."""
    year = today_of(timezone.now()).year
    title = _("Assessment of compliance %(year)d") % {"year": year}
    fresh = RoundForm(initial={"title": title, "year": year, "due_on": date(year, 12, 31)})
    context = {
        "rows": list(visible_rounds(request.user)),
        "open": open_round(),
        "form": form or fresh,
        "organises": request.user.can(*ORGANISES),
        "here": "assessments",
    }
    return render(request, "law/assessments.html", context, status=status)


@page("law", *VIEWS)
def assessment(request: Request, number: int) -> HttpResponseBase:
    """One: every duty with its judgements, findings, what is still owed."""
    return assessment_page(request, get_round(request.user, number))


def assessment_page(
    request: Request, row: AssessmentRound, *, status: int = 200, **forms: object
) -> HttpResponseBase:
    """Also as the answer to a form of it that was wrong."""
    under_way = row.state == RoundState.OPEN
    counsel = {"firm": row.counsel_firm, "lawyer": row.counsel_name}
    context = {
        "round": row,
        **round_of(row, timezone.now()),
        "findings": [
            {"row": one, "look": SEVERITY_LOOKS[one.severity]}
            for one in visible_audit_findings(request.user).filter(raised_in=row)
        ],
        "organises": under_way and request.user.can(*ORGANISES),
        "assesses": under_way and request.user.can(*ASSESSES),
        "form": RoundForm(initial=_initial(row)),
        "opinion_form": OpinionForm(initial=counsel),
        "close_form": CloseForm(initial={"version": row.version}),
        "here": "assessments",
        **forms,
    }
    return render(request, "law/assessment.html", context, status=status)


def _initial(row: AssessmentRound) -> dict[str, Any]:
    names = ("version", "title", "year", "due_on", "auditor_id", "counsel_firm", "counsel_name")
    return {name: getattr(row, name) for name in names}


def judge_page(
    request: Request, row: AssessmentRound, uid: str, *, status: int = 200, **forms: object
) -> HttpResponseBase:
    """One duty of an assessment: what it says, what shows it, and the judgement."""
    now = timezone.now()
    found = round_of(row, now)
    line = next((one for one in found["lines"] if one["duty"].stands.duty.uid == uid), None)
    if line is None:
        raise NotFound(f"{uid} is not assessed here", fix="see the assessment")
    duty = line["duty"].stands.duty
    side = JudgeSide.COUNSEL if request.GET.get("side") == "counsel" else JudgeSide.INTERNAL
    made = [one for one in line["duty"].stands.judgements if one.round_id == row.pk]
    uids = [one["duty"].stands.duty.uid for one in found["lines"]]
    here = uids.index(uid)
    context = {
        "round": row,
        "duty": duty,
        "one": line["duty"],
        "judgements": [shown_judgement(one) for one in made][::-1],
        "own": duty.owner_id == request.user.pk,
        "following": uids[here + 1] if here + 1 < len(uids) else "",
        "form": JudgeForm(initial={"side": side}),
        "finding_form": FindingForm(initial={"uid": uid, "side": side}, auto_id="finding-%s"),
        "here": "assessments",
        **forms,
    }
    return render(request, "law/judge.html", context, status=status)


@page("law", *VIEWS)
def export(request: Request, number: int, form: str) -> HttpResponseBase:
    """The assessment's report as PDF or Word."""
    if form not in {"pdf", "docx"}:
        raise NotFound("there is no such format", fix="pdf or docx")
    row = get_round(request.user, number)
    wanted: Literal["pdf", "docx"] = "pdf" if form == "pdf" else "docx"
    return paper_response(request, assessment_paper(row, timezone.now()), wanted, row.title)


@page("law", *VIEWS)
def findings(request: Request) -> HttpResponseBase:
    """What assessments found wanting: open ones first, whichever year they are of."""
    rows = visible_audit_findings(request.user).prefetch_related("duty__versions")
    show = request.GET.get("show", "open")
    chosen = rows if show == "all" else rows.filter(state=AuditState.OPEN)
    context = {
        "rows": [_told(one) for one in chosen],
        "open": rows.filter(state=AuditState.OPEN).count(),
        "count": rows.count(),
        "show": "all" if show == "all" else "open",
        "here": "findings",
    }
    return render(request, "law/findings.html", context)


def _told(row: AuditFinding) -> dict[str, Any]:
    texts = row.duty.versions.all()
    version = version_in_force(texts, today_of(timezone.now()))
    said = said_of(text_of(version)) if version else None
    return {"row": row, "look": SEVERITY_LOOKS[row.severity], "said": said}


@page("law", *VIEWS)
def finding(request: Request, number: int) -> HttpResponseBase:
    """One finding and every look that was taken at it."""
    return finding_page(request, get_audit_finding(request.user, number))


def finding_page(
    request: Request, row: AuditFinding, *, status: int = 200, **forms: object
) -> HttpResponseBase:
    """Also as the answer to a form of it that was wrong."""
    standing = row.state == AuditState.OPEN
    context = {
        "finding": row,
        **_told(row),
        "steps": list(row.steps.select_related("round", "by")),
        "assesses": standing and request.user.can(*ASSESSES),
        "improves": standing and row.improvement is None and request.user.can(*ORGANISES),
        "form": FollowForm(),
        "improve_form": ImproveForm(initial={"change": row.title}, auto_id="improve-%s"),
        "here": "findings",
        **forms,
    }
    return render(request, "law/finding.html", context, status=status)
