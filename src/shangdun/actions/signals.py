"""Django's and allauth's signals about sign-ins, led to the actions that record them."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from shangdun.actions.record_login import (
    do_record_failed_login,
    do_record_login,
    do_record_logout,
    do_record_password_change,
)
from shangdun.records.actor import ACCOUNTS
from shangdun.records.models import User


def connect() -> None:
    """Listen; called once when Django starts."""
    user_logged_in.connect(_logged_in, dispatch_uid="ledger")
    user_logged_out.connect(_logged_out, dispatch_uid="ledger")
    user_login_failed.connect(_login_failed, dispatch_uid="ledger")
    for signal in (password_changed, password_set, password_reset):
        signal.connect(_password_changed, dispatch_uid="ledger")


def _address(request: HttpRequest | None) -> str:
    return str(request.META.get("REMOTE_ADDR", "")) if request else ""


def _logged_in(user: User, request: HttpRequest | None = None, **kwargs: Any) -> None:  # noqa: ANN401 - a signal's own signature
    del kwargs
    do_record_login(user, address=_address(request))


def _logged_out(user: User | None, **kwargs: Any) -> None:  # noqa: ANN401 - a signal's own signature
    del kwargs
    if user and user.is_active:  # a session that had ended already has no user
        do_record_logout(user)


def _login_failed(
    credentials: dict[str, Any],
    request: HttpRequest | None = None,
    **kwargs: Any,  # noqa: ANN401 - a signal's own signature
) -> None:
    del kwargs
    name = str(credentials.get("username") or credentials.get("email") or "")
    do_record_failed_login(ACCOUNTS, username=name, address=_address(request))


def _password_changed(user: User, **kwargs: Any) -> None:  # noqa: ANN401 - a signal's own signature
    del kwargs
    do_record_password_change(user)
