"""How allauth behaves here: no sign-up, second factors encrypted at rest."""

from __future__ import annotations

import base64
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation

from shangdun.actions.change_person import do_set_preferences
from shangdun.console.middleware.presence import neighbourhood_of
from shangdun.records.models import User

FRESH_SECONDS = 5 * 60


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """People are added by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        del request
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Who is counted when passwords are tried: behind our proxy not the proxy.

        A stranger who fails on purpose would otherwise keep everybody from signing in.
        """
        return neighbourhood_of(request)

    def login(self, request: HttpRequest, user: User) -> None:
        """Whoever signs in for the first time goes on in the language the page spoke to them."""
        first = user.last_login is None and bool(request.headers.get("Accept-Language"))
        super().login(request, user)
        if first:
            do_set_preferences(user, language=str(translation.get_language()))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """On to work: the first sign-in ends here, and nobody changes a password twice in a row."""
        del request
        return reverse(settings.LOGIN_REDIRECT_URL)

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Ways to sign in are changed soon after signing in, or after the password once more."""
        del app
        request = context.request
        records = get_authentication_records(request, request.user)
        latest = max((float(record["at"]) for record in records), default=0.0)
        return time.time() - latest > FRESH_SECONDS

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - allauth's own signature
        """Only what went wrong: the pages themselves show what went well."""
        if level >= messages.ERROR:
            super().add_message(request, level, *args, **kwargs)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """Second factors lie in the database encrypted, so that a stolen backup opens no account."""

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()


def _fernet() -> Fernet:
    derive = HKDF(hashes.SHA256(), 32, salt=None, info=b"shangdun second factors")
    return Fernet(base64.urlsafe_b64encode(derive.derive(settings.SECRET_KEY.encode())))
