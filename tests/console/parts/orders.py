"""Order, facts and grade of an incident."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.console.who import GROUPS, LEADERSHIP, LOGISTICS, STAFF

from shangdun.actions.orders.grading import do_override_grade
from shangdun.actions.orders.ordering import NewOrder, do_acknowledge_order, do_order
from shangdun.actions.report_incident import do_report_incident
from shangdun.actions.state_facts import do_state_facts
from shangdun.records.models import Incident, OrderInstruction, Ruling, User
from shangdun.respond.classify import Type
from shangdun.respond.facts import DataKind, Facts
from shangdun.respond.instructions import instructions
from shangdun.respond.report import Report

ORDER = 40
ASKED = "客服导出的订单表出现在网盘公开链接里"
ORDERED = "支付网关超时，下单成功率降到四成"
HOSTILE = "<script>alert(1)</script>{{7*7}}"

EXPECTED = {
    "incident_order": ("get", STAFF),
    "incident_order_give": ("post", {LEADERSHIP}),
    "incident_order_seen": ("post", {LEADERSHIP}),
    "incident_order_acknowledge": ("post", {LOGISTICS}),
    "incident_grade": ("post", {LEADERSHIP}),
    "incident_facts": ("get", GROUPS),
}


def numbered(title: str) -> dict[str, int]:
    return {"number": Incident.objects.get(title=title).number}


def arguments() -> dict[str, dict[str, Any]]:
    asked, ordered = numbered(ASKED), numbered(ORDERED)
    told = OrderInstruction.objects.filter(acknowledged_at=None).latest("pk")
    filled = dict.fromkeys(EXPECTED, asked)
    return {**filled, "incident_order_acknowledge": {**ordered, "instruction_id": told.pk}}


def paths() -> dict[str, str]:
    asked, ordered = numbered(ASKED)["number"], numbered(ORDERED)["number"]
    return {
        "order to decide": f"/incidents/{asked}/order/",
        "order given": f"/incidents/{ordered}/order/",
        "facts": f"/incidents/{asked}/facts/",
    }


def SCREENS() -> dict[str, str]:  # noqa: N802 - a table, though of records
    return {name.replace(" ", "-"): path for name, path in paths().items()}


def seed(users: dict[str, User], home: Path, now: datetime) -> None:
    """One incident that waits for leadership, one in which the plan was started."""
    del home
    lead, technical = users["leadership"], users["technical_support"]
    asked = do_report_incident(
        users["employee"],
        Report(
            title=ASKED,
            type="data_breach",
            severity=4,
            occurred_at=now - timedelta(hours=3),
            affected="约四个月的订单，含收货人姓名、电话、地址",
            description="合作方来电提醒，链接已确认可匿名下载。",
        ),
    )
    facts = Facts(
        known_at=now - timedelta(minutes=40),
        personal_data=True,
        people=1_000_000,
        data_kinds=(DataKind.CONTACT, DataKind.ORDER),
        critical_infrastructure=False,
    )
    do_state_facts(
        technical, incident_id=asked.pk, facts=facts, note=f"按导出文件行数去重统计。{HOSTILE}"
    )
    ordered = do_report_incident(
        technical,
        Report(title=ORDERED, type="system_failure", severity=4, affected="全部支付方式"),
    )
    lost = Facts(
        known_at=now - timedelta(minutes=50),
        personal_data=False,
        loss=Decimal(800_000),
        people_served=36_000,
        outage_minutes=55,
    )
    do_state_facts(technical, incident_id=ordered.pk, facts=lost)
    do_override_grade(
        lead, incident_id=ordered.pk, grade=2, reason="正值大促，按较大事件组织处置。"
    )
    told = {group: one.zh for group, one in instructions(Type.SYSTEM_FAILURE).items()}
    order = do_order(
        lead,
        NewOrder(ruling=Ruling.START, reason="先切备用通道。", instructions=told),
        incident_id=ordered.pk,
    )
    first = order.instructions.get(group="technical_support")
    do_acknowledge_order(technical, instruction_id=first.pk)
