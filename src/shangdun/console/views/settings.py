"""Settings: one's own preferences, and how the system itself is doing."""

from __future__ import annotations

import shutil
from typing import Any

import django
from django.conf import settings
from django.contrib import messages
from django.db import connection
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from shangdun import __version__
from shangdun.actions.change_person import do_set_preferences
from shangdun.console.forms.people import PreferencesForm
from shangdun.console.rulebook import RULEBOOK
from shangdun.console.views.page import Request, page
from shangdun.console.watching import now_ms
from shangdun.lake.health import read_health
from shangdun.lake.places import lake_folder
from shangdun.records.roles import Capability


@page("settings", methods=("GET", "HEAD", "POST"))
def profile(request: Request) -> HttpResponseBase:
    """Language and theme; the ways to sign in stand beside."""
    user = request.user
    initial = {"language": user.language, "theme": user.theme}
    form = PreferencesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        do_set_preferences(user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("settings")
    status = 422 if form.errors else 200
    return render(request, "settings/profile.html", {"form": form}, status=status)


@page("settings", Capability.VIEW_SETTINGS)
def system(request: Request) -> HttpResponseBase:
    """Versions, stores, room on the disk, what the watch says."""
    health = read_health(settings.HOME)
    return render(
        request,
        "settings/system.html",
        {
            "health": health,
            "fresh": bool(health and health.fresh(now_ms())),
            "ruleset": RULEBOOK.ruleset(),
            "disk": _disk(),
            "facts": _facts(),
        },
    )


def _disk() -> dict[str, Any]:
    try:
        usage = shutil.disk_usage(settings.HOME)
    except OSError:
        return {}
    return {
        "free": usage.free,
        "total": usage.total,
        "percent": round(100 * usage.used / max(1, usage.total)),
    }


def _facts() -> list[tuple[str, object]]:
    config = settings.CONFIG
    return [
        (_("Version"), __version__),
        (_("Home directory"), settings.HOME),
        (_("Records"), "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"),
        (_("Lake"), lake_folder(settings.HOME, config)),
        (_("Events are kept for"), _("%(days)d days") % {"days": config.lake.retention_days}),
        (_("Second factor"), _("asked for") if config.web.mfa == "required" else _("offered")),
        (_("Time zone"), settings.TIME_ZONE),
        ("Django", django.get_version()),
    ]
