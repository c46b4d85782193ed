"""Announced sales: which run, which come, which are over; announcing one and taking it back."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from shangdun.actions.announce_sale import (
    ANNOUNCERS,
    Announcement,
    do_announce_sale,
    do_cancel_sale,
)
from shangdun.console.forms.sale_events import SaleEventForm
from shangdun.console.problems import said
from shangdun.console.rulebook import RULEBOOK
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import UsageError
from shangdun.records.roles import Capability
from shangdun.records.sale_events import visible_sales

PAGE = 50


@page("sale_events", Capability.VIEW_RULES)
def sale_events(request: Request) -> HttpResponseBase:
    """Running and to come; on request those that are over."""
    now = timezone.now()
    over = request.GET.get("show") == "over"
    past = Q(cancelled__isnull=False) | Q(until__lte=now)
    rows = visible_sales(request.user)
    rows = rows.filter(past).order_by("-until", "-id") if over else rows.exclude(past)
    context = {
        "pages": (pages := Paginator(rows, PAGE).get_page(request.GET.get("page"))),
        "rows": list(pages),
        "over": over,
        "now": now,
        "calm": sum(1 for rule in RULEBOOK.rules().values() if rule.content.sale == "calm"),
        "manages": request.user.can(*ANNOUNCERS),
    }
    return render(request, "sale_events/list.html", context)


@page("sale_events", *ANNOUNCERS, methods=("GET", "HEAD", "POST"))
def announce(request: Request) -> HttpResponseBase:
    """The form; it proposes tonight, when most sales begin."""
    if request.method != "POST":
        tonight = timezone.localtime().replace(hour=20, minute=0, second=0, microsecond=0)
        if tonight <= timezone.now():
            tonight += timedelta(days=1)
        initial = {"since": tonight, "until": tonight + timedelta(hours=4)}
        return _form(request, SaleEventForm(initial=initial))
    form = SaleEventForm(request.POST)
    if not form.is_valid():
        return _form(request, form, status=422)
    given = form.cleaned_data
    fields = ("name_zh", "name_en", "since", "until", "scope", "factor")
    sale = Announcement(names=form.named(), **{name: given[name] for name in fields})
    try:
        do_announce_sale(request.user, sale)
    except UsageError as error:
        form.add_error(None, str(said(error)))
        return _form(request, form, status=422)
    messages.success(
        request, _("It is announced. The watch knows within seconds; injection is still told.")
    )
    return redirect("sale_events")


@page("sale_events", *ANNOUNCERS, methods=("POST",))
def cancel(request: Request, sale_id: int) -> HttpResponseBase:
    """Take one back."""
    do_cancel_sale(request.user, sale_id=sale_id)
    messages.success(request, _("It is taken back: a rush is looked at as any other."))
    return redirect("sale_events")


def _form(request: Request, form: SaleEventForm, *, status: int = 200) -> HttpResponseBase:
    return render(request, "sale_events/announce.html", {"form": form}, status=status)
