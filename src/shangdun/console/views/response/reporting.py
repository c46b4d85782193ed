"""The link by which people without an account report: copied, renewed, closed."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from shangdun.actions.take_in_report import do_change_report_link
from shangdun.console.views.page import Request, page
from shangdun.records.access import require
from shangdun.records.acknowledging import console_base
from shangdun.records.messages import message_settings
from shangdun.records.report_link import report_link, report_token
from shangdun.records.roles import Capability

STEPS = {"renew": (True, True), "close": (False, False), "open": (True, True)}
"""What is asked for → (renewed, open). What was closed opens with another token."""


@page("settings", Capability.VIEW_CHANNELS, methods=("GET", "HEAD", "POST"))
def link(request: Request) -> HttpResponseBase:
    if request.method == "POST":
        require(request.user, Capability.MANAGE_CHANNELS)
        step = STEPS.get(request.POST.get("step", ""))
        if step:
            do_change_report_link(request.user, settings.HOME, renew=step[0], opened=step[1])
            messages.success(request, _("Saved. The link of before opens nothing any more."))
        return redirect("report_link")
    token = report_token(settings.HOME)
    address = f"{console_base(message_settings())}/r/{token}/" if token else ""
    text = _("Seen something suspicious? Report it in a minute, no account needed: %(address)s") % {
        "address": address
    }
    mail = urlencode({"subject": _("Report security incidents here"), "body": text})
    context = {
        "address": address,
        "text": text,
        "mail": f"mailto:?{mail}".replace("+", "%20"),
        "open": report_link(settings.HOME).open,
        "token": token,
        "base": console_base(message_settings()),
    }
    return render(request, "reports/link.html", context)
