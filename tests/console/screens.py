"""Pictures of every page: `python -m tests.console.screens FOLDER [page…]`.

1440 and 390 px wide, Chinese and English, light and dark, on seeded data.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import django
from playwright.sync_api import Browser, Page, sync_playwright
from tests.console import people_of_seed
from tests.console.site import Site

CHROMIUM = "/usr/bin/chromium"
WIDTHS = {"wide": (1440, 900), "phone": (390, 844)}
LANGUAGES = ("zh-hans", "en")
THEMES = ("light", "dark")
PAGES = {
    "overview": "/",
    "findings": "/findings/",
    "findings-none": "/findings/?q=nobody",
    "finding": "/findings/?severity=high",
    "search": "/search/?q=",
    "search-sql": "/search/?sql=1&q=SELECT+source,+count(*)+AS+n+FROM+events+GROUP+BY+1",
    "search-wrong": "/search/?q=stats:404",
    "search-new": "/search/",
    "hunts": "/hunts/",
    "hunt": "/hunts/1/",
    "security_test": "/security-test/",
    "enforcers": "/enforcers/",
    "enforcer": "/enforcers/2/",
    "enforcer-bouncer": "/enforcers/4/",
    "enforcer-add": "/enforcers/add/",
    "incidents": "/incidents/",
    "incident": "/incidents/?severity=critical",
    "decisions": "/decisions/",
    "decisions-waiting": "/decisions/?show=waiting",
    "decision": "/decisions/",
    "decide": "/decisions/add/?kind=range&value=198.51.100.0/24&lasts=60",
    "never-block": "/decisions/never-block/",
    "report": "/report/",
    "sources": "/sources/",
    "source": "/sources/of/shop-access/",
    "source-add": "/sources/add/",
    "health": "/health/",
    "routes": "/health/routes/",
    "machines": "/health/machines/?host=shop-web-1",
    "probe": "/health/probes/3/",
    "probe-add": "/health/probes/add/",
    "rules": "/rules/",
    "rule": "/rules/5f1d0d4c-0001-4a10-9d55-6f6f7e000001/",
    "sales": "/sales/",
    "sale-announce": "/sales/announce/",
    "rule-new": "/rules/new/",
    "rule-edit": "/rules/5f1d0d4c-0001-4a10-9d55-6f6f7e000001/edit/",
    "rule-history": "/rules/5f1d0d4c-0001-4a10-9d55-6f6f7e000001/history/",
    "coverage": "/rules/coverage/?of=OAT-014",
    "coverage-attack": "/rules/coverage/?show=attack",
    "log-sources": "/rules/log-sources/",
    "lists": "/rules/lists/",
    "imports": "/rules/imports/",
    "import": "/rules/imports/2/",
    "ledger": "/ledger/",
    "settings": "/settings/",
    "people": "/settings/people/",
    "system": "/settings/system/",
    "mfa": "/accounts/2fa/",
    "api": "/api/docs",
    "missing": "/nothing/",
}
OPENS = {"decision", "finding", "incident"}
"""Pages that are reached through the first entry of a list."""


def sign_in(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/accounts/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", people_of_seed.PASSWORD)
    page.click("form[action$='/login/'] button")
    page.wait_for_url(lambda address: "/accounts/" not in address)


def shoot(
    browser: Browser, url: str, folder: Path, wanted: set[str], pages: dict[str, str]
) -> None:
    for language in LANGUAGES:
        for theme in THEMES:
            if os.environ.get("ONLY") and os.environ["ONLY"] != f"{language}.{theme}":
                continue
            for width, (x, y) in WIDTHS.items():
                context = browser.new_context(
                    viewport={"width": x, "height": y},
                    color_scheme=theme,
                    locale="zh-CN" if language == "zh-hans" else "en",
                )
                context.add_cookies([{"name": "shangdun-language", "value": language, "url": url}])
                page = context.new_page()
                page.goto(f"{url}/accounts/login/")
                page.screenshot(path=folder / f"login.{language}.{theme}.{width}.png")
                sign_in(page, url, "everybody")
                page.request.post(
                    f"{url}/preferences/language/",
                    form={"language": language, "csrfmiddlewaretoken": token(page)},
                )
                for name, path in pages.items():
                    if wanted and name not in wanted:
                        continue
                    page.goto(url + path)
                    if name in OPENS:
                        page.locator("[data-list] .open").first.click()
                    page.wait_for_load_state("networkidle")
                    page.wait_for_timeout(400)
                    file = folder / f"{name}.{language}.{theme}.{width}.png"
                    page.screenshot(path=file, full_page=width == "wide")
                    if width == "phone":
                        page.mouse.wheel(0, 700)
                        page.wait_for_timeout(100)
                        page.screenshot(path=file.with_suffix(".down.png"))
                context.close()


def token(page: Page) -> str:
    return str(page.locator("[name=csrfmiddlewaretoken]").first.get_attribute("value"))


def parts_screens(home: Path) -> dict[str, str]:
    """What the parts of the response add; their modules know the records and want Django."""
    os.environ |= {
        "SHANGDUN_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "shangdun.console.settings",
    }
    django.setup()
    from tests.console.parts import merged  # noqa: PLC0415  needs Django set up

    return merged("SCREENS")


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, Site(Path(home) / "home") as site:
        pages = PAGES | parts_screens(site.home)  # reads records, which Playwright's loop forbids
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            shoot(browser, site.url, folder, set(sys.argv[2:]), pages)
            browser.close()


if __name__ == "__main__":
    main()
