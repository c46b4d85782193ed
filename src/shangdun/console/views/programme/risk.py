"""One risk: its level, its numbers, its measures, its evidence, who bears it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.actions.risks.accept import do_accept_risk, do_withdraw_risk_acceptance
from shangdun.actions.risks.assess import do_assess_risk
from shangdun.actions.risks.learn import do_judge_risk_evidence
from shangdun.actions.risks.register import do_archive_risk, do_change_risk, do_review_risk
from shangdun.assess.method.starter import register
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.risks import AssessForm, BearForm, RiskForm
from shangdun.console.problems import said
from shangdun.console.programme.risks import TRENDS, curve_of, steps_of, told, years_of
from shangdun.console.views.fragment import answer_json
from shangdun.console.views.page import Request, page
from shangdun.console.views.programme.risks import MANAGES, VIEWS, risk_choices
from shangdun.kernel.errors import NotAllowed, ShangdunError, UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.messages import console_zone
from shangdun.records.models import RiskLevel
from shangdun.records.risk_numbers import quantified, simulated
from shangdun.records.risks import Standing, current_matrix, get_risk, standing_of, standings
from shangdun.records.roles import Capability

ACCEPTS = (Capability.ACCEPT_RISKS,)
LABELS = {
    "title": gettext_lazy("Title"),
    "description": gettext_lazy("How it comes about"),
    "consequence": gettext_lazy("What would follow"),
    "existing": gettext_lazy("Measures that stand already, in words"),
}
ASSESS_LABELS = {
    "threat_level": gettext_lazy("How strongly the threat presses"),
    "ease": gettext_lazy("How easily it is exploited"),
    "asset_value": gettext_lazy("Value of the asset"),
    "harm": gettext_lazy("How badly the asset suffers"),
    "frequency_low": gettext_lazy("Times a year: at least"),
    "frequency_high": gettext_lazy("Times a year: at most"),
    "loss_low": gettext_lazy("Least loss"),
    "loss_high": gettext_lazy("Most loss"),
    "basis": gettext_lazy("Where the numbers come from"),
}


@page("risks", *VIEWS)
def risk(request: Request, number: int) -> HttpResponseBase:
    """All of it on one page."""
    return _risk(request, number)


def _risk(
    request: Request,
    number: int,
    *,
    status: int = 200,
    problem: str = "",
    **forms: Any,  # noqa: ANN401 - forms as they were typed
) -> HttpResponseBase:
    one = standing_of(request.user, number)
    row = current_matrix()
    manages = request.user.can(*MANAGES) and one.risk.archived_at is None
    context: dict[str, Any] = {
        "one": one,
        "risk": one.risk,
        "levels": RiskLevel,
        "trend": TRENDS[one.trend],
        "steps": steps_of(one),
        "told": told(one.learned) if one.learned else None,
        "years": _years(one),
        "currency": row.currency,
        "matrix": row,
        "children": _children(request, one),
        "evidence": one.risk.evidence.select_related("incident", "by").order_by(
            "-incident__number"
        ),
        "history": list(one.risk.frequencies.order_by("-at")[:12]),
        "borne": one.risk.acceptances.select_related("approver"),
        "ratings": one.risk.ratings.select_related("assessment").order_by("-assessment__number"),
        "manages": manages,
        "accepts": request.user.can(*ACCEPTS) and one.risk.archived_at is None,
        "sees_findings": request.user.can(Capability.VIEW_FINDINGS),
        "hint": _loss_hint(one),
        "problem": problem,
        "today": timezone.now().astimezone(console_zone()).date(),
    }
    if manages:
        context |= {
            "assess_form": AssessForm(initial=AssessForm.initial_of(one.risk)),
            "change_form": RiskForm(
                risk_choices(request, one.risk), initial=RiskForm.initial_of(one.risk)
            ),
        }
    context["bear_form"] = BearForm(initial={"version": one.risk.version})
    return render(request, "risks/risk.html", context | forms, status=status)


def _years(one: Standing) -> list[Any]:
    found = quantified([one])
    return years_of(simulated(found).spreads) if found else []


def _children(request: Request, one: Standing) -> list[Standing]:
    if not one.parts:
        return []
    numbers = one.risk.children.filter(archived_at=None).values_list("number", flat=True)
    return standings(request.user, numbers=list(numbers))


def _loss_hint(one: Standing) -> str:
    """What to add up for its loss, of a risk that came with the register."""
    language = "en" if one.risk.title.isascii() else "zh"
    for factor in register().factors:
        for starter in factor.risks:
            if one.risk.key == starter.key:
                return starter.loss_en if language == "en" else starter.loss_zh
    return ""


@page("risks", *VIEWS)
def curve(request: Request, number: int) -> HttpResponse:
    """Its loss-exceedance curve."""
    found = quantified([standing_of(request.user, number)])
    return answer_json(request, curve_of(simulated(found)) if found else {"series": []})


@page("risks", *MANAGES, methods=("POST",))
def change(request: Request, number: int) -> HttpResponseBase:
    """Describe it anew."""
    found = get_risk(request.user, number)
    form = RiskForm(risk_choices(request, found), request.POST)
    if not form.is_valid():
        return _risk(request, number, status=422, change_form=form)
    version = form.cleaned_data["version"]
    try:
        do_change_risk(request.user, form.risk(), number=number, version=version)
    except EditConflict as conflict:
        return _conflict(request, conflict, found.title, number, LABELS)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return _risk(request, number, status=422, change_form=form)
    return _saved(request, number)


@page("risks", *MANAGES, methods=("POST",))
def assess(request: Request, number: int) -> HttpResponseBase:
    """Say how high it is."""
    found = get_risk(request.user, number)
    form = AssessForm(request.POST)
    if not form.is_valid():
        return _risk(request, number, status=422, assess_form=form)
    version = form.cleaned_data["version"]
    try:
        do_assess_risk(request.user, form.assessed(), number=number, version=version)
    except EditConflict as conflict:
        return _conflict(request, conflict, found.title, number, ASSESS_LABELS)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return _risk(request, number, status=422, assess_form=form)
    return _saved(request, number)


@page("risks", *ACCEPTS, methods=("POST",))
def accept(request: Request, number: int) -> HttpResponseBase:
    """Bear it for a time."""
    form = BearForm(request.POST)
    if not form.is_valid():
        return _risk(request, number, status=422, bear_form=form)
    version = form.cleaned_data["version"]
    try:
        do_accept_risk(request.user, form.bearing(), number=number, version=version)
    except EditConflict as conflict:
        return _conflict(request, conflict, str(number), number, {})
    except (UsageError, NotAllowed) as error:
        form.add_error(None, str(said(error)))
        return _risk(request, number, status=422, bear_form=form)
    messages.success(request, _("Accepted until that day; then it is asked again."))
    return redirect("risk", number)


@page("risks", *ACCEPTS, methods=("POST",))
def unaccept(request: Request, number: int) -> HttpResponseBase:
    """Bear it no longer."""
    return _done(
        request, number,
        lambda: do_withdraw_risk_acceptance(
            request.user, number=number, reason=request.POST.get("reason", "")
        ),
    )  # fmt: skip


@page("risks", *MANAGES, methods=("POST",))
def review(request: Request, number: int) -> HttpResponseBase:
    """It was looked at and stands."""
    note = request.POST.get("note", "")
    return _done(request, number, lambda: do_review_risk(request.user, number=number, note=note))


@page("risks", *MANAGES, methods=("POST",))
def archive(request: Request, number: int) -> HttpResponseBase:
    """Out of the register."""
    reason = request.POST.get("reason", "")
    return _done(
        request, number, lambda: do_archive_risk(request.user, number=number, reason=reason)
    )


@page("risks", *MANAGES, methods=("POST",))
def evidence(request: Request, number: int) -> HttpResponseBase:
    """Count an incident in, or leave it out."""
    text = request.POST.get("incident", "").strip().lstrip("#")
    incident = int(text) if text.isdecimal() and len(text) < 10 else 0
    return _done(
        request, number,
        lambda: do_judge_risk_evidence(
            request.user, number=number, incident_number=incident,
            counts=request.POST.get("counts") == "1", reason=request.POST.get("reason", ""),
        ),
    )  # fmt: skip


def _done(request: Request, number: int, do: Any) -> HttpResponseBase:  # noqa: ANN401 - any action
    try:
        do()
    except ShangdunError as error:
        return _risk(request, number, status=422, problem=str(said(error)))
    return _saved(request, number)


def _saved(request: Request, number: int) -> HttpResponseBase:
    messages.success(request, _("Saved."))
    return redirect("risk", number)


def _conflict(
    request: Request,
    conflict: EditConflict,
    about: str,
    number: int,
    labels: Any,  # noqa: ANN401 - labels of a page
) -> HttpResponseBase:
    back = f"/risks/{number}/"
    return conflict_page(request, conflict, about=about, back=back, labels=labels)
