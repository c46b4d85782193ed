"""What the groups do in a data breach beside marking tasks as done, page by page."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from playwright.sync_api import expect
from tests.e2e.emergency_people import Person
from tests.e2e.emergency_team import Team

CUSTOMERS = [
    ("张三", "zhang.san@mail.example", "13800000001", "zh"),
    ("李四", "li.si@mail.example", "13800000002", "zh"),
    ("Jane Doe", "jane.doe@mail.example", "13800000003", "en"),
]
GAP = re.compile(r"【请(?:补充|核实)[^】]*】|\[TO BE (?:FILLED IN|CHECKED)[^\]]*\]")


def clock(team: Team, duty: str) -> str:
    """How a clock stands: "" where it never came up."""
    found = team.site.rows(
        "SELECT state FROM records_clock WHERE incident_id = ? AND duty = ?", team.incident_id, duty
    )
    return str(found[0][0]) if found else ""


def assess(team: Team, technical: Person) -> str:
    """Who is affected, from a file; then the facts, which bring the clock of a million."""
    folder = team.site.home.parent
    listed = folder / "受影响顾客.csv"
    lines = ["姓名,邮箱,手机,语言", *(",".join(one) for one in CUSTOMERS)]
    listed.write_text("\n".join(lines) + "\n", "utf-8")
    technical.goes("scope/")
    technical.sends(
        technical.form("/scope/file/"),
        {"file": str(listed), "title": "导出接口日志中的顾客", "certainty": "confirmed"},
    )
    technical.sends(technical.page.locator("form.card").first)
    wait(lambda: team.site.number("SELECT count(*) FROM records_affectedsubject") == len(CUSTOMERS))
    assert clock(team, "cac-operator") in {"", "may_apply"}
    stated = {"personal_data=yes": True, "data_kinds=contact": True}
    say(technical, {**stated, "critical_infrastructure=no": True, "people": "999999"})
    assert clock(team, "cac-operator") != "running"
    say(technical, {"people": "1000000", "note": "日志复核：又多出一人"})
    assert clock(team, "cac-operator") == "running"
    team["legal"].goes("clocks/")
    expect(team["legal"].page.locator("#clock-cac-operator [data-countdown]")).to_be_visible()
    return "一百万人，姓名与电话；名单已导入。"


def say(person: Person, facts: dict[str, str | bool]) -> None:
    """State facts; what is not named stays as it was."""
    person.goes("facts/")
    person.sends(person.page.locator("form.card").first, facts)


def seal(team: Team, technical: Person) -> str:
    """The hole is closed, and what shows it is kept."""
    kept = team.site.home.parent / "export.log"
    kept.write_text("2026-11-20T03:12:09Z GET /export?page=1 token=carrier-7 200\n" * 40)
    technical.goes("evidence/")
    technical.fills(technical.form("/evidence/add/"), {"note": "网关日志，三天前凌晨"})
    technical.page.locator("#files").set_input_files(kept)
    with technical.page.expect_navigation():
        technical.form("/evidence/add/").locator("button").first.click()
    expect(technical.page.get_by_text("export.log").first).to_be_visible()
    technical.goes("supplies/")
    technical.sends(
        technical.form("/supplies/ask/"),
        {"what": "应急专用笔记本电脑", "quantity": "2", "why": "取证", "urgent": True},
    )
    return "导出接口已下线，物流商令牌已作废。"


def war_room(team: Team, logistics: Person) -> str:
    """The inventory is there, and what was asked for is given out."""
    logistics.goes("/supplies/add/")
    logistics.sends(
        logistics.page.locator("main form").first,
        {"name": "Clean laptop", "kind": "equipment", "quantity": "3", "place": "机房 2 号柜"},
    )
    wait(lambda: team.site.number("SELECT count(*) FROM records_supplyrequest") > 0, team, 30)
    logistics.goes("supplies/")
    supply = team.site.number("SELECT id FROM records_supply ORDER BY id DESC LIMIT 1")
    logistics.sends(
        logistics.page.locator("form[action$='/supplies/give/']:has([name=request])").first,
        {"supply": str(supply), "quantity": "2", "receiver": "chen.wei"},
    )
    return "作战室 3 楼，加密群已建，轮班表已发。"


def give_back(team: Team, logistics: Person) -> str:
    """Everything comes back."""
    logistics.goes("supplies/")
    for _ in range(5):
        out = logistics.page.locator("form[action*='/supplies/out/']")
        if not out.count():
            break
        logistics.sends(out.first)
    return "设备已收回，费用已汇总。"


def draft(team: Team, service: Person) -> str:
    """The letter of this type with its gaps filled, in both languages."""
    service.goes("notices/new/")
    form = service.page.locator("main form.card").first
    texts = {}
    for name in ("body_zh", "body_en", "subject_zh", "subject_en"):
        value = form.locator(f"[name='{name}']").input_value()
        texts[name] = GAP.sub("已查明：令牌外泄 / found: a leaked token", value)
    service.sends(form, texts)
    service.goes("notices/")
    service.sends(
        service.form("/support/"),
        {"kind": "hotline", "text": "专线 24 小时", "contact": "400-000-0000"},
    )
    return "通知已起草，给同事念过。"


def legal_approval(team: Team, legal: Person) -> str:
    """Counsel reads the letter and approves it."""
    legal.goes("notices/1/")
    legal.sends(legal.form("/do/legal/"))
    return "内容齐全，与监管报告一致。"


def leader_approval(team: Team, leader: Person) -> str:
    """Leadership approves that it is sent."""
    leader.goes("notices/1/")
    leader.sends(leader.form("/do/approve/"))
    return "批准发送。"


def send(team: Team, service: Person) -> str:
    """The letters leave, and everybody on the list gets one."""
    service.goes("notices/1/")
    service.sends(service.form("/do/start/"))
    wait(
        lambda: team.site.rows("SELECT state FROM records_notice")[0][0] == "sent",
        team,
    )
    service.goes("notices/1/")
    expect(service.page.get_by_text(f"{len(CUSTOMERS)} / {len(CUSTOMERS)}").first).to_be_visible()
    return "三封全部送达。"


def report_form(team: Team, legal: Person) -> str:
    """The report to the authority, prefilled; what is not known is marked."""
    legal.goes("clocks/")
    legal.page.locator("#clock-cac-operator a[href*='/report/']").first.click()
    legal.page.wait_for_load_state()
    legal.sends(legal.page.locator("main form[method=post]").first)
    return "监管报告已填报，两项正在核查。"


def submit(team: Team, legal: Person) -> str:
    """Handed in, with its receipt as proof; every clock that it answers stops."""
    number = team.site.number(
        "SELECT number FROM records_submission WHERE incident_id = ?", team.incident_id
    )
    receipt = team.site.home.parent / "回执.txt"
    receipt.write_text("省网信办 回执 2026-113\n", "utf-8")
    legal.goes(f"reports/{number}/")
    form = legal.form("/hand-in/")
    for tick in form.locator("[name=clocks]").all():
        tick.check()
    legal.fills(form, {"proofs": str(receipt)})
    legal.sends(form, {"recipient": "省网信办", "channel": "12387 热线", "receipt": "2026-113"})
    assert clock(team, "cac-operator") == "met"
    legal.goes("legal/claims/add/")
    legal.sends(
        legal.page.locator("main form.card").first,
        {
            "claimant": "消费者协会代表 12 人",
            "basis": "个人信息保护法第六十九条",
            "amount": "36000.00",
            "received_on": "2026-11-23",
        },
    )
    return "已报送，回执在案。"


def hotline(team: Team, service: Person) -> str:
    """A customer calls, and is answered."""
    service.goes("complaints/log/")
    service.sends(
        service.page.locator("main form").first,
        {"customer": "zhang.san@mail.example", "kind": "complaint", "channel": "phone",
         "text": "收到诈骗电话"},
    )  # fmt: skip
    service.goes("complaints/1/")
    service.sends(
        service.page.locator("main form:has([name=answer])").first,
        {"answer": "已说明情况并协助改密。", "close": True},
    )
    return "专线已开通，投诉当日答复。"


BREACH = {
    "Seal the hole": seal,
    "Open the war room and the shifts": war_room,
    "Assess the scope: whose, which, how many": assess,
    "Draft the notice": draft,
    "Legal approval of the notice": legal_approval,
    "Leadership approves sending": leader_approval,
    "Send in batches and work off bounces": send,
    "Complete the report": report_form,
    "Submit and keep the receipt": submit,
    "Hotline and support": hotline,
    "Return supplies and settle costs": give_back,
}
"""Title of a task of the playbook → what is done for it."""


def wait(done: Callable[[], bool], team: Team | None = None, seconds: float = 60.0) -> None:
    """Until it is so; the jobs do it by their clock."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            said = team.site.said() if team else ""
            raise AssertionError(f"it did not happen within {seconds:g} s\n{said[-3000:]}")
        time.sleep(0.1)
