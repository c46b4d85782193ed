"""Playbooks: which there are, how one runs, what it was before, taking one out and in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.playbooks.save import do_save_playbook
from shangdun.console.forms.playbooks import PlaybookImportForm
from shangdun.console.problems import said
from shangdun.console.response.playbooks import (
    course_of,
    differing,
    lanes_of,
    language,
    problems_of,
    say,
)
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.models import IncidentType, Playbook, PlaybookOrigin
from shangdun.records.playbooks import (
    content,
    get_playbook,
    get_playbook_version,
    library,
    visible_playbooks,
)
from shangdun.records.roles import Capability
from shangdun.respond import playbook as cacao
from shangdun.respond.playbook import dump
from shangdun.respond.playbook.reading import LONGEST_DOCUMENT
from shangdun.respond.playbook.yaml_form import read_any, to_yaml

VERSIONS_SHOWN = 50
FORMATS = {"json": "application/json", "yml": "application/yaml"}


@page("playbooks", Capability.VIEW_PLAYBOOKS)
def playbooks(request: Request) -> HttpResponse:
    """By the kind of incident; those that others call come last."""
    rows = sorted(visible_playbooks(request.user), key=title_of)
    groups = [
        (str(label), [row for row in rows if value in row.types])
        for value, label in IncidentType.choices
    ]
    rest = [row for row in rows if not row.types]
    shown = [(label, found) for label, found in groups if found]
    if rest:
        shown.append((_("Called by other playbooks, or by hand"), rest))
    named = [(label, [(row, title_of(row)) for row in found]) for label, found in shown]
    context = {"groups": named, "total": len(rows)}
    return render(request, "playbooks/list.html", context)


@page("playbooks", Capability.VIEW_PLAYBOOKS)
def playbook(request: Request, uid: str) -> HttpResponse:
    """The course in order and by group; an earlier version with ``?version=``."""
    version = get_playbook_version(request.user, uid, _number(request.GET.get("version", "")))
    said_of = content(version)
    known = library()
    problems = problems_of(said_of, known)
    called = {one.id: say(one.name) for one in known.values()}
    row = version.playbook
    context = {
        "row": row,
        "version": version,
        "title": say(said_of.name),
        "about": say(said_of.description),
        "types": [str(IncidentType(kind.value).label) for kind in said_of.types],
        "course": course_of(said_of, problems, called),
        "lanes": lanes_of(said_of),
        "variables": said_of.variables,
        "problems": problems,
        "waits": row.origin == PlaybookOrigin.EDITED,
        "zh": language() == "zh",
    }
    return render(request, "playbooks/page.html", context)


@page("playbooks", Capability.VIEW_PLAYBOOKS)
def history(request: Request, uid: str) -> HttpResponse:
    """Every version with what changed in the compact form, newest first."""
    row = get_playbook(request.user, uid)
    versions = list(row.versions.order_by("-number")[: VERSIONS_SHOWN + 1])
    texts = {one.number: to_yaml(content(one)) for one in versions}
    shown = [
        (one, differing(texts.get(one.number - 1, ""), texts[one.number]))
        for one in versions[:VERSIONS_SHOWN]
    ]
    context = {"row": row, "title": title_of(row), "versions": shown}
    return render(request, "playbooks/history.html", context)


@page("playbooks", Capability.VIEW_PLAYBOOKS)
def export(request: Request, uid: str, form: str) -> HttpResponseBase:
    """The document to take away: CACAO JSON, or the compact form."""
    if form not in FORMATS:
        raise NotFound(f"there is no format {form}", fix="json or yml")
    version = get_playbook_version(request.user, uid, _number(request.GET.get("version", "")))
    text = to_yaml(content(version)) if form == "yml" else dump(content(version))
    answer = HttpResponse(text, content_type=f"{FORMATS[form]}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{uid}.v{version.number}.{form}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@page("playbooks", Capability.MANAGE_PLAYBOOKS, methods=("GET", "HEAD", "POST"))
def bring_in(request: Request) -> HttpResponseBase:
    """A document of somebody else: looked at first; kept as it is, and not in use yet."""
    if request.method != "POST":
        return render(request, "playbooks/import.html", {"form": PlaybookImportForm()})
    form = PlaybookImportForm(request.POST, request.FILES)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        text = form.cleaned_data["text"]
        file = form.cleaned_data["file"]
        if file is not None:
            text = file.read(LONGEST_DOCUMENT + 1).decode("utf-8-sig", "replace")
        reading = read_any(text, timezone.now())
        context |= {"text": text, "reading": reading}
        if reading.playbook is not None:
            context |= _looked_at(reading.playbook, reading.lines)
            if "keep" in request.POST:
                return _keep(request, context)
    bad = not form.is_valid() or context["reading"].playbook is None
    return render(request, "playbooks/import.html", context, status=422 if bad else 200)


def _looked_at(read: cacao.Playbook, lines: Mapping[str, int]) -> dict[str, Any]:
    standing = Playbook.objects.filter(uid=read.id).first()
    problems = problems_of(read, library(), lines)
    return {
        "title": say(read.name),
        "course": course_of(read, problems),
        "problems": problems,
        "standing": standing,
        "version": standing.version if standing else 0,
    }


def _keep(request: Request, context: dict[str, Any]) -> HttpResponseBase:
    posted = _number(request.POST.get("version", ""))
    try:
        row = do_save_playbook(
            request.user,
            playbook=context["reading"].playbook,
            reason=context["form"].cleaned_data["reason"],
            version=context["version"] if posted is None else posted,
            origin=PlaybookOrigin.IMPORTED,
        )
    except (UsageError, EditConflict) as error:
        context |= {"problem": str(said(error))}
        return render(request, "playbooks/import.html", context, status=422)
    messages.success(request, _("Imported. Look at it, then take it into use."))
    return redirect("playbook", row.uid)


def title_of(row: Playbook) -> str:
    """In the page's language."""
    return row.title_zh if language() == "zh" else row.title_en


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 7 else None
