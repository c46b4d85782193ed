"""People of the plan, each in a browser of their own: what they fill in and what they press."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.console.people_of_seed import PASSWORD
from tests.console.screens import token
from tests.e2e.emergency_site import PEOPLE, Emergency

LANGUAGE = {"leadership": "zh-hans", "customer_service": "zh-hans", "legal": "zh-hans"}
"""Who reads Chinese; the others read English, in the same incident."""

WRONG = re.compile(r'<p class="wrong"[^>]*>.*?</p>|role="alert">.*?</p>', re.DOTALL)

Values = Mapping[str, str | bool]


class Person:
    """One of a role, signed in; anything that a page's script breaks fails the test."""

    def __init__(self, browser: Browser, site: Emergency, role: str) -> None:
        self.role = role
        self.name = PEOPLE[role]
        self.site = site
        self.room = ""
        language = LANGUAGE.get(role, "en")
        self._context = browser.new_context(
            viewport={"width": 1440, "height": 900},
            locale="zh-CN" if language == "zh-hans" else "en",
            reduced_motion="reduce",
            accept_downloads=True,
        )
        self.page: Page = self._context.new_page()
        self.page.on("pageerror", lambda error: pytest.fail(f"{self.name}: {error}"))
        self.page.on("console", self._refused)
        self.page.on("dialog", lambda dialog: dialog.accept())
        self._sign_in(language)

    def close(self) -> None:
        """The browser window of this person."""
        self._context.close()

    def enters(self, number: int) -> None:
        """From now on addresses without a slash are places of this incident's room."""
        self.room = f"/incidents/{number}/"

    def goes(self, place: str = "") -> Page:
        """Open a page; one that the server refuses fails the test."""
        path = place if place.startswith("/") else self.room + place
        answer = self.page.goto(self.site.url + path)
        assert answer is not None
        assert answer.ok, f"{self.name} at {path}: {answer.status}"
        return self.page

    def form(self, action: str) -> Locator:
        """The form that posts to the address with this end; of several the first."""
        return self.page.locator(f"form[action$='{action}']").first

    def fills(self, form: Locator, values: Values) -> None:
        """By the fields' names: text, a choice, a tick (``name=value``) or a file."""
        for name, value in values.items():
            field, _sign, choice = name.partition("=")
            chosen = f"[value='{choice}']" if choice else ""
            self._fill(form.locator(f"[name='{field}']{chosen}").first, value)

    def sends(
        self,
        form: Locator,
        values: Values | None = None,
        *,
        button: str = "button:not([type=button])",
        refused: bool = False,
    ) -> None:
        """Fill in and press; the page that answers is there when it returns."""
        self._open(form)
        self.fills(form, values or {})
        before = self.page.url
        with self.page.expect_navigation():
            form.locator(button).first.click()
        wrong = self.page.locator("p.wrong, [role=alert].bad").all_inner_texts()
        assert refused or not wrong, f"{self.name} from {before}: {wrong}"

    def posts(self, place: str, values: Mapping[str, str | list[str]]) -> None:
        """What a form of the room would send, without drawing the page first."""
        path = place if place.startswith("/") else self.room + place
        pairs = [
            (name, one)
            for name, value in values.items()
            for one in (value if isinstance(value, list) else [value])
        ]
        answer = self.page.request.post(
            self.site.url + path,
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "X-CSRFToken": self._token(),
                "Referer": self.site.url,
            },
            data=urlencode(pairs),
        )
        wrong = WRONG.findall(answer.text())
        assert answer.ok, f"{self.name} at {path}: {answer.status} {wrong or answer.text()[:500]}"
        assert not wrong, f"{self.name} at {path}: {wrong}"

    def _token(self) -> str:
        cookies = {one["name"]: one["value"] for one in self._context.cookies()}
        return next(value for name, value in cookies.items() if "csrf" in name)

    def hears(self, text: str) -> None:
        """The page says so."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def keeps(self, place: str, folder: Path, name: str) -> Path:
        """A file that the page gives, as the browser saves it."""
        link = self.page.locator(f"a[href$='{place}']").first
        with self.page.expect_download() as begun:
            link.click()
        kept = folder / name
        begun.value.save_as(kept)
        return kept

    def _open(self, form: Locator) -> None:
        """A form in a sheet or under a fold is opened as a person opens it."""
        if form.is_visible():
            return
        sheet = form.locator("xpath=ancestor::dialog")
        opens = form.locator("xpath=ancestor::details[1]/summary")
        if sheet.count():
            name = sheet.first.get_attribute("id")
            opens = self.page.locator(f"[data-opens='{name}']").first
        self.page.wait_for_load_state("networkidle")
        opens.click()
        expect(form).to_be_visible(timeout=20_000)

    def _fill(self, field: Locator, value: str | bool) -> None:
        kind = field.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
        if kind in {"checkbox", "radio"}:
            field.set_checked(bool(value))
        elif kind == "select":
            field.select_option(str(value))
        elif kind == "file":
            field.set_input_files(str(value))
        else:
            if not field.is_visible():
                field.locator("xpath=ancestor::details[1]/summary").click()
            field.fill(str(value))

    def _sign_in(self, language: str) -> None:
        self.page.goto(f"{self.site.url}/accounts/login/")
        self.page.fill("[name=login]", self.name)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("form[action$='/login/'] button")
        self.page.wait_for_url(lambda address: "/accounts/" not in address)
        self.page.request.post(
            f"{self.site.url}/preferences/language/",
            form={"language": language, "csrfmiddlewaretoken": token(self.page)},
        )

    def _refused(self, message: object) -> None:
        text = str(getattr(message, "text", message))
        if "Content Security Policy" in text:
            pytest.fail(f"{self.name}: {text}")
