"""Whom a duty binds: conditions over what the company and its shop are."""

from __future__ import annotations

from typing import NamedTuple

from shangdun.respond.regulators.conditions import Condition, Situation, weigh

FACTS: dict[str, tuple[str, str]] = {
    # What a condition may name, in Chinese and English.
    "personal_data": ("处理个人信息", "personal data is processed"),
    "customers": ("处理个人信息的人数", "people whose data is processed"),
    "important_data": ("处理重要数据", "important data is processed"),
    "personalised": ("个性化推荐或搜索", "search results or offers are personalised"),
    "own_servers": ("自有服务器或机房", "own servers or rooms"),
    "app": ("有移动应用", "there is an app"),
    "payments": ("在线收款", "payments are taken online"),
    "cards": ("受理支付卡", "payment cards are taken"),
    "marketplace": ("第三方商家入驻（平台）", "others sell on it (a platform)"),
    "eu": ("面向欧盟个人", "people in the EU are served"),
    "critical_infrastructure": ("关键信息基础设施", "critical information infrastructure"),
    "mlps_level": ("等级保护级别", "MLPS level"),
}


class Binding(NamedTuple):
    """Whether a duty or a measure applies.

    ``applies`` None: it hangs on what nobody has said yet, which ``missing`` names; such a duty is
    shown as one that may apply, and counts as one that does.
    """

    applies: bool | None
    because: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def binding(condition: Condition | None, situation: Situation) -> Binding:
    """What the condition says of this company; no condition binds everybody."""
    if condition is None:
        return Binding(applies=True)
    verdict = weigh(condition, situation)
    return Binding(verdict.answer, tuple(map(str, verdict.because)), verdict.missing)
