"""A group's on-call rota, who stands in, and the calendar of it."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from shangdun.actions.organisation.calendars import do_issue_calendar, do_revoke_calendar
from shangdun.actions.organisation.rotas import (
    do_add_cover,
    do_remove_cover,
    do_remove_rota,
    do_set_rota,
)
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.organisation import CoverForm, RotaForm
from shangdun.console.problems import said
from shangdun.console.response.organisation import as_calendar, shifts_shown
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.conflict import EditConflict
from shangdun.records.models import OnCallRota, User
from shangdun.records.models.groups import PlanGroup
from shangdun.records.organisation import calendar_key, get_rota, members
from shangdun.records.roles import Capability
from shangdun.respond.groups import Group

MANAGE = Capability.MANAGE_ORGANISATION
WEEKS = 8


@page("organisation", Capability.VIEW_ORGANISATION)
def rota(request: Request, group: str) -> HttpResponseBase:
    """The next eight weeks, swaps, and the rotation itself."""
    return _shown(request, _group(group))


@page("organisation", MANAGE, methods=("POST",))
def rota_set(request: Request, group: str) -> HttpResponseBase:
    """Set the rotation."""
    found = _group(group)
    form = RotaForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, rota_form=form)
    version = form.cleaned_data["version"]
    try:
        do_set_rota(request.user, form.rota(), group=found, version=version)
    except EditConflict as conflict:
        return conflict_page(
            request,
            conflict,
            about=str(PlanGroup(found.value).label),
            back=reverse("organisation_rota", args=[found.value]),
            labels={
                "people": _("Turns, in this order"),
                "days": _("Days of a turn"),
                "starts": _("First day"),
                "hand_over": _("Hand-over at"),
                "zone": _("Time zone"),
            },
        )
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return _shown(request, found, rota_form=form)
    messages.success(request, _("The rota is set."))
    return redirect("organisation_rota", found.value)


@page("organisation", MANAGE, methods=("POST",))
def rota_remove(request: Request, group: str) -> HttpResponseBase:
    do_remove_rota(request.user, group=_group(group))
    messages.success(request, _("Without a rota the group's head is called."))
    return redirect("organisation")


@page("organisation", MANAGE, Capability.WORK_TASKS, methods=("POST",))
def cover_add(request: Request, group: str) -> HttpResponseBase:
    """Somebody stands in."""
    found = _group(group)
    form = CoverForm(_standing_in(request, found), request.POST)
    if not form.is_valid():
        return _shown(request, found, cover_form=form)
    given = form.cleaned_data
    try:
        do_add_cover(
            request.user,
            group=found,
            person_id=given["person"],
            since=given["since"],
            until=given["until"],
            note=given["note"],
        )
    except (UsageError, NotFound) as error:
        form.add_error(None, str(said(error)))
        return _shown(request, found, cover_form=form)
    return redirect("organisation_rota", found.value)


@page("organisation", MANAGE, Capability.WORK_TASKS, methods=("POST",))
def cover_remove(request: Request, group: str, cover_id: int) -> HttpResponseBase:
    try:
        do_remove_cover(request.user, cover_id=cover_id)
    except UsageError as error:
        messages.error(request, str(said(error)))
    return redirect("organisation_rota", _group(group).value)


@page("organisation", Capability.VIEW_ORGANISATION, methods=("POST",))
def calendar_issue(request: Request, group: str) -> HttpResponseBase:
    """A private address for one's calendar; shown this once."""
    found = _group(group)
    mine = request.POST.get("of") == "me"
    try:
        _key, token = do_issue_calendar(request.user, group=None if mine else found)
    except UsageError as error:
        messages.error(request, str(said(error)))
        return redirect("organisation_rota", found.value)
    address = request.build_absolute_uri(reverse("calendar_by_token", args=[token]))
    return _shown(request, found, address=address)


@page("organisation", Capability.VIEW_ORGANISATION, methods=("POST",))
def calendar_revoke(request: Request, group: str, key_id: int) -> HttpResponseBase:
    do_revoke_calendar(request.user, key_id=key_id)
    messages.success(request, _("The address opens nothing any more."))
    return redirect("organisation_rota", _group(group).value)


@page("organisation", Capability.VIEW_ORGANISATION)
def calendar_file(request: Request, group: str) -> HttpResponseBase:
    """The rota as a file."""
    del request
    found = _group(group)
    return _calendar(as_calendar([found], timezone.now()), f"{found.value}.ics")


@require_safe
def calendar_by_token(request: HttpRequest, token: str) -> HttpResponseBase:
    """For a calendar that signs in nowhere: the address is the permission, until it is revoked."""
    del request
    key = calendar_key(token)
    if key is None:
        raise NotFound("there is no such calendar", fix="make a new address")
    groups = [Group(key.group)] if key.group else list(Group)
    with translation.override(key.owner.language):
        text = as_calendar(groups, timezone.now(), None if key.group else key.owner_id)
    return _calendar(text, "on-call.ics")


def _calendar(text: bytes, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-cache"
    return response


def _group(name: str) -> Group:
    if name not in PlanGroup.values:
        raise NotFound(f"there is no group {name}", fix="see the organisation")
    return Group(name)


def _standing_in(request: Request, group: Group) -> list[User]:
    """Whom a person may enter: himself, or anybody of the group for who manages it."""
    people = members(group)
    if request.user.can(MANAGE):
        return people
    return [one for one in people if one.pk == request.user.pk]


def _rota_form(row: OnCallRota | None) -> RotaForm:
    if row is None:
        return RotaForm(
            initial={"starts": timezone.localdate(), "hand_over": time(9), "version": 0}
        )
    names = dict(User.objects.filter(pk__in=row.people).values_list("pk", "username"))
    people = "\n".join(names[one] for one in row.people if one in names)
    fields = ("days", "starts", "ends", "hand_over", "zone", "version")
    return RotaForm(initial={"people": people, **{name: getattr(row, name) for name in fields}})


def _shown(
    request: Request,
    group: Group,
    *,
    address: str = "",
    **forms: Any,  # noqa: ANN401 - forms of any kind
) -> HttpResponseBase:
    now = timezone.now()
    row = get_rota(request.user, group)
    standing_in = _standing_in(request, group)
    covers = row.covers.select_related("person").filter(until__gt=now) if row else []
    context = {
        "group": group,
        "label": PlanGroup(group.value).label,
        "row": row,
        "shifts": shifts_shown(group, now, now + timedelta(weeks=WEEKS)),
        "covers": list(covers),
        "keys": list(request.user.calendar_keys.filter(revoked=None).order_by("pk")),
        "address": address,
        "manages": request.user.can(MANAGE),
        "stands_in": bool(standing_in) and row is not None,
        "members": members(group),
        "rota_form": _rota_form(row),
        "cover_form": CoverForm(standing_in),
        **forms,
    }
    return render(request, "organisation/rota.html", context, status=422 if forms else 200)
