"""The risk register: pages, what they need, what is in it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from tests.console.who import ADMIN, AUDITOR, LEADERSHIP, LEGAL, TECHNICAL

from shangdun.actions.risks.accept import Bearing, do_accept_risk
from shangdun.actions.risks.assess import Assessed, do_assess_risk
from shangdun.actions.risks.learn import do_learn_risk_frequencies
from shangdun.actions.risks.rounds import (
    Round,
    do_begin_risk_assessment,
    do_close_risk_assessment,
    do_confirm_risks,
)
from shangdun.actions.risks.treat import NewMeasure, do_add_risk_measure, do_move_risk_measure
from shangdun.actions.starters import Asked
from shangdun.actions.starters.risks import start
from shangdun.kernel.clock import FixedClock
from shangdun.records.actor import JOBS
from shangdun.records.models import Programme, Risk, RiskMeasure, Threat, User

ORDER = 80
SEES = {LEADERSHIP, TECHNICAL, LEGAL, ADMIN, AUDITOR}
MANAGES = {LEADERSHIP, TECHNICAL}
EXPECTED = {
    "risks": ("get", SEES),
    "risks_curve": ("get", SEES),
    "risk_add": ("get", MANAGES),
    "risk_measures": ("get", SEES),
    "risk_acceptances": ("get", SEES),
    "risk_matrix": ("get", SEES),
    "risk_threats": ("get", SEES),
    "risk_threat": ("post", MANAGES),
    "risk_threat_archive": ("post", MANAGES),
    "risk_assessments": ("get", SEES),
    "risk_assessment_begin": ("post", MANAGES),
    "risk_assessment": ("get", SEES),
    "risk_assessment_change": ("post", MANAGES),
    "risk_assessment_confirm": ("post", MANAGES),
    "risk_assessment_close": ("post", MANAGES),
    "risk_assessment_document": ("post", MANAGES),
    "risk_assessment_paper": ("get", SEES - {LEGAL}),  # it lists assets, which legal does not see
    "risk": ("get", SEES),
    "risk_curve": ("get", SEES),
    "risk_change": ("post", MANAGES),
    "risk_assess": ("post", MANAGES),
    "risk_review": ("post", MANAGES),
    "risk_archive": ("post", MANAGES),
    "risk_evidence": ("post", MANAGES),
    "risk_accept": ("post", {LEADERSHIP}),
    "risk_unaccept": ("post", {LEADERSHIP}),
    "risk_measure_add": ("get", MANAGES),
    "risk_measure": ("get", MANAGES),
    "risk_measure_move": ("post", MANAGES),
    "risk_measure_archive": ("post", MANAGES),
}


def _number(key: str) -> int:
    return Risk.objects.get(key=key).number


def arguments() -> dict[str, dict[str, Any]]:
    one = {"number": _number("web-exploit")}
    whole = {"risks", "risks_curve", "risk_add", "risk_measures", "risk_acceptances",
             "risk_matrix", "risk_threats", "risk_assessments",
             "risk_assessment_begin"}  # fmt: skip
    filled: dict[str, dict[str, Any]] = {name: one for name in EXPECTED if name not in whole}
    for name in EXPECTED:
        if name.startswith("risk_assessment_") or name == "risk_assessment":
            filled[name] = {"number": 1}
    filled.pop("risk_assessment_begin")
    filled["risk_assessment_paper"] = {"number": 1, "form": "docx"}
    threat = {"threat_id": Threat.objects.latest("pk").pk}
    filled["risk_threat"] = filled["risk_threat_archive"] = threat
    measure = {"measure_id": RiskMeasure.objects.get(title="WAF").pk}
    for name in ("risk_measure", "risk_measure_move", "risk_measure_archive"):
        filled[name] = measure
    return filled


def paths() -> dict[str, str]:
    return {
        "risks": "/risks/",
        "risk": f"/risks/{_number('web-exploit')}/",
        "risk factor": f"/risks/{_number('network-attack')}/",
        "risk measures": "/risks/measures/",
        "risk matrix": "/risks/matrix/",
        "risk threats": "/risks/threats/",
        "risk assessments": "/risks/assessments/",
        "risk assessment": "/risks/assessments/1/",
        "risk assessment open": "/risks/assessments/2/",
        "risk acceptances": "/risks/acceptances/",
    }


SCREENS = {
    "risks": "/risks/",
    "risk": "/risks/2/",
    "risk-factor": "/risks/1/",
    "risk-add": "/risks/add/",
    "risk-measures": "/risks/measures/",
    "risk-measure": "/risks/measures/12/",
    "risk-matrix": "/risks/matrix/",
    "risk-threats": "/risks/threats/",
    "risk-assessments": "/risks/assessments/",
    "risk-assessment": "/risks/assessments/1/",
    "risk-assessment-open": "/risks/assessments/2/",
    "risk-acceptances": "/risks/acceptances/",
}
ESTIMATED = (
    # key, times a year, loss of one event
    ("web-exploit", "0.1", "1.5", 50_000, 2_000_000),
    ("account-takeover", "2", "20", 2_000, 60_000),
    ("denial-of-service", "0.5", "4", 20_000, 400_000),
    ("bulk-extraction", "0.05", "0.5", 300_000, 8_000_000),
    ("slip", "1", "6", 5_000, 150_000),
)


def seed(users: dict[str, User], home: Path, now: datetime) -> None:
    """The starting register; five risks in numbers, one borne, one round finished, one begun."""
    del home
    boss, technician = users["leadership"], users["technical_support"]
    before = FixedClock(now - timedelta(days=200))
    programme = Programme.objects.first() or Programme.objects.create(
        number=1, title="安全体系建设计划", language="zh-hans", starts_on=now.date(), created_at=now
    )
    people = {"lead": technician.pk}
    with transaction.atomic():
        start(Asked(boss, programme, before.now(), before.now().date(),
                    frozenset({"web", "payments"}), people=people))  # fmt: skip
    for key, least, most, low, high in ESTIMATED:
        risk = Risk.objects.get(key=key)
        do_assess_risk(
            technician,
            Assessed(
                threat_level=risk.threat_level or 3, ease=risk.ease or 3, harm=risk.harm or 3,
                asset_value=risk.asset_value, frequency_low=Decimal(least),
                frequency_high=Decimal(most), loss_low=Decimal(low), loss_high=Decimal(high),
                success_share=Decimal("0.0001") if key == "web-exploit" else None,
                basis="近三年工单与订单系统统计",
            ),
            number=risk.number, clock=before,
        )  # fmt: skip
    waf = do_add_risk_measure(
        technician,
        NewMeasure(
            title="WAF", description="在入口前部署应用防火墙", owner=technician.pk,
            due=(now + timedelta(days=30)).date(), likelihood_steps=1, frequency_cut=60,
            cost_once=Decimal(90_000), cost_yearly=Decimal(30_000),
        ),
        number=_number("web-exploit"), clock=before,
    )  # fmt: skip
    do_move_risk_measure(technician, measure_id=waf.pk, state="doing", clock=before)
    backups = RiskMeasure.objects.get(key="backups")
    RiskMeasure.objects.filter(pk=backups.pk).update(control="")
    do_move_risk_measure(
        technician, measure_id=backups.pk, state="effective", reason="恢复演练记录 2026-03",
        clock=before,
    )  # fmt: skip
    wanted = Round(title="风险评估报告（第一次）", scope="网上商城、APP 接口及支撑系统",
                   basis="GB/T 20984-2022 信息安全技术 信息安全风险评估方法",
                   team="安全组、运维组、法务")  # fmt: skip
    first = do_begin_risk_assessment(technician, wanted, clock=before)
    everything = list(Risk.objects.filter(factor=False).values_list("number", flat=True))
    do_confirm_risks(technician, numbers=everything, clock=before)
    do_close_risk_assessment(
        technician, number=first.number, conclusion="高风险项集中在数据与入口，按计划处置。",
        clock=before,
    )  # fmt: skip
    clock = FixedClock(now)
    bearing = Bearing(until=(now + timedelta(days=90)).date(), reason="替换成本高于预期损失")
    do_accept_risk(boss, bearing, number=_number("weak-cryptography"), clock=clock)
    do_begin_risk_assessment(
        technician, Round(title="风险评估报告（第二次）", scope="网上商城"), clock=clock
    )
    do_confirm_risks(technician, numbers=everything[:6], clock=clock)
    do_learn_risk_frequencies(JOBS, clock=clock)
