"""The inventory of logistics: what there is, what is wrong with it, lists in and out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.actions.supplies.inventory import (
    NewSupply,
    do_add_supply,
    do_archive_supply,
    do_change_supply,
    do_check_supply,
    do_import_supplies,
)
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.supplies import SupplyForm
from shangdun.console.problems import said
from shangdun.console.response.supplies import (
    CONCERNS,
    adopted,
    sheet_headings,
    sheet_rows,
    shown,
    starter_choices,
)
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Supply, SupplyAllocation, SupplyKinds
from shangdun.records.roles import Capability
from shangdun.records.supplies import (
    get_supply,
    supplies_with,
    visible_allocations,
    visible_supplies,
    waiting_requests,
)
from shangdun.respond.supplies import Concern
from shangdun.respond.supply_sheet import LARGEST, Line, read_sheet, write_csv, write_xlsx

PAGE = 100
VIEWS = (Capability.VIEW_SUPPLIES,)
MANAGES = (Capability.MANAGE_SUPPLIES,)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LABELS = {
    "name": gettext_lazy("Name"),
    "kind": gettext_lazy("Kind"),
    "quantity": gettext_lazy("How many there are"),
    "minimum": gettext_lazy("Least that must be there"),
    "place": gettext_lazy("Place"),
    "keeper": gettext_lazy("Keeper"),
    "contact": gettext_lazy("Contact"),
    "expires_on": gettext_lazy("Expires on"),
    "note": gettext_lazy("Note"),
}


@page("inventory", *VIEWS)
def inventory(request: Request) -> HttpResponseBase:
    """The list, with filters; what waits and what is out beside it."""
    rows = _filtered(request)
    pages = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    manages = request.user.can(*MANAGES)
    everything = shown(visible_supplies(request.user))
    context = {
        "pages": pages,
        "rows": shown(pages),
        "count": len(everything),
        "wrong": sum(bool(one.marks) for one in everything),
        "kinds": SupplyKinds.choices,
        "concerns": [(concern.value, label) for concern, label in CONCERNS.items()],
        "manages": manages,
        "waiting": list(waiting_requests(request.user)[:20]),
        "out": list(_out(request)[:20]),
        "starters": len(starter_choices()) if manages else 0,
    }
    return render(request, "supplies/inventory.html", context)


def _filtered(request: Request) -> Any:  # noqa: ANN401 - a queryset of supplies
    rows = visible_supplies(request.user, archived=request.GET.get("show") == "archived")
    if (kind := request.GET.get("kind", "")) in SupplyKinds.values:
        rows = rows.filter(kind=kind)
    if text := request.GET.get("q", "").strip()[:100]:
        words = ("name", "place", "keeper", "contact", "note")
        chosen = Q()
        for word in words:
            chosen |= Q(**{f"{word}__icontains": text})
        rows = rows.filter(chosen)
    wrong = request.GET.get("wrong", "")
    if wrong in {concern.value for concern in Concern}:
        rows = supplies_with(Concern(wrong), rows, timezone.now())
    return rows


@page("inventory", *VIEWS)
def supply(request: Request, supply_id: int) -> HttpResponseBase:
    """One line: all of it, its history, changing and checking it."""
    found = get_supply(request.user, supply_id)
    return _supply(request, found, SupplyForm(initial=SupplyForm.initial_of(found)))


def _supply(
    request: Request, found: Supply, form: SupplyForm, *, status: int = 200, problem: str = ""
) -> HttpResponseBase:
    context = {
        "shown": shown([found])[0],
        "supply": found,
        "form": form,
        "problem": problem,
        "manages": request.user.can(*MANAGES) and not found.archived_at,
        "moves": list(found.moves.select_related("by", "incident").order_by("-at", "-id")[:50]),
        "out": list(_out(request).filter(supply=found)[:50]),
    }
    return render(request, "supplies/supply.html", context, status=status)


def _out(request: Request) -> QuerySet[SupplyAllocation]:
    """What is really away: what a drill has never left the shelf."""
    return visible_allocations(request.user).filter(ended_at=None, incident__drill=None)


@page("inventory", *MANAGES, methods=("GET", "HEAD", "POST"))
def add(request: Request) -> HttpResponseBase:
    """Take something in."""
    form = SupplyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = do_add_supply(request.user, form.supply())
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            messages.success(request, _("It is in the inventory."))
            return redirect("supply", made.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "supplies/add.html", {"form": form}, status=status)


@page("inventory", *MANAGES, methods=("POST",))
def change(request: Request, supply_id: int) -> HttpResponseBase:
    """Change a line."""
    found = get_supply(request.user, supply_id)
    form = SupplyForm(request.POST)
    if not form.is_valid():
        return _supply(request, found, form, status=422)
    version = form.cleaned_data["version"]
    try:
        do_change_supply(request.user, form.supply(), supply_id=found.pk, version=version)
    except EditConflict as conflict:
        back = f"/supplies/{found.pk}/"
        return conflict_page(request, conflict, about=found.name, back=back, labels=LABELS)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return _supply(request, found, form, status=422)
    messages.success(request, _("Saved."))
    return redirect("supply", found.pk)


@page("inventory", *MANAGES, methods=("POST",))
def check(request: Request, supply_id: int) -> HttpResponseBase:
    """It was looked at and counted."""
    found = get_supply(request.user, supply_id)
    text = request.POST.get("counted", "").strip()
    counted = int(text) if text.isdecimal() and len(text) < 10 else -1
    try:
        do_check_supply(
            request.user, supply_id=found.pk, counted=counted, note=request.POST.get("note", "")
        )
    except UsageError as error:
        form = SupplyForm(initial=SupplyForm.initial_of(found))
        return _supply(request, found, form, status=422, problem=str(said(error)))
    messages.success(request, _("Checked."))
    return redirect("supply", found.pk)


@page("inventory", *MANAGES, methods=("POST",))
def archive(request: Request, supply_id: int) -> HttpResponseBase:
    """Take a line out."""
    found = get_supply(request.user, supply_id)
    try:
        do_archive_supply(request.user, supply_id=found.pk, note=request.POST.get("note", ""))
    except UsageError as error:
        form = SupplyForm(initial=SupplyForm.initial_of(found))
        return _supply(request, found, form, status=422, problem=str(said(error)))
    messages.success(request, _("It is out of the inventory; its history stays."))
    return redirect("inventory")


@page("inventory", *MANAGES, methods=("GET", "HEAD", "POST"))
def adopt(request: Request) -> HttpResponseBase:
    """The suggested list; what is chosen is taken in, to be counted."""
    if request.method == "POST":
        wanted = adopted(request.POST.getlist("starter"))
        try:
            added, _changed = do_import_supplies(request.user, wanted, origin="starter")
        except UsageError as error:
            messages.error(request, str(said(error)))
            return redirect("inventory_adopt")
        messages.success(request, _("%(n)d taken in. Count them next.") % {"n": added})
        return redirect("inventory")
    kinds = dict(SupplyKinds.choices)
    rows = [(one, kinds[one.kind]) for one in starter_choices()]
    return render(request, "supplies/adopt.html", {"rows": rows})


@page("inventory", *MANAGES, methods=("GET", "HEAD", "POST"))
def take_in(request: Request) -> HttpResponseBase:
    """A list from a file: row by row what is wrong, and nothing taken in until all is right."""
    context: dict[str, Any] = {"labels": LABELS}
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None or (file.size or 0) > LARGEST:
                raise UsageError("no file", code="inventory.file", fix="choose a file")  # noqa: TRY301 - answered as what reading says
            lines = read_sheet(file.read())
            wrong = [line for line in lines if line.problems]
            if not wrong:
                return _taken_in(request, lines, file.name or "")
            context |= {"wrong": wrong[:200], "many": len(wrong), "good": len(lines) - len(wrong)}
        except UsageError as error:
            context["problem"] = said(error)
            context["where"] = error.where
    status = 422 if request.method == "POST" else 200
    return render(request, "supplies/import.html", context, status=status)


def _taken_in(request: Request, lines: list[Line], name: str) -> HttpResponseBase:
    wanted = [NewSupply(**line.values) for line in lines]
    added, changed = do_import_supplies(request.user, wanted, origin=name)
    text = _("%(added)d taken in, %(changed)d changed.") % {"added": added, "changed": changed}
    messages.success(request, text)
    return redirect("inventory")


@page("inventory", *VIEWS)
def export(request: Request, form: str) -> HttpResponseBase:
    """The list as it is filtered, as CSV or XLSX."""
    if form not in {"csv", "xlsx"}:
        raise NotFound("there is no such format", fix="csv or xlsx")
    write = write_csv if form == "csv" else write_xlsx
    content = write(sheet_headings(), sheet_rows(_filtered(request)))
    response = HttpResponse(content, content_type="text/csv" if form == "csv" else XLSX)
    name = f"inventory-{timezone.localdate():%Y%m%d}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
