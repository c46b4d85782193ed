"""What the logs show and the inventory lacks: registered by a click, or ignored for a reason."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from shangdun.actions.assets.rows import NewAsset
from shangdun.actions.assets.seen import (
    do_ignore_sightings,
    do_recall_sighting,
    do_register_sightings,
)
from shangdun.assess.inventory.layers import AssetKind, MarkKind
from shangdun.console.forms.assets import SightingForm
from shangdun.console.problems import said
from shangdun.console.programme.assets import tabs
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import UsageError
from shangdun.records.assets import asset_settings, visible_sightings
from shangdun.records.models import AssetMarkKind, SightingState
from shangdun.records.roles import Capability

PAGE = 200
VIEWS = (Capability.VIEW_ASSETS,)
MANAGES = (Capability.MANAGE_ASSETS,)
USUAL_KIND = {MarkKind.HOST: AssetKind.UNIT}


@page("assets", *VIEWS)
def seen(request: Request) -> HttpResponseBase:
    """What waits for an answer; on request what was answered."""
    return _seen(request, SightingForm())


def _seen(
    request: Request, form: SightingForm, *, status: int = 200, problem: str = ""
) -> HttpResponseBase:
    show = request.GET.get("show", SightingState.NEW)
    if show not in SightingState.values:
        show = SightingState.NEW
    everything = visible_sightings(request.user)
    rows = everything.filter(state=show)
    kind = request.GET.get("kind", "")
    if kind in AssetMarkKind.values:
        rows = rows.filter(kind=kind)
    context = {
        "pages": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "show": show,
        "kind": kind,
        "states": SightingState.choices,
        "kinds": [one for one in AssetMarkKind.choices if one[0] != MarkKind.CODE],
        "any": everything.exists(),
        "until": asset_settings().looked_until,
        "form": form,
        "problem": problem,
        "chosen": {int(one) for one in request.POST.getlist("seen") if one.isdecimal()},
        "reason": request.POST.get("reason", ""),
        "manages": request.user.can(*MANAGES),
        "tabs": tabs(request.user),
        "here": "seen",
    }
    return render(request, "assets/seen.html", context, status=status)


@page("assets", *MANAGES, methods=("POST",))
def answer(request: Request) -> HttpResponseBase:
    """Register what is chosen with an asset, or ignore it for a reason."""
    chosen = [int(one) for one in request.POST.getlist("seen") if one.isdecimal()][:PAGE]
    if single := request.POST.get("one", ""):  # the button in a row means that row alone
        chosen = [int(single)] if single.isdecimal() else []
    form = SightingForm(request.POST)
    try:
        if "ignore" in request.POST:
            reason = request.POST.get("reason", "")
            count = do_ignore_sightings(request.user, sighting_ids=chosen, reason=reason)
            messages.success(request, _("%(n)d ignored.") % {"n": count})
            return redirect("assets_seen")
        number = (form.cleaned_data["asset"] or 0) if form.is_valid() else 0
        if "one" in request.POST:
            number = 0
        wanted = None if number else _new(request, form, chosen)
        made = do_register_sightings(request.user, wanted, sighting_ids=chosen, number=number)
    except UsageError as error:
        return _seen(request, form, status=422, problem=str(said(error)))
    messages.success(request, _("Registered. Rate the asset next."))
    return redirect("asset", made.number)


def _new(request: Request, form: SightingForm, chosen: list[int]) -> NewAsset | None:
    """The new asset; where nobody named it, it is called as the first thing that was seen."""
    first = visible_sightings(request.user).filter(pk__in=chosen).first()
    if first is None:
        return None
    kind = form.cleaned_data.get("kind") if form.is_valid() and "one" not in request.POST else ""
    usual = USUAL_KIND.get(MarkKind(first.kind), AssetKind.SOFTWARE)
    name = "" if "one" in request.POST else request.POST.get("name", "").strip()[:200]
    return NewAsset(name=name or first.value[:200], kind=AssetKind(kind or usual))


@page("assets", *MANAGES, methods=("POST",))
def recall(request: Request, sighting_id: int) -> HttpResponseBase:
    """What was ignored waits again."""
    do_recall_sighting(request.user, sighting_id=sighting_id)
    return redirect("assets_seen")
