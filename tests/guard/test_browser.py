"""A real browser meets a challenge: it passes by itself, once, and goes on with what it wanted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.console.screens import CHROMIUM
from tests.guard.conftest import eventually
from tests.guard.servers import Shop, running
from tests.guard.shangdun_server import State, shangdun

CUSTOMER = "198.51.100.7"
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shop, State]]:
    """The Flask example; its only visitor so far is to be challenged."""
    folder = tmp_path_factory.mktemp("guard")
    quick = {"DIFFICULTY": "14", "WAIT_SECONDS": "2", "CONTACT": "400-100-100"}
    with shangdun() as (url, state), running(
        "gunicorn", "flask", "app:app", folder, url, **quick
    ) as running_shop:  # fmt: skip
        state.decide("browser", "challenge", "address", CUSTOMER)
        state.decide("phone", "block", "address", "198.51.100.9", appeal="K7QM3-XWF2A")
        for _ in range(8):
            assert eventually(lambda: _is_challenged(running_shop))
        yield running_shop, state


def _is_challenged(shop: Shop) -> bool:
    return shop.ask("GET", "/", x_forwarded_for=CUSTOMER)[0] == 403


@pytest.fixture
def complaints() -> list[str]:
    return []


def page_of(
    browser: Browser, complaints: list[str], address: str = CUSTOMER, **options: Any
) -> Page:
    headers = {"X-Forwarded-For": address}
    context = browser.new_context(locale="zh-CN", extra_http_headers=headers, **options)
    page = context.new_page()
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page


def test_a_browser_passes_by_itself_and_only_once(
    browser: Browser, shop: tuple[Shop, State], complaints: list[str]
) -> None:
    page = page_of(browser, complaints)
    url = f"http://127.0.0.1:{shop[0].port}/?q=tea"
    assert (page.goto(url) or pytest.fail("no answer")).status == 403
    page.wait_for_selector("text=Nothing found for 'tea'", timeout=20_000)
    assert page.url == url
    assert (page.goto(url) or pytest.fail("no answer")).status == 200
    (cookie,) = page.context.cookies()
    assert (cookie["name"], cookie["httpOnly"]) == ("sdg_pass", True)
    said = [line for line in complaints if "40" not in line]  # the favicon
    assert said == [], "its own policy lets the page do all it does"


def test_a_form_that_was_filled_in_is_sent_after_the_challenge(
    browser: Browser, shop: tuple[Shop, State], complaints: list[str]
) -> None:
    page = page_of(browser, complaints)
    page.route("**/form", lambda route: route.fulfill(content_type="text/html", body=FORM))
    page.goto(f"http://127.0.0.1:{shop[0].port}/form")
    page.click("text=buy")
    page.wait_for_selector("text=129.5", timeout=20_000)
    assert page.url.endswith("/order")


FORM = """<form method="post" action="/order">
<input name="total" value="129.5"><input name="submit" value="1"><button>buy</button></form>"""


def test_without_a_script_waiting_leads_on(
    browser: Browser, shop: tuple[Shop, State], complaints: list[str]
) -> None:
    page = page_of(browser, complaints, java_script_enabled=False)
    page.goto(f"http://127.0.0.1:{shop[0].port}/?q=tea")
    page.wait_for_timeout(2_500)
    page.click("noscript button", timeout=5_000)
    page.wait_for_selector("text=Nothing found for 'tea'")


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_and_can_be_read(
    browser: Browser, shop: tuple[Shop, State], complaints: list[str], width: int, scheme: str
) -> None:
    page = page_of(
        browser, complaints, "198.51.100.9",
        viewport={"width": width, "height": 800}, color_scheme=scheme,
    )  # fmt: skip
    page.goto(f"http://127.0.0.1:{shop[0].port}/")
    assert page.inner_text("code") == "K7QM3-XWF2A"
    assert "400-100-100" in page.inner_text("main")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    contrast = page.evaluate(CONTRAST)
    assert contrast >= 4.5


CONTRAST = """() => {
  const light = text => text.match(/[\\d.]+/g).slice(0, 3).map(c => c / 255)
    .map(c => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const pair = name => {
    const one = light(getComputedStyle(document.querySelector(name)).color);
    const other = light(getComputedStyle(document.querySelector("main")).backgroundColor);
    return (Math.max(one, other) + .05) / (Math.min(one, other) + .05);
  };
  return Math.min(...["h1", "p", "dt", "code"].map(pair));
}"""


def pictures(folder: Path) -> None:
    """Every page that people see, at two widths, in two languages, light and dark."""
    slow = {"CONTACT": "400-100-100", "DIFFICULTY": "26"}
    with shangdun() as (url, state), sync_playwright() as play:
        for name in ("challenge", "block", "throttle"):
            state.decide(name, name, "address", f"198.51.100.{len(name)}")
        with running("gunicorn", "flask", "app:app", folder / "guard", url, **slow) as shop:
            eventually(lambda: shop.ask("GET", "/", x_forwarded_for="198.51.100.5")[0] == 403)
            browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            for name in ("challenge", "block", "throttle"):
                for width, locale, scheme in ((1440, "zh-CN", "light"), (390, "en", "dark")):
                    page = browser.new_context(
                        locale=locale,
                        viewport={"width": width, "height": 700},
                        color_scheme=scheme,
                        extra_http_headers={"X-Forwarded-For": f"198.51.100.{len(name)}"},
                    ).new_page()
                    page.goto(f"http://127.0.0.1:{shop.port}/")
                    page.screenshot(path=str(folder / f"{name}-{width}-{locale}.png"))
            browser.close()


if __name__ == "__main__":
    import sys

    pictures(Path(sys.argv[1]))
