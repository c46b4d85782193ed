"""Reporting clocks, reports to regulators, the legal side, figures."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.console.who import ALL, EMPLOYEE, LEADERSHIP, STAFF
from tests.console.who import LEGAL as LAW

from shangdun.actions.clocks.report import Draft, Handed, do_save_report, do_submit_report
from shangdun.actions.evidence.collect import keep_content
from shangdun.actions.legal.assess import Assessment, do_assess_legally
from shangdun.actions.legal.claims import (
    ClaimWanted,
    LiabilityWanted,
    do_set_claim,
    do_set_liability,
)
from shangdun.actions.report_incident import do_report_incident
from shangdun.actions.state_facts import do_state_facts
from shangdun.kernel.clock import FixedClock
from shangdun.records.models import Clock, Company, Incident, Submission, User
from shangdun.respond.facts import DataKind, Facts
from shangdun.respond.report import Report

ORDER = 95
TITLE = "会员资料被批量导出，订单与支付卡信息外泄"
REPORTS = {LAW, LEADERSHIP}
SEES_LEGAL = STAFF - {"technical_support", "customer_service", "logistics"}

EXPECTED = {
    "clocks": ("get", STAFF),
    "incident_clocks": ("get", STAFF),
    "incident_clocks_live": ("get", STAFF),
    "incident_clock_judge": ("post", REPORTS),
    "incident_report_new": ("get", REPORTS),
    "incident_report": ("get", STAFF),
    "incident_report_hand_in": ("post", REPORTS),
    "incident_report_paper": ("get", STAFF),
    "incident_legal": ("get", SEES_LEGAL),
    "incident_legal_assess": ("get", {LAW}),
    "incident_legal_liability_add": ("get", {LAW}),
    "incident_legal_liability": ("get", {LAW}),
    "incident_legal_claim_add": ("get", {LAW}),
    "incident_legal_claim": ("get", {LAW}),
    "figures": ("get", STAFF),
    "figures_chart": ("get", STAFF),
    "figures_export": ("get", STAFF),
}
assert EMPLOYEE in ALL - STAFF


def incident() -> Incident:
    return Incident.objects.get(title=TITLE)


def arguments() -> dict[str, dict[str, Any]]:
    number = {"number": incident().number}
    clock = Clock.objects.get(incident=incident(), duty="cac-operator")
    draft = Submission.objects.get(incident=incident(), state="draft")
    one = {**number, "report_number": draft.number}
    return {
        **{name: number for name in EXPECTED if name.startswith("incident_")},
        "incident_clock_judge": {**number, "clock_id": clock.pk},
        "incident_report_new": {
            **number,
            "clock_id": Clock.objects.get(incident=incident(), duty="gdpr-authority").pk,
        },
        "incident_report": one,
        "incident_report_hand_in": one,
        "incident_report_paper": {**one, "form": "pdf"},
        "incident_legal_liability": {
            **number,
            "liability_id": incident().liabilities.latest("pk").pk,
        },
        "incident_legal_claim": {**number, "claim_number": 1},
        "figures_chart": {"kind": "spans"},
    }


def paths() -> dict[str, str]:
    here = f"/incidents/{incident().number}"
    return {
        "all clocks": "/clocks/",
        "clocks of an incident": f"{here}/clocks/",
        "a report, handed in": f"{here}/reports/1/",
        "a report, a draft": f"{here}/reports/2/",
        "the legal side": f"{here}/legal/",
        "a claim": f"{here}/legal/claims/1/",
        "response figures": "/figures/",
    }


def SCREENS() -> dict[str, str]:  # noqa: N802 - a table as a function, as its readers name it
    with ThreadPoolExecutor(
        1
    ) as pool:  # whoever takes pictures runs a loop, where Django won't read
        here = f"/incidents/{pool.submit(incident).result().number}"
    return {
        "all-clocks": "/clocks/",
        "figures": "/figures/?quarters=8",
        "incident-clocks": f"{here}/clocks/",
        "incident-report-draft": f"{here}/reports/2/",
        "incident-report-done": f"{here}/reports/1/",
        "incident-legal": f"{here}/legal/",
    }


def seed(users: dict[str, User], home: Path, now: datetime) -> None:
    del home
    if not Company.objects.exists():
        Company.objects.create(
            name_zh="拾光百货电子商务有限公司", name_en="Shiguang Stores E-Commerce Co., Ltd.",
            address="浙江省杭州市西湖区文三路 100 号", contact_name="孙丽", province="浙江省",
            contact_phone="0571-5555 0100", contact_email="security@shop.example",
            website="https://shop.example", serves_eu=True, takes_cards=True, is_platform=True,
        )  # fmt: skip
    Company.objects.update(serves_eu=True, takes_cards=True)
    legal = users["legal"]
    clock = FixedClock(now - timedelta(hours=3, minutes=20))
    report = Report(
        title=TITLE, type="data_breach", severity=5, affected="会员中心、订单库只读副本"
    )
    found = do_report_incident(users["customer_service"], report, clock=clock)
    known = found.reported_at
    do_state_facts(
        legal, incident_id=found.pk, clock=clock,
        facts=Facts(known_at=known, personal_data=True, data_kinds=(DataKind.CONTACT,)),
    )  # fmt: skip
    clock.move(timedelta(minutes=50))
    facts = Facts(
        known_at=known, personal_data=True, people=1_040_000, eu_people=312, high_risk=True,
        data_kinds=(DataKind.CONTACT, DataKind.ORDER, DataKind.CARD), outage_minutes=0,
        loss=Decimal(1200000), crime_suspected=True,
    )  # fmt: skip
    do_state_facts(legal, incident_id=found.pk, facts=facts, clock=clock, note="技术组完成比对")
    _reports(legal, found, clock)
    _legal_side(legal, found)
    _history(now)


def _reports(legal: User, found: Incident, clock: FixedClock) -> None:
    said = {
        "entity": "拾光百货电子商务有限公司", "kinds": "姓名、手机号、收货地址；约 104 万人",
        "cause": "待核实", "harm": "诈骗电话、账号被盗用", "remedies": "已关闭导出接口，重置会话",
        "advice": "修改密码，警惕来电", "contact": "孙丽 0571-5555 0100",
    }  # fmt: skip
    draft = Draft("pipl-authority", "zh", "first", said)
    row = do_save_report(legal, incident_id=found.pk, draft=draft, clock=clock)
    proof = keep_content("回执 2026-0031.png", b"\x89PNG\r\n\x1a\n receipt")
    asked = Clock.objects.get(incident=found, duty="pipl-authority")
    handed = Handed(
        "浙江省互联网信息办公室", "网站", clock.now(), "ZJ-2026-0031", [asked.pk], [proof]
    )  # fmt: skip
    do_submit_report(
        legal, incident_id=found.pk, number=row.number, handed=handed, version=1, clock=clock
    )
    first = {
        "entity": "拾光百货电子商务有限公司\n系统：会员中心、订单库只读副本",
        "event": "发现时间：今日凌晨\n影响：约 104 万人\n已关闭导出接口",
        "cause": "待核实",
    }
    draft = Draft("cac-report", "zh", "first", first)
    do_save_report(legal, incident_id=found.pk, draft=draft, clock=clock)


def _legal_side(legal: User, found: Incident) -> None:
    assessment = Assessment(
        facts_of_law="构成《个人信息保护法》第五十七条所称个人信息泄露；达到较大网络安全事件标准。",
        duties="向省级网信部门报告（四小时）；通知受影响个人；向欧盟监管机构通报（72 小时）。",
        exposure="行政处罚（PIPL 第六十六条）；支付卡行业罚款；用户索赔。",
        advice="立即报告，先报第一、二项；同步准备用户通知。",
        counsel="浙江某某律师事务所",
        counsel_contact="周律师 0571-5555 0199",
    )
    do_assess_legally(legal, incident_id=found.pk, assessment=assessment)
    do_set_liability(
        legal, incident_id=found.pk,
        wanted=LiabilityWanted(
            kind="administrative", basis="个人信息保护法 第六十六条", likelihood="probable",
            amount=Decimal(1000000),
        ),
    )  # fmt: skip
    received = date(2026, 3, 5)
    for wanted in (
        ClaimWanted(
            claimant="李女士", basis="个人信息保护法 第六十九条", received_on=received,
            amount=Decimal(5000), text="要求赔偿并书面道歉", answer_by=received,
        ),
        ClaimWanted(
            claimant='=HYPERLINK("http://evil.example")', basis="民法典", received_on=received,
            amount=Decimal(800), state="settled", settled_amount=Decimal(300),
        ),
        ClaimWanted(
            claimant="Van Dijk B.V.", basis="GDPR Art. 82", received_on=received,
            amount=Decimal("1200.50"), currency="EUR", counsel="周律师",
        ),
    ):  # fmt: skip
        do_set_claim(legal, incident_id=found.pk, wanted=wanted)


def _history(now: datetime) -> None:
    """Two years of incidents that are over, so that figures have something to tell."""
    top = max(Incident.objects.values_list("number", flat=True))
    kinds = ("data_breach", "network_attack", "system_failure", "insider_threat")
    rows = []
    for place in range(24):
        began = now - timedelta(days=30 * place + 20, hours=place)
        reported = began + timedelta(minutes=12 + place * 3)
        after = 1 + place / 10  # what is longer ago took longer
        rows.append(
            Incident(
                number=top + 1 + place,
                title=f"往期事件 {place + 1}",
                type=kinds[place % 4],
                severity=4,
                state="closed",
                verdict="true_positive",
                verdict_note="已处置",
                grade=place % 4,
                occurred_at=began,
                last_activity=reported,
                reported_at=reported,
                acknowledged_at=reported + timedelta(minutes=4 * after),
                activated_at=reported + timedelta(minutes=15 * after) if place % 5 else None,
                contained_at=reported + timedelta(hours=3 * after),
                recovered_at=reported + timedelta(hours=6 * after) if place % 3 else None,
                closed_at=reported + timedelta(days=2),
            )
        )
    made = Incident.objects.bulk_create(rows)
    law = Clock.objects.filter(duty="cac-operator").values_list("frozen", flat=True)[0]
    Clock.objects.bulk_create(
        Clock(
            incident=one, duty="cac-operator", duty_version="2025-11-01", frozen=law,
            state="missed" if place % 6 == 0 else "met", started_at=one.reported_at,
            due_at=one.reported_at + timedelta(hours=4),
            met_at=one.reported_at + timedelta(hours=5 if place % 6 == 0 else 2),
            ended_at=one.reported_at + timedelta(hours=5),
        )
        for place, one in enumerate(made)
        if one.grade >= 2
    )  # fmt: skip
