"""Sources: what is watched and how it is doing; adding one with a look at a sample first."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from shangdun.actions.change_source import do_add_source, do_change_source, do_remove_source
from shangdun.actions.issue_source_token import do_issue_source_token
from shangdun.console.forms.sources import SourceForm
from shangdun.console.problems import said
from shangdun.console.samples import Look, allowed_glob, look_at, read_sample
from shangdun.console.views.fragment import answer, render_fragment
from shangdun.console.views.page import Request, page
from shangdun.console.watching import Watched, read_watch
from shangdun.console.words import format_title
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.access import get_source
from shangdun.records.models import Source
from shangdun.records.roles import Capability

TOKEN_KEY = "new_token"  # noqa: S105 - the name of a place in the session


@page("sources", Capability.VIEW_SOURCES)
def sources(request: Request) -> HttpResponseBase:
    watch = read_watch(request.user)
    rows = render_fragment(request, "sources/rows.html", {"watch": watch})
    return render(request, "sources/list.html", {"watch": watch, "rows": rows})


@page("sources", Capability.VIEW_SOURCES)
def rows(request: Request) -> HttpResponse:
    context = {"watch": read_watch(request.user)}
    return answer(request, render_fragment(request, "sources/rows.html", context))


@page("sources", Capability.VIEW_SOURCES)
def source(request: Request, name: str) -> HttpResponseBase:
    """One source: health, the last events, how to send to it."""
    found = _find(request, name)
    context = {
        "source": found,
        "live": render_fragment(request, "sources/live.html", _live(request, found)),
        "format_title": format_title(found.format),
        "token": _new_token(request, found),
        "base": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "sources/page.html", context)


@page("sources", Capability.VIEW_SOURCES)
def live(request: Request, name: str) -> HttpResponse:
    found = _find(request, name)
    return answer(request, render_fragment(request, "sources/live.html", _live(request, found)))


@page("sources", Capability.MANAGE_SOURCES, methods=("GET", "HEAD", "POST"))
def add(request: Request) -> HttpResponseBase:
    """Say where lines come from, look at a sample, save."""
    form = SourceForm(request.POST or None, request.FILES or None)
    look: Look | None = None
    if request.method == "POST" and form.is_valid():
        try:
            look = _look(request, form)
            if "save" in request.POST and (saved := _save(request, form)):
                return redirect("source", saved.name)
        except UsageError as error:
            form.add_error("path" if error.code.startswith("source.f") else None, str(said(error)))
    found = look and look.format and not form.errors
    if found and look and not form["format"].value():
        form.data = request.POST.copy()
        form.data["format"] = look.format
    context = {"form": form, "look": look}
    return render(request, "sources/add.html", context, status=422 if form.errors else 200)


@page("sources", Capability.MANAGE_SOURCES, methods=("POST",))
@sensitive_variables("token")
def issue_token(request: Request, source_id: int) -> HttpResponseBase:
    """A new token, shown on the next page and never again."""
    row = get_source(request.user, source_id)
    token = do_issue_source_token(request.user, source_id=row.pk)
    request.session[TOKEN_KEY] = {"source": row.pk, "token": token}
    return redirect("source", row.name)


@page("sources", Capability.MANAGE_SOURCES, methods=("POST",))
def switch(request: Request, source_id: int) -> HttpResponseBase:
    """Pause a source, or go on where it was."""
    row = get_source(request.user, source_id)
    version = request.POST.get("version", "")
    do_change_source(
        request.user,
        row.config(),
        source_id=row.pk,
        enabled=not row.enabled,
        version=int(version) if version.isdecimal() and len(version) < 10 else None,
    )
    messages.success(request, _("Paused.") if row.enabled else _("Watched again."))
    return redirect("source", row.name)


@page("sources", Capability.MANAGE_SOURCES, methods=("POST",))
def remove(request: Request, source_id: int) -> HttpResponseBase:
    row = get_source(request.user, source_id)
    do_remove_source(request.user, source_id=row.pk)
    messages.success(request, _("It is watched no more. Its events stay."))
    return redirect("sources")


def _find(request: Request, name: str) -> Watched:
    for source in read_watch(request.user).sources:
        if source.name == name:
            return source
    raise NotFound("there is no such source", where=name, fix="look at the list")


def _live(request: Request, found: Watched) -> dict[str, Any]:
    return {
        "source": found,
        "raw": request.user.can(Capability.SEARCH_EVENTS, Capability.MANAGE_SOURCES),
    }


def _look(request: Request, form: SourceForm) -> Look | None:
    sample, file = form.sample_bytes(), ""
    cleaned = form.cleaned_data
    if not sample and cleaned["way"] == "path" and cleaned["path"]:
        file, sample = read_sample(request.user, cleaned["path"])
    if not sample:
        if "look" in request.POST:
            form.add_error("sample", _("Paste a few lines, or name a file that has some."))
        return None
    look = look_at(sample, cleaned["format"])
    look.file = file
    if not look.format:
        form.add_error("format", _("No format reads these lines. Choose one to see what is wrong."))
    elif not cleaned["format"]:
        cleaned["format"] = look.format
    return look


def _save(request: Request, form: SourceForm) -> Source | None:
    form.check_for_saving()
    if form.errors:
        return None
    wanted = form.source()
    if wanted.path:
        allowed_glob(request.user, wanted.path)
    saved = do_add_source(request.user, wanted)
    if saved.http:
        token = do_issue_source_token(request.user, source_id=saved.pk)
        request.session[TOKEN_KEY] = {"source": saved.pk, "token": token}
    messages.success(request, _("It is watched from now on."))
    return saved


def _new_token(request: Request, found: Watched) -> str:
    """The token that was just issued for this source; asking for it forgets it."""
    kept = request.session.get(TOKEN_KEY)
    if not kept or not found.row or kept["source"] != found.row.pk:
        return ""
    del request.session[TOKEN_KEY]
    return str(kept["token"])
