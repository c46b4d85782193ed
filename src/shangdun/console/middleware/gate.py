"""What a person must do before anything else: a new password, a second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from shangdun.records.models import User
from shangdun.records.roles import EVERYBODY

ALWAYS_OPEN = {
    "account_login", "account_logout", "acknowledge_by_link", "healthz", "set_language",
    "set_theme",
}  # fmt: skip
PASSWORD_PAGES = ALWAYS_OPEN | {"account_change_password", "account_reauthenticate"}


class Gate:
    """Middleware: leads to the step that is due, from whatever page was asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        del view, args, kwargs
        user = request.user
        name = request.resolver_match.url_name if request.resolver_match else None
        if not isinstance(user, User):
            return None
        if user.must_change_password:
            return None if name in PASSWORD_PAGES else _lead(name, "account_change_password")
        if name in PASSWORD_PAGES or str(name).startswith("mfa_"):
            return None
        return _lead(name, "mfa_index") if second_factor_due(user) else None


def _lead(name: str | None, step: str) -> HttpResponse:
    """To the step that is due.

    The bell asks from the frame of that step's page too, and a page whose piece is led away loads
    itself anew, over and over: the bell is told that there is nothing.
    """
    return HttpResponse(status=204) if name == "messages_bell" else redirect(step)


def must_have_second_factor(user: User) -> bool:
    """Whether the person may do more than every employee."""
    more = user.capabilities - EVERYBODY
    return settings.CONFIG.web.mfa == "required" and bool(more)


def second_factor_due(user: User) -> bool:
    """Whether the person must set up a second factor before going on."""
    if not must_have_second_factor(user):
        return False
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return not Authenticator.objects.filter(user=user, type__in=kinds).exists()
