"""Language and theme: before and after the login."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST

from shangdun.actions.change_person import do_set_preferences
from shangdun.console.context import THEME_COOKIE, THEMES
from shangdun.console.views.page import way_back
from shangdun.records.models import User


@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Speak another language from now on."""
    language = request.POST.get("language", "")
    response = HttpResponseRedirect(way_back(request, "/"))
    if not check_for_language(language) or language not in dict(settings.LANGUAGES):
        return response
    if isinstance(request.user, User):
        do_set_preferences(request.user, language=language)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response


@require_POST
def set_theme(request: HttpRequest) -> HttpResponseBase:
    """Show pages light, dark, or as the system does."""
    theme = request.POST.get("theme", "")
    response = HttpResponseRedirect(way_back(request, "/"))
    if theme not in {*THEMES, "system"}:
        return response
    if isinstance(request.user, User):
        do_set_preferences(request.user, theme=theme)
    response.set_cookie(
        THEME_COOKIE,
        theme,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
