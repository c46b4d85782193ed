"""The risk register: how it stands, the year in money, what measures are worth."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.risks.register import do_add_risk
from shangdun.assess.method.scale import LEVELS
from shangdun.console.forms.risks import NOBODY, NONE, RiskForm, named
from shangdun.console.problems import said
from shangdun.console.programme.risks import STAGES, TRENDS, curve_of, heat_maps, lies, years_of
from shangdun.console.views.fragment import answer_json
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import UsageError
from shangdun.records.assets import visible_assets
from shangdun.records.messages import console_zone
from shangdun.records.models import Risk, RiskLevel, User
from shangdun.records.risk_numbers import quantified, simulated, valued
from shangdun.records.risks import (
    Standing,
    current_matrix,
    leaves,
    matrix_of,
    standings,
    visible_acceptances,
    visible_threats,
    worst_first,
)
from shangdun.records.roles import Capability
from shangdun.records.vulnerabilities import open_vulnerabilities

VIEWS = (Capability.VIEW_RISKS,)
MANAGES = (Capability.MANAGE_RISKS,)
SHOWS = ("untreated", "unassessed", "due", "accepted")


@page("risks", *VIEWS)
def risks(request: Request) -> HttpResponseBase:
    """The register with its heat maps; worst first, or by factor."""
    row = current_matrix()
    rows = standings(request.user)
    own = leaves(rows)
    numbers = quantified(rows)
    context: dict[str, Any] = {
        "count": len(own),
        "maps": heat_maps(own, matrix_of(row)) if any(one.now for one in own) else [],
        "years": years_of(simulated(numbers).spreads) if numbers else [],
        "in_numbers": len(numbers),
        "currency": row.currency,
        "shown": worst_first(_shown(request, own)),
        "counts": {name: len(_filtered(own, name)) for name in SHOWS},
        "factors": [one for one in rows if one.parts],
        "trends": TRENDS,
        "levels": RiskLevel,
        "show": request.GET.get("show", ""),
        "cell": _cell(request),
        "stages": STAGES,
        "manages": request.user.can(*MANAGES),
        "today": _today(),
    }
    return render(request, "risks/register.html", context)


def _today() -> date:
    return timezone.now().astimezone(console_zone()).date()


def _filtered(rows: Sequence[Standing], show: str) -> list[Standing]:
    today = _today()
    if show == "untreated":
        return [one for one in rows if one.untreated]
    if show == "unassessed":
        return [one for one in rows if one.risk.assessed_at is None]
    if show == "due":
        return [one for one in rows if one.review_due(today) or one.late(today)]
    if show == "accepted":
        return [one for one in rows if one.acceptance is not None]
    return list(rows)


def _shown(request: Request, rows: Sequence[Standing]) -> list[Standing]:
    found = _filtered(rows, request.GET.get("show", ""))
    if cell := _cell(request):
        stage, likelihood, loss = cell
        found = [one for one in found if lies(one, stage, likelihood, loss)]
    if (factor := request.GET.get("factor", "")).isdecimal():
        found = [one for one in found if one.risk.parent and str(one.risk.parent.number) == factor]
    if text := request.GET.get("q", "").strip().lower()[:100]:
        found = [one for one in found if text in str(one.risk).lower()]
    return found


def _cell(request: Request) -> tuple[Any, int, int] | None:
    stage, _sep, at = request.GET.get("cell", "").partition("-")
    if stage in STAGES and len(at) == 2 and at.isdecimal():
        likelihood, loss = int(at[0]), int(at[1])
        if likelihood in LEVELS and loss in LEVELS:
            return stage, likelihood, loss
    return None


@page("risks", *VIEWS)
def curve(request: Request) -> HttpResponse:
    """The register's loss-exceedance curve."""
    numbers = quantified(standings(request.user))
    return answer_json(request, curve_of(simulated(numbers)) if numbers else {"series": []})


@page("risks", *MANAGES, methods=("GET", "HEAD", "POST"))
def add(request: Request) -> HttpResponseBase:
    """A new risk; it is assessed on its page."""
    choices = risk_choices(request)
    form = RiskForm(choices, request.POST or None, initial={"owner": request.user.pk})
    if request.method == "POST" and form.is_valid():
        try:
            made = do_add_risk(request.user, form.risk())
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            messages.success(request, _("It is in the register: assess it now."))
            return redirect("risk", made.number)
    status = 422 if request.method == "POST" else 200
    return render(request, "risks/add.html", {"form": form}, status=status)


def risk_choices(request: Request, but: Risk | None = None) -> dict[str, Any]:
    """What a risk's form offers."""
    factors = Risk.objects.filter(factor=True, archived_at=None).order_by("number")
    if but is not None:
        factors = factors.exclude(pk=but.pk)
    sees = request.user.can
    assets = visible_assets(request.user) if sees(Capability.VIEW_ASSETS) else ()
    found = open_vulnerabilities(request.user) if sees(Capability.VIEW_ASSETS) else ()
    return {
        "parent": [NONE, *((one.number, one.title) for one in factors)],
        "owner": [NOBODY, *people()],
        "threat": [NONE, *named(visible_threats(request.user))],
        "assets": named(assets),
        "vulnerabilities": named(found[:500] if found else ()),
    }


def people() -> list[tuple[int, str]]:
    """Everybody active, by name."""
    rows = User.objects.filter(is_active=True).order_by("username")
    return [(one.pk, one.get_full_name() or one.username) for one in rows]


@page("risks", *VIEWS)
def measures(request: Request) -> HttpResponseBase:
    """All measures, what saves most for its money first."""
    row = current_matrix()
    rows = valued(standings(request.user), row.currency)
    context = {
        "rows": rows,
        "unknown": sum(one.worth is None for one in rows),
        "currency": row.currency,
        "today": _today(),
    }
    return render(request, "risks/measures.html", context)


@page("risks", *VIEWS)
def acceptances(request: Request) -> HttpResponseBase:
    """Who bears what until when; the ended ones below."""
    rows = list(visible_acceptances(request.user)[:500])
    context = {
        "standing": [one for one in rows if one.ended_at is None],
        "ended": [one for one in rows if one.ended_at is not None],
        "levels": RiskLevel,
        "currency": current_matrix().currency,
    }
    return render(request, "risks/acceptances.html", context)
