"""Importing a collection of rules: upload, look at what would change, apply, undo."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from shangdun.actions.import_rules import (
    do_apply_rule_import,
    do_drop_rule_import,
    do_stage_rule_import,
    do_undo_rule_import,
)
from shangdun.console.problems import said
from shangdun.console.rulebook import RULEBOOK
from shangdun.console.ruletext import difference
from shangdun.console.views.page import Request, page
from shangdun.detect.rule_archive import ARCHIVE_BYTES, read_archive
from shangdun.detect.rule_import import harvest
from shangdun.kernel.errors import Conflict, UsageError
from shangdun.records.models import ImportChange, RuleDocument
from shangdun.records.roles import Capability
from shangdun.records.rule_documents import stored_lists, stored_uid
from shangdun.records.rule_history import get_import, visible_imports

PAGE = 60
IMPORTS_SHOWN = 30
_VERSION = re.compile(r"[-_. ]?(v|r)?\d.*$", re.IGNORECASE)


@page("rules", Capability.VIEW_RULES)
def imports(request: Request) -> HttpResponseBase:
    """What was imported, by whom and why."""
    rows = list(visible_imports(request.user)[:IMPORTS_SHOWN])
    known = sorted({row.collection for row in rows})
    return render(request, "rules/imports.html", {"rows": rows, "collections": known})


@page("rules", Capability.MANAGE_RULES, methods=("POST",))
def upload(request: Request) -> HttpResponseBase:
    """Read an archive and keep what it would change, for the next page."""
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, _("Choose an archive first."))
        return redirect("rule_imports")
    try:
        name = PurePosixPath((file.name or "rules.zip").replace("\\", "/")).name
        every = RULEBOOK.ruleset().every()
        known = {one.uid for one in every} | {one.name for one in every if one.name}
        files = read_archive(file.read(ARCHIVE_BYTES + 1), name)
        row = do_stage_rule_import(
            request.user,
            harvest(files, known=known, lists=stored_lists()),
            name=name,
            collection=request.POST.get("collection", "").strip() or collection_of(name),
            shipped={one.uid: one.path for one in every if not stored_uid(one.path)},
        )
    except UsageError as error:
        messages.error(request, str(said(error)))
        return redirect("rule_imports")
    return redirect("rule_import", row.pk)


@page("rules", Capability.VIEW_RULES)
def review(request: Request, import_id: int) -> HttpResponseBase:
    """What an import changes or changed: new, changed, removed, kept, wrong, skipped."""
    row = get_import(request.user, import_id)
    changes = [
        (value, label, row.counts[value])
        for value, label in ImportChange.choices
        if row.counts.get(value) and value != ImportChange.SAME
    ]
    wanted = request.GET.get("change", changes[0][0] if changes else "")
    items = row.items.filter(change=wanted).order_by("position").defer("text")
    pages = Paginator(items, PAGE).get_page(request.GET.get("page"))
    shown = request.GET.get("uid", "")
    diff = None
    if shown:
        item = row.items.filter(uid=shown).first()
        stored = RuleDocument.objects.filter(uid=shown, live=True).first()
        diff = difference(stored.text if stored else "", item.text) if item and item.text else None
    context = {
        "row": row,
        "changes": changes,
        "change": wanted,
        "pages": pages,
        "same": row.counts.get(ImportChange.SAME, 0),
        "chosen": shown,
        "diff": diff,
    }
    return render(request, "rules/import.html", context)


@page("rules", Capability.MANAGE_RULES, methods=("POST",))
def decide(request: Request, import_id: int) -> HttpResponseBase:
    """Apply what is staged, give it up, or take back what was applied."""
    wanted, reason = request.POST.get("do", ""), request.POST.get("reason", "")
    try:
        if wanted == "apply":
            do_apply_rule_import(request.user, import_id=import_id, reason=reason)
            messages.success(request, _("Applied. The rules are in force in a few seconds."))
        elif wanted == "undo":
            do_undo_rule_import(request.user, import_id=import_id, reason=reason)
            messages.success(request, _("Taken back. What was edited since stays."))
        else:
            do_drop_rule_import(request.user, import_id=import_id)
            messages.success(request, _("Given up. Nothing was changed."))
    except (UsageError, Conflict) as error:
        messages.error(request, str(said(error)))
    RULEBOOK.forget_looking()
    return redirect("rule_import", import_id)


def collection_of(name: str) -> str:
    """A collection's name out of a file's: releases of one collection differ in the version."""
    stem = PurePosixPath(name).stem
    plain = _VERSION.sub("", stem).strip("-_. ") or "rules"
    return re.sub(r"[^\w .-]", "-", plain)[:60]
