"""The asset inventory: list, one asset, taking in by hand and out."""

from __future__ import annotations

from typing import Any, Literal

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shangdun.actions.assets.inventory import do_add_asset, do_archive_asset, do_change_asset
from shangdun.actions.assets.suggested import do_suggest_assets
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.assets import AssetForm
from shangdun.console.problems import said
from shangdun.console.programme.asset_sheet import sheet_headings, sheet_rows
from shangdun.console.programme.assets import (
    KIND_ICONS,
    MARK_LABELS,
    incidents_of,
    inventory_rows,
    is_suggested,
    reckoned,
    shown_vulnerabilities,
    tabs,
)
from shangdun.console.views.page import Request, page
from shangdun.console.wordings.assets import FIELDS
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.assets import get_asset, visible_assets
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Asset, AssetLayer
from shangdun.records.roles import Capability
from shangdun.records.vulnerabilities import visible_vulnerabilities
from shangdun.respond.supply_sheet import write_csv, write_xlsx

PAGE = 100
VIEWS = (Capability.VIEW_ASSETS,)
MANAGES = (Capability.MANAGE_ASSETS,)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page("assets", *VIEWS)
def assets(request: Request) -> HttpResponseBase:
    """The list by layer, the most valuable first."""
    pages = Paginator(inventory_rows(request.user, request.GET.dict()), PAGE).get_page(
        request.GET.get("page")
    )
    everything = visible_assets(request.user)
    context = {
        "pages": pages,
        "rows": [
            {"asset": row, "icon": KIND_ICONS[row.kind], "suggested": is_suggested(row)}
            for row in pages
        ],
        "count": everything.count(),
        "unrated": everything.filter(value=None).count(),
        "unowned": everything.filter(owner=None).count(),
        "layers": AssetLayer.choices,
        "manages": request.user.can(*MANAGES),
        "tabs": tabs(request.user),
        "here": "inventory",
    }
    return render(request, "assets/list.html", context)


@page("assets", *VIEWS)
def asset(request: Request, number: int) -> HttpResponseBase:
    """One asset with all that hangs on it."""
    found = get_asset(request.user, number)
    form = AssetForm(initial=AssetForm.initial_of(found), asset=found)
    return _asset(request, found, form)


def _asset(
    request: Request, found: Asset, form: AssetForm, *, status: int = 200, problem: str = ""
) -> HttpResponseBase:
    weak = visible_vulnerabilities(request.user).filter(asset=found)
    marks = list(found.marks.filter(current=True).order_by("kind", "value"))
    context = {
        "asset": found,
        "icon": KIND_ICONS[found.kind],
        "reckoned": reckoned(found),
        "suggested": is_suggested(found),
        "marks": [
            (label, [one.value for one in marks if one.kind == kind])
            for kind, label in MARK_LABELS.items()
            if any(one.kind == kind for one in marks)
        ],
        "bears": found.bears.select_related("upper").order_by("-bearing", "upper__name"),
        "borne_by": found.borne_by.filter(lower__archived_at=None).select_related("lower"),
        "open": shown_vulnerabilities(weak.filter(state="open")[:50], timezone.localdate()),
        "others": weak.exclude(state="open").count(),
        "risks": _risks(request, found),
        "incidents": incidents_of(request.user, found),
        "seen": found.sightings.order_by("-last_seen").first(),
        "form": form,
        "problem": problem,
        "manages": request.user.can(*MANAGES) and not found.archived_at,
    }
    return render(request, "assets/page.html", context, status=status)


def _risks(request: Request, found: Asset) -> list[Any]:
    """Risks of the register that name it, the worst first as the register has them."""
    if not request.user.can(Capability.VIEW_RISKS) or not hasattr(found, "risks"):
        return []
    return list(found.risks.filter(archived_at=None).order_by("number")[:20])


@page("assets", *MANAGES, methods=("GET", "HEAD", "POST"))
def add(request: Request) -> HttpResponseBase:
    """Take an asset in; what it bears is said on its page next."""
    form = AssetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = do_add_asset(request.user, form.wanted())
        except UsageError as error:
            form.add_error(None, _told(error))
        else:
            messages.success(request, _("It is in the inventory. Say next what it bears."))
            return redirect("asset", made.number)
    status = 422 if request.method == "POST" else 200
    return render(request, "assets/add.html", {"form": form}, status=status)


@page("assets", *MANAGES, methods=("POST",))
def change(request: Request, number: int) -> HttpResponseBase:
    """Change it."""
    found = get_asset(request.user, number)
    form = AssetForm(request.POST, asset=found)
    if not form.is_valid():
        return _asset(request, found, form, status=422)
    version = form.cleaned_data["version"]
    try:
        do_change_asset(request.user, form.wanted(), number=number, version=version)
    except EditConflict as conflict:
        for side in (conflict.mine, conflict.theirs):
            side["bears"] = _names(side["bears"])
        labels: dict[str, Any] = {**FIELDS, "marks": _("Hosts, services, routes, code")}
        back = f"/assets/{number}/"
        return conflict_page(request, conflict, about=found.name, back=back, labels=labels)
    except UsageError as error:
        form.add_error(None, _told(error))
        return _asset(request, get_asset(request.user, number), form, status=422)
    messages.success(request, _("Saved."))
    return redirect("asset", number)


def _names(bears: dict[int, int]) -> list[str]:
    rows = Asset.objects.filter(pk__in=bears).order_by("name")
    return [f"{row.name} ({bears[row.pk]})" for row in rows]


def _told(error: UsageError) -> str:
    place = f" ({error.where})" if error.where else ""
    return f"{said(error)}{place}"


@page("assets", *MANAGES, methods=("POST",))
def archive(request: Request, number: int) -> HttpResponseBase:
    """Take it out."""
    found = get_asset(request.user, number)
    try:
        do_archive_asset(request.user, number=number)
    except UsageError as error:
        form = AssetForm(initial=AssetForm.initial_of(found), asset=found)
        return _asset(request, found, form, status=422, problem=str(said(error)))
    messages.success(request, _("It is out of the inventory; its history stays."))
    return redirect("assets")


@page("assets", *MANAGES, methods=("POST",))
def suggest(request: Request) -> HttpResponseBase:
    """Begin with what such a shop usually has."""
    language: Literal["zh", "en"] = "en" if get_language() == "en" else "zh"
    made = do_suggest_assets(request.user, platform=frozenset(), language=language)
    messages.success(request, _("%(n)d taken in. Rate them next.") % {"n": made})
    return redirect("assets")


@page("assets", *VIEWS)
def export(request: Request, form: str) -> HttpResponseBase:
    """The list as it is filtered, as CSV or XLSX; it can be taken in again as it stands."""
    if form not in {"csv", "xlsx"}:
        raise NotFound("there is no such format", fix="csv or xlsx")
    write = write_csv if form == "csv" else write_xlsx
    content = write(sheet_headings(), sheet_rows(inventory_rows(request.user, request.GET.dict())))
    response = HttpResponse(content, content_type="text/csv" if form == "csv" else XLSX)
    name = f"assets-{timezone.localdate():%Y%m%d}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
