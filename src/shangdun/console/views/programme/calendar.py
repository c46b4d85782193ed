"""The calendar of everything that is dated, and private addresses for one's own."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from shangdun.actions.rhythms.feeds import do_issue_feed, do_revoke_feed
from shangdun.console.problems import said
from shangdun.console.programme.calendar import month_from, month_of
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.dated import Asked
from shangdun.records.invitations import feed_of
from shangdun.records.messages import console_zone
from shangdun.records.models import FeedKey, Programme
from shangdun.records.rhythms import feed_key
from shangdun.records.roles import Capability

SEES = (Capability.WORK_PLAN, Capability.VIEW_MEETINGS)
FEED_BACK, FEED_AHEAD = timedelta(days=92), timedelta(days=400)


@page("calendar", *SEES)
def calendar(request: Request) -> HttpResponseBase:
    """A month: a grid at the desk, a list on the phone."""
    return _shown(request)


@page("calendar", *SEES, methods=("POST",))
def feed_issue(request: Request) -> HttpResponseBase:
    """A private address for the calendars one carries; shown this once."""
    try:
        _key, token = do_issue_feed(request.user, mine=request.POST.get("of") == "me")
    except UsageError as error:
        messages.error(request, str(said(error)))
        return redirect("calendar")
    address = request.build_absolute_uri(reverse("calendar_feed", args=[token]))
    return _shown(request, address=address)


@page("calendar", *SEES, methods=("POST",))
def feed_revoke(request: Request, key_id: int) -> HttpResponseBase:
    do_revoke_feed(request.user, key_id=key_id)
    messages.success(request, _("The address opens nothing any more."))
    return redirect("calendar")


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """For a calendar that signs in nowhere: what the address's owner may see, no more."""
    del request
    key = feed_key(token)
    if key is None:
        raise NotFound("there is no such calendar", fix="make a new address")
    now = timezone.now()
    today = now.astimezone(console_zone()).date()
    with translation.override(key.owner.language or "zh-hans"):
        text = feed_of(
            key.owner, _("Security plan"), today - FEED_BACK, today + FEED_AHEAD, now, mine=key.mine
        )
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="security-plan.ics"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _shown(request: Request, address: str = "") -> HttpResponseBase:
    now = timezone.now()
    zone = console_zone()
    today = now.astimezone(zone).date()
    first = month_from(request.GET.get("month", ""), today)
    mine = request.GET.get("who") == "me"
    asked = Asked(request.user, first, first, now, zone)
    kinds = request.GET.getlist("kind")
    programme = Programme.objects.filter(archived_at=None).order_by("-number").first()
    month = month_of(
        asked,
        first,
        kinds=kinds,
        mine=request.user.pk if mine else None,
        calendar=programme.calendar if programme else "cn",
    )
    context = {
        "month": month,
        "today": today,
        "mine": mine,
        "chosen": kinds,
        "address": address,
        "keys": list(FeedKey.objects.filter(owner=request.user, revoked=None).order_by("pk")),
        "sees_rhythms": request.user.can(Capability.VIEW_MEETINGS, Capability.VIEW_REPORTS),
    }
    return render(request, "calendar/page.html", context)
