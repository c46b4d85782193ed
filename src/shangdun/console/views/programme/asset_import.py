"""Taking in an inventory from a sheet: explained row by row, then taken in by a second click."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from shangdun.actions.assets.sheet import do_import_assets
from shangdun.actions.assets.uploads import content_of, do_keep_upload, get_upload
from shangdun.assess.columns import HEADING_WITHIN, heading_of, text_of
from shangdun.assess.inventory.sheet import (
    COLUMNS,
    MOST,
    AssetLine,
    enough,
    left_out_of,
    read_assets,
)
from shangdun.console.problems import said
from shangdun.console.programme.assets import told_problems
from shangdun.console.views.page import Request, page
from shangdun.console.wordings.assets import FIELDS
from shangdun.kernel.errors import UsageError
from shangdun.records.asset_sheet import Planned, RowEffect, plan_rows
from shangdun.records.roles import Capability
from shangdun.respond.spreadsheet import Spreadsheet, read_spreadsheet

MANAGES = (Capability.MANAGE_ASSETS,)
LARGEST = 10 << 20
SHOWN = 200


@page("assets", *MANAGES, methods=("GET", "HEAD", "POST"))
def take_in(request: Request) -> HttpResponseBase:
    """Choose a file; what it would do is shown before it does."""
    context: dict[str, Any] = {"fields": FIELDS, "columns": list(COLUMNS)}
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise UsageError("no file", code="upload.file", fix="choose a file")  # noqa: TRY301 - answered as what reading says
            content = file.read(LARGEST + 1)
            _sheet(content)
            kept = do_keep_upload(
                request.user, content, purpose="assets", name=file.name or "", options={}
            )
        except UsageError as error:
            context["problem"] = said(error)
        else:
            return redirect("assets_import_look", kept.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "assets/import.html", context, status=status)


@page("assets", *MANAGES, methods=("GET", "HEAD", "POST"))
def look(request: Request, upload_id: int) -> HttpResponseBase:
    """Row by row what it would do; a click takes it in, whole or (on request) in part."""
    upload = get_upload(request.user, upload_id, "assets")
    sheet = _sheet(content_of(upload))
    chosen = _chosen(request)
    try:
        lines = _lines(sheet, chosen)
    except UsageError as error:
        return _columns(request, upload.name, sheet, chosen, str(said(error)))
    if request.method == "POST" and "take" in request.POST:
        try:
            added, changed, out = do_import_assets(
                request.user, lines, origin=upload.name, partly="partly" in request.POST
            )
        except UsageError as error:
            messages.error(request, str(said(error)))
            return redirect(request.get_full_path())
        text = _("%(added)d taken in, %(changed)d changed, %(out)d left out.")
        messages.success(request, text % {"added": added, "changed": changed, "out": out})
        return redirect("assets")
    context = _context(upload.name, plan_rows(lines), chosen)
    context |= {"sheet": sheet.name, "left_out": left_out_of(sheet.rows, chosen)}
    return render(request, "assets/look.html", context)


def _context(name: str, planned: list[Planned], chosen: dict[str, str]) -> dict[str, Any]:
    counts = {effect.value: 0 for effect in RowEffect}
    for one in planned:
        counts[one.effect.value] += 1
    wrong = [one for one in planned if one.effect is RowEffect.WRONG]
    return {
        "name": name,
        "counts": counts,
        "wrong": [(one.line, told_problems(one.problems)) for one in wrong[:SHOWN]],
        "rows": [one for one in planned if one.effect in {RowEffect.NEW, RowEffect.CHANGED}][
            :SHOWN
        ],
        "todo": counts["new"] + counts["changed"],
        "chosen": chosen,
    }


def _columns(
    request: Request, name: str, sheet: Spreadsheet, chosen: dict[str, str], problem: str
) -> HttpResponseBase:
    """Columns that nobody recognises are named by hand."""
    leading = sheet.rows[:HEADING_WITHIN]
    headings = max(leading, key=lambda row: sum(map(bool, map(text_of, row))), default=[])
    context = {
        "name": name,
        "problem": problem,
        "headings": [text_of(cell)[:100] for cell in headings if text_of(cell)],
        "fields": [(field, FIELDS.get(field, field), chosen.get(field, "")) for field in COLUMNS],
    }
    return render(request, "assets/columns.html", context, status=422)


def _chosen(request: Request) -> dict[str, str]:
    """Of the address, so that the page can be reloaded: field → heading."""
    asked = {field: request.GET.get(f"column_{field}", "")[:100] for field in COLUMNS}
    return {field: heading for field, heading in asked.items() if heading}


def _sheet(content: bytes) -> Spreadsheet:
    return read_spreadsheet(
        content, most_rows=MOST + 20, largest=LARGEST,
        fits=lambda rows: bool(heading_of(rows, COLUMNS, enough)[1]),
    )  # fmt: skip


def _lines(sheet: Spreadsheet, chosen: dict[str, str]) -> list[AssetLine]:
    return read_assets(sheet.rows, chosen=chosen, formulas=sheet.formulas, merged=sheet.merged)
