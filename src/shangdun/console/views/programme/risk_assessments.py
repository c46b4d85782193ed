"""Rounds of assessment: begun, finished, reported; findings tracked from one to the next."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from shangdun.actions.risks.rounds import (
    Round,
    do_begin_risk_assessment,
    do_change_risk_assessment,
    do_close_risk_assessment,
    do_confirm_risks,
    do_write_risk_report,
)
from shangdun.assess.method.review import Change, change
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.risks import RoundForm, named
from shangdun.console.papers.answer import WRITERS, Form, paper_response
from shangdun.console.papers.risks import risk_paper
from shangdun.console.problems import said
from shangdun.console.views.page import Request, page
from shangdun.console.views.programme.risks import MANAGES, VIEWS
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Programme, RiskAssessment, RiskAssessmentState, RiskLevel
from shangdun.records.risks import (
    assessment_before,
    get_assessment,
    leaves,
    standings,
    visible_assessments,
    worst_first,
)
from shangdun.records.roles import Capability

LABELS = {
    "title": gettext_lazy("Title of the report"),
    "scope": gettext_lazy("Scope"),
    "basis": gettext_lazy("Basis and references"),
    "team": gettext_lazy("Who took part"),
    "conclusion": gettext_lazy("Conclusion"),
}
BECAME = {
    Change.NEW: (pgettext_lazy("tracked risk", "new"), "note"),
    Change.WORSE: (pgettext_lazy("tracked risk", "worse"), "bad"),
    Change.SAME: (pgettext_lazy("tracked risk", "unchanged"), ""),
    Change.BETTER: (pgettext_lazy("tracked risk", "better"), "good"),
    Change.GONE: (pgettext_lazy("tracked risk", "no longer there"), ""),
}


@page("risks", *VIEWS)
def assessments(request: Request) -> HttpResponseBase:
    """All rounds; a new one for who may."""
    return _assessments(request, _form(request, None))


def _assessments(request: Request, form: RoundForm, status: int = 200) -> HttpResponseBase:
    rows = list(visible_assessments(request.user))
    context = {
        "rows": rows,
        "open": next((one for one in rows if one.state == RiskAssessmentState.OPEN), None),
        "form": form,
        "manages": request.user.can(*MANAGES),
        "count": len(leaves(standings(request.user))),
    }
    return render(request, "risks/assessments.html", context, status=status)


def _form(request: Request, row: RiskAssessment | None) -> RoundForm:
    plans = Programme.objects.filter(archived_at=None)
    offered = named(plans) if request.user.can(Capability.VIEW_PROGRAMMES) else []
    if row is not None:
        initial = RoundForm.initial_of(row)
    else:
        day = timezone.localdate()
        title = _("Risk assessment report %(day)s") % {"day": f"{day:%Y-%m}"}
        english = get_language() == "en"
        initial = {"title": title, "language": "en" if english else "zh-hans",
                   "basis": _("GB/T 20984-2022, Information security risk assessment method"),
                   "programme": offered[-1][0] if offered else None}  # fmt: skip
    return RoundForm(offered, request.POST if request.method == "POST" else None, initial=initial)


@page("risks", *MANAGES, methods=("POST",))
def begin(request: Request) -> HttpResponseBase:
    """Begin a round."""
    form = _form(request, None)
    if not form.is_valid():
        return _assessments(request, form, 422)
    try:
        made = do_begin_risk_assessment(request.user, form.wanted())
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return _assessments(request, form, 422)
    return redirect("risk_assessment", made.number)


@page("risks", *VIEWS)
def assessment(request: Request, number: int) -> HttpResponseBase:
    """One round: what is still to be assessed, or what came of it."""
    return _assessment(request, number)


def _assessment(
    request: Request,
    number: int,
    *,
    status: int = 200,
    problem: str = "",
    **more: Any,  # noqa: ANN401 - forms as typed
) -> HttpResponseBase:
    row = get_assessment(request.user, number)
    rows = leaves(standings(request.user)) if row.state == RiskAssessmentState.OPEN else []
    waiting = worst_first(one for one in rows if not one.assessed(row.begun_at))
    context: dict[str, Any] = {
        "row": row,
        "waiting": waiting,
        "ready": [one for one in waiting if one.now is not None],
        "assessed": len(rows) - len(waiting),
        "count": len(rows),
        "tracked": _tracked(row),
        "before": assessment_before(row),
        "levels": RiskLevel,
        "manages": request.user.can(*MANAGES),
        "problem": problem,
        "form": _form(request, row) if row.state == RiskAssessmentState.OPEN else None,
        "sees_documents": request.user.can(Capability.MANAGE_DOCUMENTS),
    }
    return render(request, "risks/assessment.html", context | more, status=status)


def _tracked(row: RiskAssessment) -> list[dict[str, Any]]:
    """The findings of this round beside what they were in the one before."""
    before = assessment_before(row)
    old = {one.risk_id: one for one in before.ratings.select_related("risk")} if before else {}
    new = {one.risk_id: one for one in row.ratings.select_related("risk")}
    if not new:
        return []
    found = []
    for key in new.keys() | old.keys():
        was, now = old.get(key), new.get(key)
        became = change(was.level if was else None, now.level if now else None)
        known = now or was
        words, look = BECAME[became]
        found.append({"known": known, "was": was, "now": now, "words": words, "look": look})
    return sorted(found, key=lambda one: (-(one["now"].level if one["now"] else 0),
                                          one["known"].risk.number))  # fmt: skip


@page("risks", *MANAGES, methods=("POST",))
def edit(request: Request, number: int) -> HttpResponseBase:
    """Scope, basis, team, while it is under way."""
    row = get_assessment(request.user, number)
    form = _form(request, row)
    if not form.is_valid():
        return _assessment(request, number, status=422, form=form)
    version = form.cleaned_data["version"]
    wanted: Round = form.wanted(row.conclusion)
    try:
        do_change_risk_assessment(request.user, wanted, number=number, version=version)
    except EditConflict as conflict:
        back = f"/risks/assessments/{number}/"
        return conflict_page(request, conflict, about=row.title, back=back, labels=LABELS)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return _assessment(request, number, status=422, form=form)
    messages.success(request, _("Saved."))
    return redirect("risk_assessment", number)


@page("risks", *MANAGES, methods=("POST",))
def confirm(request: Request, number: int) -> HttpResponseBase:
    """The levels of the chosen risks stand as they are."""
    chosen = [int(text) for text in request.POST.getlist("risk") if text.isdecimal()][:1_000]
    done = do_confirm_risks(request.user, numbers=chosen)
    messages.success(request, _("%(n)d confirmed.") % {"n": done})
    return redirect("risk_assessment", number)


@page("risks", *MANAGES, methods=("POST",))
def close(request: Request, number: int) -> HttpResponseBase:
    """Finish it."""
    text = request.POST.get("conclusion", "")
    try:
        do_close_risk_assessment(request.user, number=number, conclusion=text)
    except UsageError as error:
        told = f"{said(error)} {error.where}".strip()
        return _assessment(request, number, status=422, problem=told, conclusion=text)
    messages.success(request, _("Finished. Its report is ready."))
    return redirect("risk_assessment", number)


@page("risks", *MANAGES, methods=("POST",))
def document(request: Request, number: int) -> HttpResponseBase:
    """Make its report a controlled document."""
    try:
        made = do_write_risk_report(request.user, number=number)
    except UsageError as error:
        return _assessment(request, number, status=422, problem=str(said(error)))
    messages.success(request, _("It is a draft now: have it reviewed and approved."))
    return redirect(f"/documents/{made.number}/")


@page("risks", *VIEWS)
def paper(request: Request, number: int, form: str) -> HttpResponseBase:
    """The report as PDF or Word."""
    row = get_assessment(request.user, number)
    if form not in WRITERS or row.state != RiskAssessmentState.CLOSED:
        raise NotFound("there is no such report", fix="finish the assessment; pdf or docx")
    return paper_response(
        request, risk_paper(request.user, row), cast("Form", form), filename=row.title
    )
