"""Writing a playbook: step by step in a form, or as text; checked with every click, then saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.playbooks.save import do_save_playbook
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.playbook_draft import NEW, Desk, draft_of, rows_of
from shangdun.console.forms.playbooks import HeadForm, StepForm
from shangdun.console.problems import said
from shangdun.console.response.playbooks import (
    course_of,
    differing,
    has_errors,
    language,
    problems_of,
    say,
)
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Playbook
from shangdun.records.playbooks import content, get_playbook_version, library
from shangdun.records.roles import Capability
from shangdun.respond import playbook as cacao
from shangdun.respond.playbook.drafting import steps_of
from shangdun.respond.playbook.yaml_form import Reading, from_yaml, to_yaml

LONGEST = 1_000_000


@page("playbooks", Capability.MANAGE_PLAYBOOKS, methods=("GET", "HEAD", "POST"))
def new(request: Request) -> HttpResponseBase:
    """A playbook of one's own."""
    return _editor(request, "", NEW, 0)


@page("playbooks", Capability.MANAGE_PLAYBOOKS, methods=("GET", "HEAD", "POST"))
def edit(request: Request, uid: str) -> HttpResponseBase:
    """The newest version, to be changed; the product's own stay beside it in the history."""
    version = get_playbook_version(request.user, uid)
    return _editor(request, uid, to_yaml(content(version)), version.number)


def _editor(request: Request, uid: str, text: str, version: int) -> HttpResponseBase:
    desk = Desk(request.POST)
    tab = "text" if request.GET.get("as") == "text" else "form"
    if request.method == "POST":
        desk.work()
        desk.text = desk.text[:LONGEST]
        tab = request.POST.get("tab", "form")
        posted = request.POST.get("version", "")
        version = int(posted) if posted.isdecimal() and len(posted) < 7 else version
    else:
        desk.text = text
    reading = from_yaml(desk.text, timezone.now())
    context = _context(request, desk, reading, before=text)
    context |= {
        "uid": uid,
        "version": version,
        "tab": tab,
        "reason": request.POST.get("reason", ""),
    }
    if "save" in request.POST and desk.sound and reading.playbook is not None:
        try:
            return _save(request, uid, reading.playbook, version)
        except EditConflict as conflict:
            return _conflict(request, conflict, uid)
        except UsageError as error:
            context["problem"] = f"{said(error)} {error.where}".strip()
    bad = not desk.sound or "problem" in context or reading.problems
    return render(request, "playbooks/edit.html", context, status=422 if bad else 200)


def _save(request: Request, uid: str, playbook: cacao.Playbook, version: int) -> HttpResponseBase:
    row: Playbook = do_save_playbook(
        request.user,
        playbook=playbook,
        reason=request.POST.get("reason", ""),
        uid=uid,
        version=version,
    )
    messages.success(request, _("Saved as a new version. What runs keeps the one it began with."))
    return redirect("playbook", row.uid)


def _conflict(request: Request, conflict: EditConflict, uid: str) -> HttpResponseBase:
    back = reverse("playbook", args=(uid,)) if uid else reverse("playbooks")
    return conflict_page(
        request, conflict, about=_("Playbook"), back=back, labels={"text": _("Playbook")}
    )


def _context(request: Request, desk: Desk, reading: Reading, before: str) -> dict[str, Any]:
    draft = draft_of(desk.text)
    steps = steps_of(draft or {})
    context: dict[str, Any] = {
        "text": desk.text,
        "rows": max(20, desk.text.count("\n") + 2),
        "numbers": range(1, desk.text.count("\n") + 2),
        "wrong_lines": {problem.line for problem in reading.problems},
        "reading": reading,
        "steps": rows_of(draft, language()),
        "chosen": desk.chosen if desk.chosen in steps else "",
        "diff": differing(before, desk.text) if request.method == "POST" else [],
        "readable": draft is not None and "steps" in draft,
    }
    if reading.playbook is not None:
        known: Mapping[str, Any] = library()
        problems = problems_of(reading.playbook, known, reading.lines)
        titles = {one.id: say(one.name) for one in known.values()}
        context |= {
            "title": say(reading.playbook.name),
            "problems": problems,
            "broken": has_errors(problems),
            "course": course_of(reading.playbook, problems, titles),
        }
        context["wrong_lines"] = {problem.line for problem in problems if problem.line}
    if draft is not None:
        context["head_form"] = desk.head_form or HeadForm.showing(draft)
        if context["chosen"]:
            context["step_form"] = desk.step_form or StepForm.showing(context["chosen"], draft)
    return context
