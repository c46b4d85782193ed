"""What every page's frame needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from shangdun.console.incidents import UNFINISHED
from shangdun.console.navigation import SETTINGS, navigation_of
from shangdun.kernel.severity import Severity
from shangdun.records.access import real_incidents
from shangdun.records.models import User
from shangdun.records.roles import Capability

THEME_COOKIE = "shangdun-theme"
THEMES = {"light": "jade", "dark": "ink"}
TALLY_STOPS = 99


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: theme, languages, navigation and its figures."""
    user = getattr(request, "user", None)  # an error can come before anybody is known
    frame: dict[str, Any] = {
        "layout": "base.html" if isinstance(user, User) else "gate.html",
        "theme": THEMES.get(theme_of(request), ""),
        "theme_choice": theme_of(request),
        "languages": [("zh-hans", "简体中文", "中"), ("en", "English", "EN")],
        "version": settings.VERSION,
        "mfa_offered": settings.CONFIG.web.mfa == "offered",
    }
    if isinstance(user, User):
        groups = navigation_of(user)
        match = request.resolver_match
        frame |= {
            "navigation": groups,
            "phone_items": [i for g in groups for i in g.items if i.on_phone],
            "capabilities": user.capabilities,
            "settings_item": SETTINGS,
            "section": getattr(match.func, "section", "") if match else "",
            "tallies": {"open_incidents": _open_incidents(user)},
        }
    return frame


def theme_of(request: HttpRequest) -> str:
    """`system`, `light` or `dark`: the person's choice, else the browser's cookie."""
    user = getattr(request, "user", None)
    choice = user.theme if isinstance(user, User) else request.COOKIES.get(THEME_COOKIE, "")
    return choice if choice in THEMES else "system"


def _open_incidents(user: User) -> dict[str, Any]:
    """How many incidents wait for somebody, and whether one of them is grave."""
    if not user.can(Capability.VIEW_INCIDENTS):
        return {"number": 0, "urgent": False}
    waiting = real_incidents(user).filter(state__in=UNFINISHED, assignee=None)
    severities = list(
        waiting.order_by("-severity").values_list("severity", flat=True)[:TALLY_STOPS]
    )
    return {"number": len(severities), "urgent": severities[:1] >= [Severity.CRITICAL]}
