"""What is done with protective measures: checking, asking, changing, adding, taking out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shangdun.actions.controls.check import do_ask_check, do_check_control
from shangdun.actions.controls.files import Given, few, keep_file
from shangdun.actions.controls.keep import (
    do_add_control,
    do_adopt_controls,
    do_archive_control,
    do_change_control,
    do_restore_control,
)
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.controls import CheckForm, OwnControlForm, form_for
from shangdun.console.problems import said
from shangdun.console.programme.controls import words_of
from shangdun.console.views.page import Request, page
from shangdun.console.views.programme.controls import control_page
from shangdun.kernel.errors import UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.controls import get_control, get_control_to_check
from shangdun.records.roles import Capability

MANAGES = (Capability.MANAGE_CONTROLS,)
CHECKS = (Capability.MANAGE_CONTROLS, Capability.WORK_PLAN)
LABELS = {
    "owner_id": gettext_lazy("Owner"),
    "group": gettext_lazy("Group"),
    "rhythm": gettext_lazy("A check is owed"),
    "applies": gettext_lazy("It applies to us"),
    "reason": gettext_lazy("Why it does not apply"),
    "targets": gettext_lazy("Addresses to look at"),
}


@page("controls", *CHECKS, methods=("POST",))
def check(request: Request, key: str) -> HttpResponseBase:
    """Record an on-site check or a document review."""
    row = get_control_to_check(request.user, key)
    form = CheckForm(request.POST)
    if not form.is_valid():
        return control_page(request, row, status=422, check_form=form)
    try:
        files = given_files(request)
        do_check_control(request.user, key=row.key, files=files, **form.cleaned_data)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return control_page(request, row, status=422, check_form=form)
    messages.success(request, _("The check is on record."))
    return redirect("control", row.key)


def given_files(request: Request, name: str = "files") -> list[Given]:
    """The uploaded files, each in its place in the store before anything is written."""
    files = few(request.FILES.getlist(name))  # before the first of too many is stored
    return [keep_file(one.name or "file", one.chunks()) for one in files]


@page("controls", *CHECKS, methods=("POST",))
def ask(request: Request, key: str) -> HttpResponseBase:
    """Ask for the automatic check now."""
    try:
        do_ask_check(request.user, key=key)
    except UsageError as error:
        messages.error(request, str(said(error)))
    else:
        messages.success(request, _("It is being checked; the result is here within a minute."))
    return redirect("control", key)


@page("controls", *MANAGES, methods=("POST",))
def change(request: Request, key: str) -> HttpResponseBase:
    """Another owner, rhythm, reason; of one's own measure also its words."""
    row = get_control(request.user, key)
    form = form_for(row)(request.POST, control=row)
    if not form.is_valid():
        return control_page(request, row, status=422, form=form)
    version = form.cleaned_data["version"]
    try:
        do_change_control(request.user, form.plan(), key=row.key, version=version)
    except EditConflict as conflict:
        about = words_of(row).title
        back = f"/controls/{row.key}/"
        return conflict_page(request, conflict, about=about, back=back, labels=LABELS)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return control_page(request, row, status=422, form=form)
    messages.success(request, _("Saved."))
    return redirect("control", row.key)


@page("controls", *MANAGES, methods=("GET", "HEAD", "POST"))
def add(request: Request) -> HttpResponseBase:
    """A measure of the company's own."""
    form = OwnControlForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = do_add_control(request.user, form.plan())
        except UsageError as error:
            form.add_error(None, str(said(error)))
        else:
            messages.success(request, _("The measure is in the list."))
            return redirect("control", made.key)
    status = 422 if request.method == "POST" else 200
    return render(request, "controls/add.html", {"form": form}, status=status)


@page("controls", *MANAGES, methods=("POST",))
def adopt(request: Request) -> HttpResponseBase:
    """Take over what is shipped and not kept yet."""
    n = do_adopt_controls(request.user)
    text = ngettext("%(n)d measure taken over.", "%(n)d measures taken over.", n) % {"n": n}
    messages.success(request, text)
    return redirect("controls")


@page("controls", *MANAGES, methods=("POST",))
def archive(request: Request, key: str) -> HttpResponseBase:
    """Take it out of the list, or in again."""
    row = get_control(request.user, key)
    if row.archived_at:
        do_restore_control(request.user, key=key)
        messages.success(request, _("It is in the list again."))
    else:
        do_archive_control(request.user, key=key)
        messages.success(request, _("It is out of the list; its history stays."))
    return redirect("control", key)
