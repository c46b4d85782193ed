"""A person's own messages; and the link that acknowledges one without signing in."""

from __future__ import annotations

from django.contrib import messages as notes
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from shangdun.actions.messages.acknowledge import (
    LINK,
    do_acknowledge_by_link,
    do_acknowledge_message,
)
from shangdun.actions.messages.progress import mark_read
from shangdun.console.response.messages import letters, text_of
from shangdun.console.views.fragment import answer, render_fragment
from shangdun.console.views.page import Request, page
from shangdun.records.acknowledging import acknowledged_delivery
from shangdun.records.messages import inbox_of

PAGE = 30
MOST_COUNTED = 99


@page("messages")
def messages(request: Request) -> HttpResponseBase:
    items = inbox_of(request.user)
    if request.GET.get("show") == "unread":
        items = items.filter(read_at=None)
    pages = Paginator(items, PAGE).get_page(request.GET.get("page"))
    context = {
        "pages": pages,
        "letters": letters(list(pages.object_list)),
        "show": request.GET.get("show", ""),
    }
    return render(request, "messages/list.html", context)


@page("messages")
def bell(request: Request) -> HttpResponse:
    """How many are unread, and whether one of them waits for an answer."""
    unread = inbox_of(request.user).filter(read_at=None).order_by()
    urgent = list(unread.values_list("message__urgency", flat=True)[:MOST_COUNTED])
    context = {"number": len(urgent), "urgent": "urgent" in urgent, "most": MOST_COUNTED}
    return answer(request, render_fragment(request, "messages/bell.html", context))


@page("messages", methods=("POST",))
def read(request: Request) -> HttpResponseBase:
    """All of them are read."""
    mark_read(request.user.pk, None, timezone.now())
    return redirect("messages")


@page("messages", methods=("POST",))
def seen(request: Request, item_id: int) -> HttpResponseBase:
    """One is read."""
    mark_read(request.user.pk, [item_id], timezone.now())
    return redirect("messages")


@page("messages", methods=("POST",))
def acknowledge(request: Request, item_id: int) -> HttpResponseBase:
    message = do_acknowledge_message(request.user, item_id)
    by = message.acknowledged_by
    if by and by != request.user:
        notes.info(request, _("%(name)s acknowledged it already.") % {"name": by.username})
    else:
        notes.success(request, _("Acknowledged. Nobody else is woken for it."))
    return redirect("messages")


# The token is what permits it, not a cookie that a browser adds: there is nothing to forge.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponseBase:
    """The link of a message: shows it and asks once more, as mail scanners open every link."""
    delivery = acknowledged_delivery(token, timezone.now())
    if request.method == "POST":
        do_acknowledge_by_link(LINK, token)
        delivery = acknowledged_delivery(token, timezone.now())
    root = delivery.message.cause or delivery.message
    context = {"message": root, "text": text_of(delivery.message), "token": token}
    return render(request, "messages/link.html", context)
