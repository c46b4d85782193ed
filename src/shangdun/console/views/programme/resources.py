"""What a programme needs: its people with their load, its materials with what is short."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.actions.resources.assign import do_assign, do_assign_owners
from shangdun.actions.resources.keep import do_add_resource, do_archive_resource, do_change_resource
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.resources import MaterialForm, PersonForm, task_choices
from shangdun.console.problems import said
from shangdun.console.programme.resources import WEEKS, cells_of, tabs
from shangdun.console.views.page import Request, page
from shangdun.govern.load.weeks import monday_of
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Programme, ResourceKind
from shangdun.records.programmes import get_programme
from shangdun.records.resources import (
    assignments_of,
    get_resource,
    material_uses,
    person_loads,
    unassigned_tasks,
    visible_resources,
    wanting_materials,
)
from shangdun.records.roles import Capability

VIEWS = (Capability.VIEW_PROGRAMMES,)
MANAGES = (Capability.MANAGE_PROGRAMMES,)
FORMS = {ResourceKind.PERSON.value: PersonForm, ResourceKind.MATERIAL.value: MaterialForm}
LABELS = {
    "name": gettext_lazy("Name"),
    "organisation": gettext_lazy("Company"),
    "contact": gettext_lazy("Contact"),
    "capacity": gettext_lazy("Time for the plan, per cent of the day"),
    "since": gettext_lazy("Available from"),
    "until": gettext_lazy("Available until"),
    "day_rate": gettext_lazy("Day rate"),
    "quantity": gettext_lazy("How many there are"),
    "note": gettext_lazy("Note"),
}


@page("programmes", *VIEWS)
def people(request: Request, number: int) -> HttpResponseBase:
    """Who works on it, week by week; who has too much to do is named."""
    programme = get_programme(request.user, number)
    monday = monday_of(timezone.localdate())
    loads = person_loads(request.user, programme, monday, WEEKS)
    rows = [{"load": one, "cells": cells_of(one)} for one in loads]
    context = (
        _context(request, programme, "people")
        | {
            "rows": rows,
            "mondays": [week.monday for week in loads[0].weeks] if loads else [],
            "full": [row for row in rows if row["load"].overloaded],  # type: ignore[attr-defined]  # a load
            "assignments": assignments_of(programme, ResourceKind.PERSON),
            "unassigned": list(unassigned_tasks(programme)[:100]),
            "everybody": visible_resources(request.user, ResourceKind.PERSON),
            "tasks": task_choices(programme),
        }
    )
    return render(request, "resources/people.html", context)


@page("programmes", *VIEWS)
def materials(request: Request, number: int) -> HttpResponseBase:
    """What it needs beside people, and when there is too little of it."""
    programme = get_programme(request.user, number)
    uses = material_uses(request.user, programme)
    context = _context(request, programme, "materials") | {
        "uses": uses,
        "codes": dict(programme.tasks.values_list("pk", "code")),
        "wanting": list(wanting_materials(programme)[:100]),
        "everybody": visible_resources(request.user, ResourceKind.MATERIAL),
        "tasks": task_choices(programme),
    }
    return render(request, "resources/materials.html", context)


def _context(request: Request, programme: Programme, part: str) -> dict[str, Any]:
    manages = request.user.can(*MANAGES) and not programme.archived_at
    return {
        "programme": programme,
        "parts": tabs(request.user),
        "part": part,
        "manages": manages and programme.state != "closed",
    }


@page("programmes", *MANAGES, methods=("GET", "HEAD", "POST"))
def add(request: Request, number: int, kind: str) -> HttpResponseBase:
    """Take a person or a material in."""
    programme = get_programme(request.user, number)
    form = _form(kind)(request.POST or None, initial={"name": request.GET.get("name", "")[:200]})
    if request.method == "POST" and form.is_valid():
        try:
            do_add_resource(request.user, form.wanted())
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            messages.success(request, _("Added. Assign it to tasks next."))
            return redirect(_place(kind), number)
    status = 422 if request.method == "POST" else 200
    context = {"programme": programme, "form": form, "kind": kind}
    return render(request, "resources/edit.html", context, status=status)


@page("programmes", *MANAGES, methods=("GET", "HEAD", "POST"))
def change(request: Request, number: int, resource: int) -> HttpResponseBase:
    """Change a person or a material."""
    programme = get_programme(request.user, number)
    found = get_resource(request.user, resource)
    kind = _form(found.kind)
    form = kind(request.POST or None, initial=kind.initial_of(found))
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            do_change_resource(request.user, form.wanted(), number=resource, version=version)
        except EditConflict as conflict:
            back = f"/programmes/{number}/resources/"
            return conflict_page(request, conflict, about=found.name, back=back, labels=LABELS)
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            messages.success(request, _("Saved."))
            return redirect(_place(found.kind), number)
    status = 422 if request.method == "POST" else 200
    context = {"programme": programme, "form": form, "kind": found.kind, "resource": found}
    return render(request, "resources/edit.html", context, status=status)


@page("programmes", *MANAGES, methods=("POST",))
def archive(request: Request, number: int, resource: int) -> HttpResponseBase:
    """It is there no more."""
    found = get_resource(request.user, resource)
    try:
        do_archive_resource(request.user, number=resource)
    except UsageError as error:
        messages.error(request, str(said(error)))
        return redirect("resource_change", number, resource)
    return redirect(_place(found.kind), number)


@page("programmes", *MANAGES, methods=("POST",))
def assign(request: Request, number: int) -> HttpResponseBase:
    """So much of somebody's day, or so many of something, for a task."""
    programme = get_programme(request.user, number)
    chosen = {name: request.POST.get(name, "") for name in ("task", "resource", "amount")}
    numbers = {name: int(text) for name, text in chosen.items() if _small(text)}
    kind = ResourceKind.PERSON.value
    try:
        if len(numbers) < 3:
            raise UsageError("incomplete", code="resource.amount", fix="fill in all three")  # noqa: TRY301 - answered as what the action says
        kind = get_resource(request.user, numbers["resource"]).kind
        if not programme.tasks.filter(pk=numbers["task"]).exists():
            raise NotFound("no such task here", fix="see the programme")
        do_assign(
            request.user, task_id=numbers["task"], number=numbers["resource"],
            amount=numbers["amount"],
        )  # fmt: skip
    except UsageError as error:
        messages.error(request, str(said(error)))
    return redirect(_place(kind), number)


@page("programmes", *MANAGES, methods=("POST",))
def owners(request: Request, number: int) -> HttpResponseBase:
    """Whoever owns a subtask works on it."""
    text = request.POST.get("share", "")
    try:
        made = do_assign_owners(request.user, number=number, share=int(text) if _small(text) else 0)
    except UsageError as error:
        messages.error(request, str(said(error)))
    else:
        messages.success(request, _("%(n)d assigned.") % {"n": made})
    return redirect("resources", number)


def _small(text: str) -> bool:
    return text.isdecimal() and len(text) < 10


def _form(kind: str) -> type[PersonForm | MaterialForm]:
    if kind not in FORMS:
        raise NotFound("there is no such kind", fix="a person or a material")
    return FORMS[kind]  # type: ignore[return-value]  # one of the two


def _place(kind: str) -> str:
    return "resources" if kind == ResourceKind.PERSON else "resources_materials"
