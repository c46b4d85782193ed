"""A console whose clock is moved, and people in browsers of their own before it."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page

from shangdun.kernel.clock import SystemClock
from shangdun.records.models import User
from shangdun.runtime.year.day import Hands

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


def move_clocks(monkeypatch: pytest.MonkeyPatch, hands: Hands) -> None:
    """From now on everything in this process takes its time from ``hands``."""
    monkeypatch.setattr(SystemClock, "now", lambda _clock: hands.now())
    monkeypatch.setattr(timezone, "now", hands.now)


class Window:
    """One person before the console; what a script of a page breaks fails the test."""

    def __init__(
        self, browser: Browser, url: str, user: User | None, size: dict[str, int], language: str
    ) -> None:
        self.url = url
        self._context = browser.new_context(
            viewport={"width": size["width"], "height": size["height"]},
            locale="zh-CN" if language == "zh-hans" else "en",
            reduced_motion="reduce",
        )
        if user is not None:
            client = Client()
            client.force_login(user, backend=BACKEND)
            name = settings.SESSION_COOKIE_NAME
            cookie = {"name": name, "value": client.cookies[name].value, "url": url}
            self._context.add_cookies([cookie])
        self._context.add_cookies([{"name": "shangdun-language", "value": language, "url": url}])
        self.page: Page = self._context.new_page()
        self.page.on("pageerror", lambda error: pytest.fail(f"{user}: {error}"))
        self.page.on("dialog", lambda dialog: dialog.accept())

    def goes(self, path: str) -> Page:
        """Open a page; one that is refused fails the test."""
        answer = self.page.goto(self.url + path)
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"
        return self.page

    def reads(self, path: str) -> str:
        """The words of a page, spaces made one."""
        words = self.goes(path).locator("#content").inner_text()
        return re.sub(r"\s+", " ", words)

    def presses(self, words: str | re.Pattern[str]) -> None:
        """A button of the page, by its words; the page that follows is there afterwards."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=words).first.click()

    def close(self) -> None:
        self._context.close()
