"""Enforcers: who puts decisions in force, how far each is; connecting one and ending it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from shangdun.actions.change_enforcer import (
    do_add_enforcer,
    do_issue_enforcer_key,
    do_remove_enforcer,
)
from shangdun.console.enforcers import PRODUCTS, EnforcerView, read_enforcers
from shangdun.console.forms.enforcers import EnforcerForm
from shangdun.console.problems import said
from shangdun.console.views.fragment import answer, render_fragment
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records import decision_feed
from shangdun.records.enforcers import get_enforcer
from shangdun.records.roles import Capability

KEY = "new_enforcer_key"  # the name of a place in the session


@page("enforcers", Capability.VIEW_ENFORCERS)
def enforcers(request: Request) -> HttpResponseBase:
    rows = render_fragment(request, "enforcers/rows.html", _rows(request))
    return render(request, "enforcers/list.html", {"rows": rows})


@page("enforcers", Capability.VIEW_ENFORCERS)
def rows(request: Request) -> HttpResponse:
    return answer(request, render_fragment(request, "enforcers/rows.html", _rows(request)))


@page("enforcers", Capability.VIEW_ENFORCERS)
@sensitive_variables("key")
def enforcer(request: Request, enforcer_id: int) -> HttpResponseBase:
    """One: how it is, and how it is set up."""
    found = _find(request, enforcer_id)
    key = _new_key(request, enforcer_id)
    context = {
        "enforcer": found,
        "live": render_fragment(request, "enforcers/live.html", _live(found)),
        "key": key,
        "shown_key": key or "sde_…",
        "base": request.build_absolute_uri("/").rstrip("/"),
        "host": request.get_host(),
        "scheme": request.scheme,
        "setup": _setup(found),
    }
    return render(request, "enforcers/page.html", context)


@page("enforcers", Capability.VIEW_ENFORCERS)
def live(request: Request, enforcer_id: int) -> HttpResponse:
    found = _find(request, enforcer_id)
    return answer(request, render_fragment(request, "enforcers/live.html", _live(found)))


@page("enforcers", Capability.MANAGE_ENFORCERS, methods=("GET", "HEAD", "POST"))
@sensitive_variables("key")
def add(request: Request) -> HttpResponseBase:
    form = EnforcerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        product = form.cleaned_data["product"]
        try:
            row, key = do_add_enforcer(
                request.user,
                name=form.cleaned_data["name"],
                kind=PRODUCTS[product].kind,
                product=product,
            )
        except UsageError as error:
            form.add_error("name", str(said(error)))
        else:
            request.session[KEY] = {"enforcer": row.pk, "key": key}
            return redirect("enforcer", row.pk)
    choices = list(zip(form["product"], PRODUCTS.values(), strict=True))
    context = {"form": form, "choices": choices}
    return render(request, "enforcers/add.html", context, status=422 if form.errors else 200)


@page("enforcers", Capability.MANAGE_ENFORCERS, methods=("POST",))
@sensitive_variables("key")
def renew(request: Request, enforcer_id: int) -> HttpResponseBase:
    """A new key, shown on the next page and never again."""
    row = get_enforcer(request.user, enforcer_id)
    key = do_issue_enforcer_key(request.user, enforcer_id=row.pk)
    request.session[KEY] = {"enforcer": row.pk, "key": key}
    return redirect("enforcer", row.pk)


@page("enforcers", Capability.MANAGE_ENFORCERS, methods=("POST",))
def remove(request: Request, enforcer_id: int) -> HttpResponseBase:
    do_remove_enforcer(request.user, enforcer_id=get_enforcer(request.user, enforcer_id).pk)
    messages.success(request, _("Its key opens nothing any more."))
    return redirect("enforcers")


def _rows(request: Request) -> dict[str, Any]:
    found = read_enforcers(request.user)
    unwell = [one for one in found if one.condition != "well"]
    return {"enforcers": found, "unwell": unwell, "due": _due(found)}


def _due(found: list[EnforcerView]) -> int:
    """How many decisions are in force, for those that follow all of them."""
    return decision_feed.in_force(found[0].now).count() if found else 0


def _live(found: EnforcerView) -> dict[str, Any]:
    return {"enforcer": found, "due": _due([found])}


def _find(request: Request, enforcer_id: int) -> EnforcerView:
    for view in read_enforcers(request.user):
        if view.row.pk == enforcer_id:
            return view
    raise NotFound("there is no such enforcer", where=str(enforcer_id), fix="look at the list")


def _setup(found: EnforcerView) -> str:
    """The template that shows how this one is set up; none for one of this machine."""
    if found.local:
        return ""
    known = PRODUCTS.get(found.row.product)
    return f"enforcers/setup/{found.row.product if known else found.row.kind}.html"


def _new_key(request: Request, enforcer_id: int) -> str:
    """The key that was just made for this enforcer; asking for it forgets it."""
    kept = request.session.get(KEY)
    if not kept or kept["enforcer"] != enforcer_id:
        return ""
    del request.session[KEY]
    return str(kept["key"])
