"""Vulnerabilities: the list, and one with its history and what people decide about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.assets.due_days import do_set_due_days
from shangdun.actions.vulnerabilities.decide import do_add_vulnerability
from shangdun.console.forms.assets import DueDaysForm, VulnerabilityForm
from shangdun.console.problems import said
from shangdun.console.programme.assets import by_severity, shown_vulnerabilities, tabs
from shangdun.console.views.page import Request, page
from shangdun.console.wordings.assets import FIELDS
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.assets import asset_settings
from shangdun.records.models import (
    Vulnerability,
    VulnerabilityImport,
    VulnerabilitySeverity,
    VulnerabilityState,
)
from shangdun.records.roles import Capability
from shangdun.records.vulnerabilities import open_vulnerabilities, visible_vulnerabilities
from shangdun.respond.supply_sheet import write_csv, write_xlsx

PAGE = 100
VIEWS = (Capability.VIEW_ASSETS,)
MANAGES = (Capability.MANAGE_ASSETS,)
MOST_EXPORTED = 25_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page("assets", *VIEWS)
def vulnerabilities(request: Request) -> HttpResponseBase:
    """What is to be mended, the worst first."""
    return _list(request, DueDaysForm(settings=asset_settings()))


def _list(request: Request, due_form: DueDaysForm, *, status: int = 200) -> HttpResponseBase:
    today = timezone.localdate()
    pages = Paginator(_filtered(request), PAGE).get_page(request.GET.get("page"))
    standing = open_vulnerabilities(request.user)
    counted = standing.order_by().values_list("severity").annotate(n=Count("pk"))
    context = {
        "pages": pages,
        "rows": shown_vulnerabilities(pages, today),
        "severities": by_severity(dict(counted)),
        "labels": dict(VulnerabilitySeverity.choices),
        "open": standing.count(),
        "late": standing.filter(due__lt=today).count(),
        "exploited": standing.filter(known_exploited=True).count(),
        "any": Vulnerability.objects.exists(),
        "imports": VulnerabilityImport.objects.select_related("by").order_by("-at", "-id")[:8],
        "states": VulnerabilityState.choices,
        "due_form": due_form,
        "manages": request.user.can(*MANAGES),
        "tabs": tabs(request.user),
        "here": "vulnerabilities",
    }
    return render(request, "vulnerabilities/list.html", context, status=status)


def _filtered(request: Request) -> QuerySet[Vulnerability]:
    rows = visible_vulnerabilities(request.user)
    show = request.GET.get("show", "open")
    if show == "overdue":
        rows = rows.filter(state=VulnerabilityState.OPEN, due__lt=timezone.localdate())
    elif show == "exploited":
        rows = rows.filter(state=VulnerabilityState.OPEN, known_exploited=True)
    elif show in VulnerabilityState.values:
        rows = rows.filter(state=show)
    if (severity := request.GET.get("severity", "")) in VulnerabilitySeverity.values:
        rows = rows.filter(severity=severity)
    if request.GET.get("mine"):
        rows = rows.filter(owner=request.user)
    if (number := request.GET.get("asset", "")).isdecimal() and len(number) < 10:
        rows = rows.filter(asset__number=int(number))
    if text := request.GET.get("q", "").strip()[:100]:
        chosen = Q()
        for field in ("title", "cve", "place", "component", "rule", "tool", "asset__name"):
            chosen |= Q(**{f"{field}__icontains": text})
        rows = rows.filter(chosen)
    return rows


@page("assets", *MANAGES, methods=("POST",))
def due_days(request: Request) -> HttpResponseBase:
    """Until when each severity is to be gone."""
    form = DueDaysForm(request.POST, settings=asset_settings())
    if not form.is_valid():
        return _list(request, form, status=422)
    days = dict(form.cleaned_data)
    exploited = days.pop("known_exploited")
    do_set_due_days(request.user, days, known_exploited_days=exploited)
    messages.success(request, _("Saved. Due dates of what is open follow."))
    return redirect("vulnerabilities")


@page("assets", *MANAGES, methods=("GET", "HEAD", "POST"))
def add(request: Request) -> HttpResponseBase:
    """Write one down."""
    form = VulnerabilityForm(request.POST or None, initial={"asset": request.GET.get("asset", "")})
    if request.method == "POST" and form.is_valid():
        try:
            made = do_add_vulnerability(request.user, form.wanted())
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            return redirect("vulnerability", made.number)
    status = 422 if request.method == "POST" else 200
    return render(request, "vulnerabilities/add.html", {"form": form}, status=status)


@page("assets", *VIEWS)
def export(request: Request, form: str) -> HttpResponseBase:
    """The list as it is filtered, as CSV or XLSX."""
    if form not in {"csv", "xlsx"}:
        raise NotFound("there is no such format", fix="csv or xlsx")
    names = ("title", "severity", "score", "cve", "rule", "place", "component", "found_version",
             "fixed_version", "known_exploited", "due")  # fmt: skip
    headings = [_("Number"), _("State"), _("Asset"), _("Owner"), _("Tool"),
                *(str(FIELDS[name]) for name in names)]  # fmt: skip
    rows = (_cells(row, names) for row in _filtered(request)[:MOST_EXPORTED])
    write = write_csv if form == "csv" else write_xlsx
    response = HttpResponse(
        write(headings, rows), content_type="text/csv" if form == "csv" else XLSX
    )
    name = f"vulnerabilities-{timezone.localdate():%Y%m%d}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _cells(row: Vulnerability, names: tuple[str, ...]) -> list[Any]:
    owner = (row.owner.get_full_name() or row.owner.username) if row.owner else ""
    cells: list[Any] = [f"V-{row.number}", row.get_state_display(),
                        row.asset.name if row.asset else "", owner, row.tool]  # fmt: skip
    for name in names:
        value = getattr(row, name)
        if name == "severity":
            value = row.get_severity_display()
        elif name == "known_exploited":
            value = _("yes") if value else ""
        cells.append("" if value is None else value)
    return cells
