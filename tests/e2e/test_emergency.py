"""The plan from report to signed report, by five people at once; and drills that touch nothing."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.console.screens import CHROMIUM
from tests.e2e.emergency_end import PARTS, close, contain, everybody_proves, hand_in, papers
from tests.e2e.emergency_people import Person
from tests.e2e.emergency_short import conclude, order, respond
from tests.e2e.emergency_site import Emergency
from tests.e2e.emergency_steps import BREACH, CUSTOMERS, say, wait
from tests.e2e.emergency_team import Team
from tests.runtime.letters.mail_server import MailServer

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(600)]
TITLES = {
    "data_breach": "顾客资料在境外论坛被公开出售",
    "network_attack": "官网被大量请求打满，页面打不开",
    "system_failure": "下单接口全部超时，支付回调堆积",
    "insider_threat": "客服账号夜间批量导出订单",
}
LETTERS = {
    "smtp_host": "127.0.0.1", "smtp_security": "none", "sender": "service@shop.example",
    "sender_name": "商盾商城", "allowed_networks": "127.0.0.0/8", "per_minute": "6000",
}  # fmt: skip
REAL = {
    "letters": "SELECT count(*) FROM records_letter l JOIN records_notice n ON n.id = l.notice_id"
    " WHERE n.incident_id = ?",
    "reports": "SELECT count(*) FROM records_submission WHERE incident_id = ?"
    " AND state = 'submitted' AND NOT rehearsal",
    "decisions": "SELECT count(*) FROM records_decision WHERE incident_id = ?",
}
"""What a drill's incident must never have."""


@pytest.fixture(scope="module")
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        server.keep = True
        yield server


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emergency]:
    with Emergency(tmp_path_factory.mktemp("emergency") / "home") as running, running.jobs():
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def team(browser: Browser, site: Emergency, mail: MailServer) -> Iterator[Team]:
    """Five people in five windows; an administrator has said how letters leave."""
    administrator = Person(browser, site, "administrator")
    administrator.goes("/settings/letters/")
    form = administrator.page.locator("main form.card").first
    administrator.sends(form, {**LETTERS, "smtp_port": str(mail.port)})
    administrator.close()
    five = Team(browser, site)
    yield five
    five.close()


def reported_by_the_link(browser: Browser, site: Emergency, kind: str) -> int:
    """An employee without an account, by the link; gives the incident's number."""
    administrator = Person(browser, site, "administrator")
    administrator.goes("/settings/channels/reports/")
    address = administrator.page.locator("#report-address").inner_text()
    administrator.close()
    window = browser.new_context(locale="zh-CN")
    page = window.new_page()
    page.goto(f"{site.url}/r/{address.partition('/r/')[2]}")
    page.fill("[name=title]", TITLES[kind])
    page.locator(f"[name=type][value={kind}]").check()
    page.fill("[name=affected]", "订单系统、顾客资料")
    page.select_option("[name=severity]", "5")
    page.fill("[name=contact]", "钱芳，分机 8021")
    page.locator("form button").last.click()
    page.get_by_text("R-").first.wait_for()
    window.close()
    return _number_of(site, kind)


def _number_of(site: Emergency, kind: str) -> int:
    newest = "SELECT coalesce(max(number), 0) FROM records_incident WHERE title = ?"
    wait(lambda: site.number(newest, TITLES[kind]) > 0)
    return site.number(newest, TITLES[kind])


def text_of(pdf: Path) -> str:
    said = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, check=True)
    return said.stdout.decode()


def words_of(path: Path) -> str:
    paper = docx.Document(str(path))
    cells = (cell.text for table in paper.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(one.text for one in paper.paragraphs), *cells])


