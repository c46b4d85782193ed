"""Signing in: one-time passwords, second factors, limits, cookies, the key."""

from __future__ import annotations

import re
import stat
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings as live
from django.test import Client

from shangdun.actions.change_person import do_set_preferences
from shangdun.actions.create_user import do_create_user
from shangdun.console import accounts
from shangdun.console.secret import secret_key
from shangdun.kernel.errors import ConfigError
from shangdun.records.actor import SETUP
from shangdun.records.models import LedgerEntry
from shangdun.records.roles import Role

from .conftest import configure
from .people_of_seed import PASSWORD


def code_of(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


def test_a_one_time_password_must_be_changed_first(db):
    account = do_create_user(SETUP, username="new.one", roles=[Role.TECHNICAL_SUPPORT])
    client = Client()
    client.post("/accounts/login/", {"login": "new.one", "password": account.password})
    for path in ("/", "/findings/", "/accounts/2fa/", "/api/findings", "/settings/"):
        assert client.get(path).headers["Location"] == "/accounts/password/change/", path
    page = client.get("/accounts/password/change/").content.decode()
    assert "一次性密码" in page
    new = {
        "oldpassword": account.password,
        "password1": "a-long-own-one",
        "password2": "a-long-own-one",
    }
    assert client.post("/accounts/password/change/", new).status_code == 302
    assert client.get("/").status_code == 200
    assert LedgerEntry.objects.filter(action="record_password_change").exists()


@pytest.mark.parametrize("weak", ["short", "password1234", "new.one.12ab"])
def test_weak_passwords_are_refused(db, weak):
    account = do_create_user(SETUP, username="new.one", roles=[Role.EMPLOYEE])
    client = Client()
    client.post("/accounts/login/", {"login": "new.one", "password": account.password})
    answer = client.post(
        "/accounts/password/change/",
        {"oldpassword": account.password, "password1": weak, "password2": weak},
    )
    assert answer.status_code == 200
    account.user.refresh_from_db()
    assert account.user.must_change_password


def test_nothing_in_the_frame_leads_away_from_the_step_that_is_due(people, client_of, settings):
    """A fragment that is led away makes its page load anew: the key to scan would never stand."""
    configure(settings, mfa="required")
    client = client_of(people["leadership"])
    asked = re.findall(r'hx-get="([^"]+)"', client.get("/accounts/2fa/").content.decode())
    assert "/messages/bell/" in asked
    assert {path: client.get(path).status_code for path in asked} == dict.fromkeys(asked, 204)


@pytest.mark.parametrize(("browser", "speaks"), [("en-GB,en;q=0.9", "en"), ("zh-CN", "zh-hans")])
def test_the_first_sign_in_keeps_the_language_of_its_page(db, browser, speaks):
    account = do_create_user(SETUP, username="new.one", roles=[Role.EMPLOYEE])
    client = Client(headers={"Accept-Language": browser})
    client.post("/accounts/login/", {"login": "new.one", "password": account.password})
    account.user.refresh_from_db()
    assert account.user.language == speaks
    do_set_preferences(account.user, language="zh-hans")
    client.post("/accounts/logout/")
    client.post("/accounts/login/", {"login": "new.one", "password": account.password})
    account.user.refresh_from_db()
    assert account.user.language == "zh-hans"


@pytest.mark.parametrize(
    "role",
    [
        "leadership",
        "technical_support",
        "customer_service",
        "legal",
        "logistics",
        "administrator",
        "auditor",
    ],
)
def test_every_role_that_can_act_or_look_is_led_to_its_second_factor(
    people, client_of, settings, role
):
    configure(settings, mfa="required")
    client = client_of(people[role])
    assert client.get("/").headers["Location"] == "/accounts/2fa/"
    assert client.get("/api/incidents").status_code == 302
    assert "needs one" in client.get("/accounts/2fa/").content.decode()
    Authenticator.objects.create(user=people[role], type=Authenticator.Type.RECOVERY_CODES, data={})
    assert client.get("/").status_code == 302  # recovery codes alone are no factor
    totp.TOTP.activate(people[role], totp.generate_totp_secret())
    assert client.get("/").status_code == 200


def test_who_only_reports_may_do_without(people, client_of, settings):
    configure(settings, mfa="required")
    assert client_of(people["employee"]).get("/report/").status_code == 200


def test_signing_in_asks_for_the_second_factor(people):
    user = people["technical_support"]
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    client = Client()
    answer = client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    assert answer.headers["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/findings/").status_code == 302
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.get("/findings/").status_code == 302
    client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert client.get("/findings/").status_code == 200
    other = Client()  # the same code opens nothing twice
    other.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    other.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert other.get("/findings/").status_code == 302


def test_second_factors_lie_encrypted(people):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(people["legal"], secret)
    kept = Authenticator.objects.get(user=people["legal"]).data["secret"]
    assert secret not in kept
    assert accounts.MFAAdapter().decrypt(kept) == secret


def test_guessing_passwords_is_slowed(people):
    client = Client()
    said = [
        client.post(
            "/accounts/login/", {"login": "chen.wei", "password": f"wrong{i}"}
        ).content.decode()
        for i in range(7)
    ]
    assert "Too many" in said[-1]
    right = client.post("/accounts/login/", {"login": "chen.wei", "password": PASSWORD})
    assert right.status_code == 200  # also the right one waits now
    assert LedgerEntry.objects.filter(action="record_failed_login").count() <= 6


def test_unknown_and_known_names_are_answered_alike(people):
    def said(name: str) -> str:
        page = Client().post("/accounts/login/", {"login": name, "password": "x"}).content.decode()
        return re.sub(r'value="[^"]*"', "", page)

    assert said("chen.wei") == said("nobody.here")


def test_nobody_signs_up(db):
    for path in (
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/accounts/email/",
        "/accounts/2fa/webauthn/signup/",
    ):
        assert Client().get(path).status_code == 404, path


def test_cookies_are_kept_from_scripts_and_other_sites(people):
    client = Client()
    client.post("/accounts/login/", {"login": "qian.fang", "password": PASSWORD})
    session = client.cookies[live.SESSION_COOKIE_NAME]
    assert session["httponly"]
    assert session["samesite"] == "Lax"
    assert client.cookies[live.CSRF_COOKIE_NAME]["httponly"]
    assert live.SESSION_COOKIE_SECURE is live.CONFIG.web.https


def test_forms_need_their_token(people):
    client = Client(enforce_csrf_checks=True)
    client.force_login(
        people["everybody"], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    for path in (
        "/report/",
        "/rules/x/switch/",
        "/settings/people/",
        "/preferences/theme/",
        "/ledger/check/",
    ):
        assert client.post(path, {}).status_code == 403, path


def test_the_key_is_made_once_for_its_owner_alone(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    first = secret_key(home)
    assert secret_key(home) == first
    assert stat.S_IMODE((home / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in home.iterdir()] == ["secret.key"]
    (home / "secret.key").chmod(0o644)
    with pytest.raises(ConfigError, match="others may read"):
        secret_key(home)


def test_a_home_that_is_not_there_is_not_made(tmp_path):
    assert secret_key(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_ways_to_sign_in_change_only_soon_after_signing_in(people, monkeypatch):
    client = Client()
    client.post("/accounts/login/", {"login": "chen.wei", "password": PASSWORD})
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200
    later = time.time() + accounts.FRESH_SECONDS + 1
    monkeypatch.setattr(accounts.time, "time", lambda: later)
    asked = client.get("/accounts/2fa/totp/activate/")
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")


def test_a_form_without_its_token_is_refused_on_a_page_of_ours(people) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(
        "/accounts/login/", {"login": "x", "password": "y"}, HTTP_ACCEPT_LANGUAGE="en"
    )
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "load it anew" in page
    assert "<style" not in page
