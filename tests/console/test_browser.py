"""A real browser on a real server: the journey by keyboard, accessibility, phone, fonts, policy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    StorageState,
    expect,
    sync_playwright,
)

from .screens import CHROMIUM, PAGES, sign_in, token
from .site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AXE = Path(__file__).parents[2] / "src/shangdun/console/frontend/node_modules/axe-core/axe.min.js"
MACHINE_HAS_CHINESE = """() => {
  const width = font => {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = `40px ${font}`;
    return pen.measureText("登录").width;
  };
  return ["PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC"].some(
    name => width(`"${name}", monospace`) !== width("monospace"));
}"""
SMALL_TARGETS = """() => [...document.querySelectorAll("button, .btn, .bottom a, .seg a, .tool")]
  .filter(one => one.checkVisibility())
  .map(one => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
  .filter(([, box]) => box.width < 24 || box.height < 24).map(([html]) => html)"""
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("site") / "home") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=15_000)  # a busy machine is no reason to fail
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def session(browser: Browser, site: Site) -> StorageState:
    """Signed in once, in English."""
    context = browser.new_context(locale="en")
    page = context.new_page()
    sign_in(page, site.url, "everybody")
    page.request.post(
        f"{site.url}/preferences/language/",
        form={"language": "en", "csrfmiddlewaretoken": token(page)},
    )
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def context(browser: Browser, session: StorageState) -> Iterator[BrowserContext]:
    opened = browser.new_context(
        viewport={"width": 1440, "height": 900},
        locale="en",
        reduced_motion="reduce",
        storage_state=session,
    )
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext, site: Site) -> Page:
    """Signed in, in English; anything that the policy refuses or a script breaks fails the test."""
    opened = context.new_page()
    opened.on(
        "console",
        lambda message: (
            pytest.fail(message.text)
            if message.type == "error" and "Content Security Policy" in message.text
            else None
        ),
    )
    opened.on("pageerror", lambda error: pytest.fail(str(error)))
    opened.goto(site.url)
    return opened


def test_from_the_overview_to_a_closed_incident_by_keyboard(page: Page, site: Site):
    keys = page.keyboard
    keys.press("g"), keys.press("f")
    expect(page.get_by_role("heading", name="Findings")).to_be_visible()
    keys.press("/")
    expect(page.locator("[data-key='/']").first).to_be_focused()
    keys.type("203.0.113.77")
    keys.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(3)
    for _ in range(3):
        keys.press("j")
        if "SQL" in page.locator("tbody .open:focus").inner_text():
            break
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Why it matched")).to_be_visible()
    expect(page.locator("mark").first).to_have_text("union select")
    keys.press("t")
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    keys.press("t")
    expect(page.get_by_text("It is yours now.")).to_be_visible()
    keys.press("c")
    keys.type("looking at it")
    keys.press("Control+Enter")
    expect(page.locator(".said", has_text="looking at it")).to_be_visible()
    keys.press("m")
    expect(page.get_by_role("dialog")).to_be_visible()
    keys.type("sure")
    keys.press("Control+Enter")
    expect(page.get_by_text("The incident moved on.")).to_be_visible()
    expect(page.locator(".steps .now")).to_contain_text("Order")
    keys.press("x")
    dialog = page.get_by_role("dialog")
    keys.press("Tab"), keys.press("Space")
    dialog.locator("[name=verdict]").first.check()
    dialog.locator("[name=note]").fill("blocked at the edge")
    keys.press("Control+Enter")
    expect(page.get_by_text("The incident is closed.")).to_be_visible()
    expect(page.locator(".steps .skipped")).to_have_count(5)
    keys.press("g"), keys.press("l")
    expect(page.get_by_role("cell", name="closed an incident").first).to_be_visible()
    page.get_by_role("button", name="Verify now").click()
    expect(page.get_by_text("The chain holds.")).to_be_visible()


def test_help_opens_and_letters_can_be_switched_off(page: Page):
    page.keyboard.press("?")
    help_ = page.get_by_role("dialog", name="Keyboard")
    expect(help_).to_be_visible()
    help_.get_by_label("Use single-letter keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("g"), page.keyboard.press("l")
    page.wait_for_timeout(300)
    assert page.url.rstrip("/").endswith(str(page.url).split("/")[2])
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_barrier_that_a_machine_can_find(page: Page, site: Site, theme: str, width: int):
    assert AXE.exists(), "run make setup"
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    found = {}
    for name, path in [*PAGES.items(), ("login", "/accounts/password/change/")]:
        page.goto(site.url + path)
        if name in {"finding", "incident"}:
            page.locator("[data-list] .open").first.click()
        page.wait_for_load_state("networkidle")
        # The policy refuses injected script elements; the debugger is not bound by it.
        page.evaluate(AXE.read_text("utf-8"))
        result = page.evaluate("rules => axe.run(document, rules)", RULES)
        for problem in result["violations"]:
            found[f"{name}: {problem['id']}"] = [
                node["html"][:120] + " | " + str(node.get("failureSummary", ""))[:160]
                for node in problem["nodes"][:2]
            ]
    assert found == {}


@pytest.mark.parametrize("path", list(PAGES.values()))
def test_nothing_is_wider_than_a_phone(page: Page, site: Site, path: str):
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto(site.url + path)
    if path.startswith(("/findings/?sev", "/incidents/?sev")):
        page.locator("[data-list] .open").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_targets_are_large_enough_for_a_thumb(page: Page, site: Site):
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/", "/findings/", "/incidents/"):
        page.goto(site.url + path)
        small = page.evaluate(SMALL_TARGETS)
        assert small == [], path


def test_chinese_shows_without_a_chinese_font_and_little_is_loaded(browser: Browser, site: Site):
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    fonts: list[str] = []
    page.on(
        "response", lambda answer: fonts.append(answer.url) if "/fonts/" in answer.url else None
    )
    page.goto(f"{site.url}/accounts/login/")
    page.wait_for_load_state("networkidle")
    chinese = [url for url in fonts if "noto-sans-sc" in url]
    # A machine that has a Chinese font of its own loads none of ours.
    assert page.evaluate(MACHINE_HAS_CHINESE) or 0 < len(chinese) < 40
    context.close()


def test_a_page_renews_itself_and_rests_while_hidden(page: Page, site: Site):
    asked: list[int] = []
    page.on(
        "response",
        lambda answer: asked.append(answer.status) if "/overview/watching/" in answer.url else None,
    )
    page.goto(site.url)
    page.wait_for_timeout(5500)
    assert asked
    assert set(asked) <= {200, 304}
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => true})")
    page.wait_for_timeout(500)
    asked.clear()
    page.wait_for_timeout(4000)
    assert asked == []


def test_a_server_that_is_away_is_said_and_nothing_is_lost(
    page: Page, site: Site, context: BrowserContext
):
    page.goto(f"{site.url}/findings/")
    rows = page.locator("tbody tr").count()
    context.set_offline(True)
    expect(page.locator("[data-connection]")).to_be_visible(timeout=20_000)
    assert page.locator("tbody tr").count() == rows
    context.set_offline(False)
    expect(page.locator("[data-connection]")).to_be_hidden(timeout=40_000)


def test_a_list_stays_put_under_somebody_who_moves_in_it(page: Page, site: Site):
    page.goto(f"{site.url}/findings/")
    page.keyboard.press("j"), page.keyboard.press("j")
    chosen = page.evaluate("document.activeElement.textContent")
    page.wait_for_timeout(6000)
    assert page.evaluate("document.activeElement.textContent") == chosen


def test_the_theme_changes_at_once_and_stays(page: Page, site: Site):
    page.emulate_media(color_scheme="light")
    page.goto(site.url)
    page.get_by_role("button", name="Dark theme").first.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "ink")
    page.wait_for_timeout(300)
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "ink")
    page.get_by_role("button", name="Light theme").first.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "jade")


def test_the_first_source_in_a_minute(page: Page, site: Site):
    page.goto(f"{site.url}/sources/add/")
    page.get_by_label("Pushed over HTTP").check()
    expect(page.locator("[name=path]")).to_be_hidden()
    page.locator("[name=sample]").fill(
        '{"class_uid": 3002, "time": 1763800000000, "user": {"name": "wang"}, "status_id": 2}'
    )
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_text("1 of 1 lines read")).to_be_visible()
    page.locator("[name=name]").fill("my-shop")
    page.get_by_role("button", name="Watch it").click()
    expect(page.locator("#token")).to_have_text(re.compile("sdt_"))


def test_a_passkey_from_setting_up_to_signing_in(browser: Browser, site: Site):
    """With the browser's virtual authenticator, as a laptop with a fingerprint reader."""
    context = browser.new_context(locale="en")
    page = context.new_page()
    sign_in(page, site.url, "chen.wei")
    page.request.post(
        f"{site.url}/preferences/language/",
        form={"language": "en", "csrfmiddlewaretoken": token(page)},
    )
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    reader = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": reader})
    page.goto(f"{site.url}/accounts/2fa/webauthn/add/")
    page.fill("[name=name]", "laptop")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto(f"{site.url}/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="passkey").click()
    expect(page.get_by_role("heading", name="What needs you now")).to_be_visible()
    page.goto(f"{site.url}/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("There are none yet.")).to_be_visible()
    context.close()


def test_the_apis_page_describes_itself(page: Page, site: Site):
    page.goto(f"{site.url}/api/docs")
    expect(page.get_by_text("/api/otlp/{source}/v1/logs")).to_be_visible()


class Gantt:
    """The chart of the seeded schedule in one window, and what the server has of it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.room = page, f"{url}/programmes/2/schedule/"
        self.codes = [task[3] for task in self.rows()]
        page.goto(self.room)
        expect(self.bar("3.2", "end")).to_be_visible()
        self.says = page.locator("[data-says]")

    def dates(self, code: str) -> tuple[int, int]:
        """First and last day of a task on the server, as days since 1970."""
        task = self.rows()[self.codes.index(code)]
        return task[5], task[6]

    def rows(self) -> list[list[Any]]:
        rows: list[list[Any]] = self.page.request.get(f"{self.room}data/").json()["tasks"]
        return rows

    def bar(self, code: str, part: str) -> Locator:
        return self.page.locator(f"[data-bar='{self.codes.index(code)}'][data-part='{part}']")

    def drag(self, code: str, part: str, pixels: int) -> None:
        self.page.bring_to_front()  # what lies behind draws seldom
        self.page.evaluate(DRAWN)
        box = self.bar(code, part).bounding_box()
        assert box
        mouse, x, y = self.page.mouse, box["x"] + box["width"] / 3, box["y"] + box["height"] / 2
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + pixels / 2, y)
        mouse.move(x + pixels, y)
        mouse.up()
        expect(self.says.get_by_role("button", name="Keep")).to_be_enabled()
        expect(self.says).to_contain_text("Moves")

    def keep(self, says: str = "Kept. Moves") -> None:
        self.says.get_by_role("button", name="Keep").click()
        expect(self.says).to_contain_text(says)


def test_a_bar_is_dragged_stretched_and_put_back(page: Page, site: Site):
    chart = Gantt(page, site.url)
    before = {code: chart.dates(code) for code in ("3.2", "3.3")}
    chart.drag("3.2", "move", 104)  # two weeks of 7.4 pixels a day
    assert chart.dates("3.2") == before["3.2"], "nothing is kept before somebody says so"
    chart.keep()
    moved = {code: chart.dates(code) for code in before}
    assert moved["3.2"][0] >= before["3.2"][0] + 14
    assert moved["3.3"][0] > before["3.3"][0], "what waits for it did not move along"
    assert moved["3.3"][0] > moved["3.2"][1]
    chart.drag("3.2", "end", 52)
    chart.keep()
    longer = {code: chart.dates(code) for code in before}
    assert longer["3.2"][0] == moved["3.2"][0]
    assert longer["3.2"][1] >= moved["3.2"][1] + 5
    assert longer["3.3"][0] > moved["3.3"][0]
    chart.says.get_by_role("button", name="Undo").click()
    expect(chart.says).to_contain_text("Undone")
    assert {code: chart.dates(code) for code in before} == moved
    page.keyboard.press("Control+z")
    expect(chart.says.get_by_role("button", name="Undo")).to_be_hidden()  # nothing is left
    assert {code: chart.dates(code) for code in before} == before


def test_a_bar_is_moved_and_stretched_by_keyboard(page: Page, site: Site):
    chart = Gantt(page, site.url)
    keys, first = page.keyboard, chart.dates("4.2")
    page.locator("[data-gantt]").focus()
    keys.press("End")  # the last row
    expect(page.locator("[data-told]")).to_contain_text("4.2")
    for key, moved in (("ArrowRight", (1, 1)), ("Shift+ArrowRight", (0, 1))):
        then = chart.dates("4.2")
        for _ in range(3):
            keys.press(key)
        expect(chart.says).to_contain_text("Moves 1 task")
        keys.press("Escape")
        expect(chart.says).to_be_hidden()
        assert chart.dates("4.2") == then
        for _ in range(3):
            keys.press(key)
        expect(chart.says).to_contain_text("Moves 1 task")
        expect(chart.says.get_by_role("button", name="Keep")).to_be_enabled()
        keys.press("Enter")
        expect(chart.says).to_contain_text("Kept.")
        now = chart.dates("4.2")
        assert (now[0] >= then[0] + 3, now[1] >= then[1] + 3) == (bool(moved[0]), bool(moved[1]))
    undo = chart.says.get_by_role("button", name="Undo")
    keys.press("Control+z")
    expect(chart.says).to_contain_text("Undone")
    expect(undo).to_be_visible()
    keys.press("Control+z")
    expect(undo).to_be_hidden()
    expect(chart.says).to_contain_text("Undone")
    assert chart.dates("4.2") == first


def test_two_who_drag_the_same_bar_are_told(page: Page, site: Site, context: BrowserContext):
    mine, theirs = Gantt(page, site.url), Gantt(context.new_page(), site.url)
    before = mine.dates("3.2")
    theirs.drag("3.2", "move", 52)
    mine.drag("3.2", "move", 104)
    theirs.keep()
    kept = theirs.dates("3.2")
    mine.keep("Somebody changed “3.2")
    assert mine.dates("3.2") == kept, "the later one overwrote the earlier one"
    expect(mine.says.get_by_role("button", name="Keep")).to_be_hidden()
    mine.drag("3.2", "move", 52)  # the chart has drawn how it stands now: a second try counts
    mine.keep()
    assert mine.dates("3.2")[0] >= kept[0] + 7
    theirs.page.keyboard.press("Control+z")
    expect(theirs.says).to_contain_text("Somebody changed")
    assert mine.dates("3.2")[0] > before[0]
