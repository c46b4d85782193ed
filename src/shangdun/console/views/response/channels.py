"""Channels: where messages go outside the console; trying one out; what was not delivered."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from shangdun.actions.messages.channels import (
    do_add_channel,
    do_change_channel,
    do_change_message_settings,
    do_remove_channel,
    do_resend_delivery,
    do_test_channel,
)
from shangdun.actions.messages.progress import TEST
from shangdun.console.conflicts import conflict_page
from shangdun.console.forms.channels import ChannelForm, MessageSettingsForm, settings_of
from shangdun.console.problems import said
from shangdun.console.response.messages import channel_view, sent
from shangdun.console.views.fragment import Fragment, answer, render_fragment
from shangdun.console.views.page import Request, page
from shangdun.kernel.errors import UsageError
from shangdun.records.acknowledging import console_base
from shangdun.records.conflict import EditConflict
from shangdun.records.messages import (
    get_channel,
    message_settings,
    undelivered,
    visible_channels,
    visible_deliveries,
)
from shangdun.records.models import Channel, User
from shangdun.records.roles import Capability

PAGE = 50
SHOWN = 12
FIELDS = {
    "channel.name": "name", "channel.taken": "name", "channel.quiet": "quiet_to",
    "channel.each": "audience",
}  # fmt: skip
LABELS = {
    "name": gettext_lazy("Name"),
    "group": gettext_lazy("Group"),
    "language": gettext_lazy("Language"),
    "min_grade": gettext_lazy("Which incidents?"),
    "quiet": gettext_lazy("Quiet hours"),
    "enabled": gettext_lazy("Switched on"),
}


@page("settings", Capability.VIEW_CHANNELS)
def channels(request: Request) -> HttpResponseBase:
    rows = visible_channels(request.user)
    settings = message_settings()
    context = {
        "channels": [channel_view(row) for row in rows],
        "stuck": _stuck(request).count(),
        "settings_row": settings,
        "base": console_base(settings),
    }
    return render(request, "channels/list.html", context)


@page("settings", Capability.MANAGE_CHANNELS, methods=("GET", "HEAD", "POST"))
@sensitive_post_parameters()
def add(request: Request) -> HttpResponseBase:
    form = ChannelForm(_people(), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = do_add_channel(request.user, form.wanted())
        except UsageError as error:
            _complain(form, error)
        else:
            messages.success(request, _("Now try it out: send a test message."))
            return redirect("channel", row.pk)
    status = 422 if form.errors else 200
    return render(request, "channels/edit.html", {"form": form}, status=status)


@page("settings", Capability.MANAGE_CHANNELS, methods=("GET", "HEAD", "POST"))
@sensitive_post_parameters()
def edit(request: Request, channel_id: int) -> HttpResponseBase:
    row = get_channel(request.user, channel_id)
    form = ChannelForm(_people(), request.POST or None, channel=row)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            do_change_channel(request.user, row.pk, form.wanted(), version=version)
        except UsageError as error:
            _complain(form, error)
        except EditConflict as error:
            back = reverse("channel", args=(row.pk,))
            return conflict_page(request, error, about=row.name, back=back, labels=LABELS)
        else:
            messages.success(request, _("Saved."))
            return redirect("channel", row.pk)
    context = {"form": form, "row": row}
    return render(request, "channels/edit.html", context, status=422 if form.errors else 200)


@page("settings", Capability.VIEW_CHANNELS)
def channel(request: Request, channel_id: int) -> HttpResponseBase:
    row = get_channel(request.user, channel_id)
    context = {"row": row, "channel": channel_view(row), "live": _live(request, row)}
    return render(request, "channels/page.html", context)


@page("settings", Capability.VIEW_CHANNELS)
def live(request: Request, channel_id: int) -> HttpResponse:
    return answer(request, _live(request, get_channel(request.user, channel_id)))


@page("settings", Capability.MANAGE_CHANNELS, methods=("POST",))
def test(request: Request, channel_id: int) -> HttpResponseBase:
    do_test_channel(request.user, channel_id)
    return redirect("channel", channel_id)


@page("settings", Capability.MANAGE_CHANNELS, methods=("POST",))
def remove(request: Request, channel_id: int) -> HttpResponseBase:
    do_remove_channel(request.user, channel_id)
    messages.success(request, _("The channel is removed."))
    return redirect("channels")


@page("settings", Capability.VIEW_CHANNELS)
def dead_letters(request: Request) -> HttpResponseBase:
    """What did not arrive: given up, or still tried."""
    pages = Paginator(_stuck(request), PAGE).get_page(request.GET.get("page"))
    context = {"pages": pages, "deliveries": sent(list(pages.object_list))}
    return render(request, "channels/undelivered.html", context)


@page("settings", Capability.MANAGE_CHANNELS, methods=("POST",))
def resend(request: Request, delivery_id: int) -> HttpResponseBase:
    do_resend_delivery(request.user, delivery_id)
    messages.success(request, _("It is sent again now."))
    return redirect("undelivered")


@page("settings", Capability.MANAGE_CHANNELS, methods=("GET", "HEAD", "POST"))
def options(request: Request) -> HttpResponseBase:
    row = message_settings()
    form = MessageSettingsForm(request.POST or None, initial=settings_of(row))
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        version = values.pop("version")
        try:
            do_change_message_settings(request.user, values, version=version)
        except EditConflict as error:
            labels = {name: str(form.fields[name].label) for name in values}
            back = reverse("message_settings")
            return conflict_page(request, error, about=_("Messages"), back=back, labels=labels)
        messages.success(request, _("Saved."))
        return redirect("channels")
    status = 422 if form.errors else 200
    return render(request, "channels/settings.html", {"form": form}, status=status)


def _live(request: Request, row: Channel) -> Fragment:
    deliveries = list(visible_deliveries(request.user).filter(channel=row)[:SHOWN])
    tests = [one for one in deliveries if one.message.kind == TEST]
    context: dict[str, Any] = {
        "row": row,
        "channel": channel_view(row),
        "deliveries": sent(deliveries),
        "test": sent(tests[:1])[0] if tests else None,
    }
    return render_fragment(request, "channels/live.html", context)


def _stuck(request: Request) -> Any:  # noqa: ANN401  a query set
    return undelivered(request.user).exclude(message__kind=TEST)


def _people() -> list[User]:
    return list(User.objects.filter(is_active=True).order_by("username"))


def _complain(form: ChannelForm, error: UsageError) -> None:
    form.add_error(FIELDS.get(error.code, "kind"), str(said(error)))
