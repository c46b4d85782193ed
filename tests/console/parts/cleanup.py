"""Cleanup, report and improvements."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.console.who import ADMIN, GROUPS, HANDLES, LEADERSHIP, STAFF

from shangdun.actions.cleanup.begin import do_begin_cleanup
from shangdun.actions.cleanup.items import do_compare_data, do_confirm_item
from shangdun.actions.move_incident import do_close_incident, do_move_incident
from shangdun.actions.report_incident import do_report_incident
from shangdun.actions.review.improve import Plan, do_add_improvement
from shangdun.actions.review.sign import do_sign_review, do_submit_review
from shangdun.actions.review.write import do_add_loss, do_begin_review, do_write_section
from shangdun.records.models import CleanupItem, Improvement, Incident, LossItem, User
from shangdun.respond.report import Report
from shangdun.respond.review.loss import Loss, LossKind
from shangdun.respond.review.sections import WRITERS

ORDER = 80
TITLE = "支付页面被植入恶意脚本"

EXPECTED = {
    "incident_cleanup": ("get", STAFF),
    "incident_cleanup_begin": ("post", HANDLES),
    "incident_cleanup_settle": ("post", GROUPS),
    "incident_cleanup_compare": ("post", GROUPS),
    "incident_cleanup_replay": ("post", HANDLES | {ADMIN}),
    "incident_review": ("get", STAFF),
    "incident_review_begin": ("post", GROUPS),
    "incident_review_write": ("post", {LEADERSHIP}),  # the summary is theirs
    "incident_review_loss": ("post", GROUPS),
    "incident_review_loss_remove": ("post", GROUPS),
    "incident_improvement_add": ("post", GROUPS),
    "incident_review_submit": ("post", GROUPS),
    "incident_review_return": ("post", {LEADERSHIP}),
    "incident_review_sign": ("post", {LEADERSHIP}),
    "incident_review_export": ("get", STAFF),
    "improvements": ("get", STAFF),
    "improvement": ("get", STAFF),
    "improvement_settle": ("post", GROUPS),
}


def incident() -> Incident:
    return Incident.objects.get(title=TITLE)


def arguments() -> dict[str, dict[str, Any]]:
    number = {"number": incident().number}
    item = CleanupItem.objects.filter(incident=incident(), key="data_whole").get()
    loss = LossItem.objects.filter(incident=incident()).latest("pk")
    better = {"improvement_id": Improvement.objects.latest("pk").pk}
    filled = {name: number for name in EXPECTED if name.startswith("incident_")}
    return filled | {
        "incident_cleanup_settle": {**number, "item_id": item.pk},
        "incident_cleanup_compare": {**number, "item_id": item.pk},
        "incident_review_write": {**number, "section": "summary"},
        "incident_review_loss_remove": {**number, "loss_id": loss.pk},
        "incident_review_export": {**number, "form": "pdf"},
        "improvement": better,
        "improvement_settle": better,
    }


def paths() -> dict[str, str]:
    number = incident().number
    return {
        "cleanup": f"/incidents/{number}/cleanup/",
        "post-incident report": f"/incidents/{number}/report/",
        "improvements": "/improvements/",
        "improvement": f"/improvements/{Improvement.objects.latest('pk').pk}/",
    }


def seed(users: dict[str, User], home: Path, now: datetime) -> None:
    """An incident that is contained, half cleaned up, its report half written."""
    del home
    technical, lead = users["technical_support"], users["leadership"]
    row = do_report_incident(
        users["employee"],
        Report(
            title=TITLE,
            type="network_attack",
            severity=5,
            occurred_at=now - timedelta(hours=9),
            affected="支付页面，约三小时内的付款",
        ),
    )
    for state in ("triaged", "active", "contained"):
        do_move_incident(technical, incident_id=row.pk, state=state)
    do_begin_cleanup(lead, incident_id=row.pk)
    items = {item.key: item for item in row.cleanup_items.all()}
    do_confirm_item(
        technical,
        item_id=items["backdoors_searched"].pk,
        note="检查了三台前端机的计划任务、账号和静态目录，只发现已清除的那个脚本。",
    )
    do_compare_data(
        technical,
        item_id=items["data_whole"].pk,
        live="orders,120412\nusers,88103\npayments,119876",
        backup="orders,120412\nusers,88103\npayments,119880",
    )
    do_begin_review(technical, incident_id=row.pk)
    do_write_section(
        technical,
        incident_id=row.pk,
        section="cause",
        text="第三方统计脚本的发布账号被盗，脚本被替换；支付页没有内容安全策略和完整性校验。",
    )
    do_add_loss(
        users["legal"],
        incident_id=row.pk,
        loss=Loss(
            kind=LossKind.BUSINESS_DISRUPTION,
            direct=True,
            low=Decimal(80_000),
            high=Decimal(120_000),
            currency="CNY",
            basis="停用支付三小时，按前四周同时段平均成交额计。",
        ),
    )
    do_add_improvement(
        technical,
        incident_id=row.pk,
        plan=Plan(
            title="支付页启用内容安全策略与子资源完整性",
            group="technical_support",
            due=(now + timedelta(days=21)).date(),
            retest="替换测试脚本后支付页拒绝加载，并产生告警。",
            owner_id=technical.pk,
        ),
    )


SCREENS = {
    "cleanup": "/incidents/12/cleanup/",
    "review": "/incidents/12/report/",
    "improvements": "/improvements/",
    "improvement": "/improvements/1/",
}


def finished(users: dict[str, User], row: Incident) -> None:
    """Close it over what is open, write every part, submit and sign."""
    lead = users["leadership"]
    do_close_incident(
        lead, incident_id=row.pk, verdict="true_positive", note="done", override="the owner's wish"
    )
    do_begin_review(lead, incident_id=row.pk)
    for section in WRITERS:
        do_write_section(lead, incident_id=row.pk, section=section.value, text=f"{section} 完成")
    do_submit_review(users["technical_support"], incident_id=row.pk)
    do_sign_review(lead, incident_id=row.pk)