def test_a_data_breach_from_report_to_signed_report_by_five_people(
    browser: Browser, site: Emergency, team: Team, mail: MailServer, tmp_path: Path
):
    team.enters(reported_by_the_link(browser, site, "data_breach"))
    order(team)
    say(team["technical_support"], {"note": "来信属实，范围未知"})  # everything else is unknown
    team.works_off({**BREACH, **PARTS}, until="Watch and confirm that systems are normal")
    contain(team)
    close(team, team["technical_support"], refused=True)
    team.works_off({**BREACH, **PARTS})
    everybody_proves(team)
    close(team, team["leadership"])
    hand_in(team)

    sent = {address: mail.taken[address] for _name, address, _phone, _language in CUSTOMERS}
    assert sent == dict.fromkeys(sent, 1)
    subjects = {address: str(mail.message(address)["Subject"]) for address in sent}
    assert all(subjects.values())
    pdf, word = papers(team, tmp_path)
    for text in (text_of(pdf), words_of(word)):
        assert TITLES["data_breach"] in text
        assert "导出接口" in text
        assert "36,000.00" in text
        assert "zhao.min" in text
    assert "holds" in site.shangdun("ledger", "verify")


@pytest.mark.parametrize("kind", TITLES)
def test_an_emergency_and_a_drill_of_its_kind_at_once(
    site: Emergency, team: Team, tmp_path: Path, kind: str
):
    leader = team["leadership"]
    number, began = begin_drill(team, kind), time.monotonic()
    rehearsed = team.number
    order(team)
    title = f"{TITLES[kind]}（{kind}）"
    real = reported(team, kind, title)
    team.enters(real)
    order(team)
    respond(team)
    conclude(team)
    pdf, word = papers(team, tmp_path)
    for text in (text_of(pdf), words_of(word)):
        assert title.partition("（")[0] in text
        assert "zhao.min" in text

    team.enters(rehearsed)
    team.works_off({})
    told = "SELECT count(*) FROM records_drillinject i JOIN records_drill d ON d.id = i.drill_id"
    told += " WHERE d.number = ? AND i.told_at IS NOT NULL"
    wait(lambda: site.number(told, number) > 0, team, 30 - min(15, time.monotonic() - began))
    team["technical_support"].posts(f"/drills/{number}/do/end/", {})
    leader.posts(f"/drills/{number}/sign/", {"text": "流程可用，通知用时偏长。"})
    found = site.rows("SELECT state, signed_sha256 FROM records_drill WHERE number = ?", number)
    assert found[0][0] == "signed"
    assert len(found[0][1]) == 64
    assert {what: site.number(sql, team.incident_id) for what, sql in REAL.items()} == {
        "letters": 0, "reports": 0, "decisions": 0,
    }  # fmt: skip
    figures = leader.page.request.get(f"{site.url}/figures/incidents.csv").text()
    numbers = [line.split(",")[0].strip('"#') for line in figures.splitlines()[1:]]
    assert str(real) in numbers
    assert str(rehearsed) not in numbers


def begin_drill(team: Team, kind: str) -> int:
    """Planned and begun by technical support, sixty times as fast; the team is in its incident."""
    observer, site = team["technical_support"], team.site
    observer.goes("/drills/plan/")
    form = observer.page.locator("main form[method=post]").first
    soon = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    planned = {"title": f"演练 {kind}", "scenario": kind, "planned_at": soon, "factor": "60"}
    observer.sends(form, planned)
    number = site.number("SELECT max(number) FROM records_drill")
    observer.goes(f"/drills/{number}/")
    observer.sends(observer.form("/do/begin/"))
    incident = "SELECT i.number FROM records_incident i JOIN records_drill d ON d.id = i.drill_id"
    team.enters(site.number(f"{incident} WHERE d.number = ?", number))
    return number


def reported(team: Team, kind: str, title: str) -> int:
    """A real report by one of the team, while the drill is on."""
    given = {"title": title, "type": kind, "severity": "4", "affected": "订单系统"}
    team["customer_service"].posts("/report/", given)
    return team.site.number("SELECT number FROM records_incident WHERE title = ?", title)


def test_the_ledger_holds_after_all_of_it(site: Emergency, team: Team):
    assert "holds" in site.shangdun("ledger", "verify")
