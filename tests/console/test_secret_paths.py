"""No log of ours holds an address that is a key."""

from __future__ import annotations

import io
import logging
import logging.config

import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver

from shangdun.console.secretpaths import WithoutKeys, without_keys


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/s/0123456789abcdef/", "/s/…/"),
        ("/s/o12-0123456789abcdef/?lang=en", "/s/…/?lang=en"),
        ("/r/abcdefghijkl/", "/r/…/"),
        ("/m/abcdefghijkl:sign/", "/m/…/"),
        ("/u/abcdefghijkl/", "/u/…/"),
        ("/calendar/abcdefgh.ics", "/calendar/…"),
        ("/calendar/feed/abcdefgh.ics", "/calendar/feed/…"),
        ("/surveys/12345678/", "/surveys/12345678/"),
        ("/risks/1/", "/risks/1/"),
    ],
)
def test_the_key_of_an_address_is_left_out(path: str, told: str):
    assert without_keys(f"Not Found: {path}") == f"Not Found: {told}"


def test_every_address_that_carries_a_key_is_known():
    """A new one needs its place here: what a token opens without signing in."""
    open_to_all = {"acknowledge_by_link", "calendar_by_token", "calendar_feed", "public_report",
                   "survey_answer", "unsubscribe"}  # fmt: skip
    by_name = get_resolver().reverse_dict
    for name in open_to_all & set(by_name.keys()):
        for possibility in by_name.getlist(name):
            path = "/" + possibility[0][0][0] % {"token": "SECRETSECRET"}
            assert "SECRET" not in without_keys(path), name


def test_what_the_console_logs_holds_no_key(db, monkeypatch):
    """As it is set up: a link that opens nothing is told by Django."""
    assert settings.LOGGING["handlers"]["stderr"]["filters"] == ["keys"]
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(WithoutKeys())
    logger = logging.getLogger("django.request")
    monkeypatch.setattr(logger, "handlers", [handler])
    monkeypatch.setattr(logger, "propagate", False)
    assert Client().get("/s/0123456789abcdef0123456789abcdef/").status_code == 404
    assert "/s/…/" in out.getvalue()
    assert "0123456789abcdef" not in out.getvalue()
