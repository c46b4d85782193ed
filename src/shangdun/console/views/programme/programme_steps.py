"""A programme as a whole: submitting, closing, archiving it, keeping it as a template."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from shangdun.actions.programmes.create import (
    do_archive_programme,
    do_close_programme,
    do_restore_programme,
)
from shangdun.actions.programmes.submit import do_submit_programme
from shangdun.actions.programmes.templates import (
    do_archive_programme_template,
    do_rename_programme_template,
    do_save_programme_template,
)
from shangdun.console.conflicts import conflict_page
from shangdun.console.problems import said
from shangdun.console.programme.programmes import FIELD_WORDS
from shangdun.console.views.page import Request, page
from shangdun.console.views.programme.programmes import shown
from shangdun.govern.programme.template import built_in, built_in_keys
from shangdun.kernel.errors import UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.programme_templates import get_template, visible_templates
from shangdun.records.programmes import get_programme
from shangdun.records.roles import Capability

MANAGES = (Capability.MANAGE_PROGRAMMES,)
LONGEST_NUMBER = 9


def whole(text: str | None) -> int:
    """A number as a form posts it; 0 for anything else."""
    given = text or ""
    plain = given.isascii() and given.isdecimal() and len(given) <= LONGEST_NUMBER
    return int(given) if plain else 0


@page("programmes", *MANAGES, methods=("POST",))
def submit(request: Request, number: int) -> HttpResponseBase:
    """Make the document of it and give it to a reviewer and an approver."""
    found = get_programme(request.user, number)
    try:
        version = do_submit_programme(
            request.user,
            number=number,
            reviewer=whole(request.POST.get("reviewer")),
            approver=whole(request.POST.get("approver")),
            version=whole(request.POST.get("version")) or None,
        )
    except EditConflict as conflict:
        back = f"/programmes/{number}/"
        return conflict_page(request, conflict, about=found.title, back=back, labels=FIELD_WORDS)
    except UsageError as error:
        where = f" ({error.where})" if error.code == "programme.unowned" else ""
        return shown(request, found, problem=f"{said(error)}{where}", status=422)
    messages.success(request, _("Submitted. Its reviewer is told."))
    return redirect("document_version", version.document.number, version.number)


@page("programmes", *MANAGES, methods=("POST",))
def step(request: Request, number: int, verb: str) -> HttpResponseBase:
    """Close, archive, restore."""
    act = {
        "close": do_close_programme,
        "archive": do_archive_programme,
        "restore": do_restore_programme,
    }.get(verb)
    found = get_programme(request.user, number)
    if act is None:
        return redirect("programme", number)
    try:
        act(request.user, number=number)
    except UsageError as error:
        return shown(request, found, problem=str(said(error)), status=422)
    told = {
        "close": _("It is closed: nothing of it changes or falls due any more."),
        "archive": _("It is off the list; its address still shows it."),
        "restore": _("It is back on the list."),
    }
    messages.success(request, told[verb])
    return redirect("programme", number)


@page("programmes", *MANAGES, methods=("POST",))
def keep(request: Request, number: int) -> HttpResponseBase:
    """Keep it as a template."""
    found = get_programme(request.user, number)
    try:
        do_save_programme_template(request.user, number=number, title=request.POST.get("title", ""))
    except UsageError as error:
        return shown(request, found, problem=str(said(error)), status=422)
    messages.success(request, _("Kept as a template: the next programme can begin with it."))
    return redirect("programme_templates")


@page("programmes", *MANAGES)
def templates(request: Request) -> HttpResponseBase:
    """What a programme can begin with."""
    context = {
        "shipped": [built_in(key, name) for key in built_in_keys() for name in ("zh-hans", "en")],
        "rows": list(visible_templates(request.user)),
    }
    return render(request, "programmes/templates.html", context)


@page("programmes", *MANAGES, methods=("POST",))
def template(request: Request, number: int) -> HttpResponseBase:
    """Give one of the company's own another title, or take it off the list."""
    row = get_template(request.user, number)
    try:
        if request.POST.get("verb") == "archive":
            do_archive_programme_template(request.user, number=number)
            messages.success(request, _("It is off the list."))
        else:
            do_rename_programme_template(
                request.user, number=number, title=request.POST.get("title", ""),
                version=whole(request.POST.get("version")) or None,
            )  # fmt: skip
            messages.success(request, _("Saved."))
    except EditConflict as conflict:
        return conflict_page(
            request, conflict, about=row.title, back="/programmes/templates/",
            labels={"title": FIELD_WORDS["title"]},
        )  # fmt: skip
    except UsageError as error:
        messages.error(request, str(said(error)))
    return redirect("programme_templates")
