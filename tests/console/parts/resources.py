"""A programme's people, materials and money: their pages by role, and somebody with too much."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.console.pulse import HOSTILE
from tests.console.who import ADMIN, AUDITOR, GROUPS, LEADERSHIP, LOGISTICS

from shangdun.actions.resources.assign import do_assign, person_of
from shangdun.actions.resources.keep import NewResource, do_add_resource
from shangdun.actions.resources.money import (
    NewEntry,
    NewLine,
    do_add_budget_line,
    do_add_money_entry,
    do_move_budget,
)
from shangdun.govern.money.budget import Kind
from shangdun.kernel.clock import FixedClock
from shangdun.records.models import (
    BudgetLine,
    MoneyEntry,
    PlanTaskKind,
    Programme,
    Resource,
    User,
)

SEE = GROUPS | {ADMIN, AUDITOR}
MONEY = {LEADERSHIP, LOGISTICS, ADMIN, AUDITOR}
BOSS = {LEADERSHIP}
EXPECTED = {
    "resources": ("get", SEE),
    "resources_materials": ("get", SEE),
    "resources_rebalance": ("get", BOSS),
    "resources_assign": ("post", BOSS),
    "resources_owners": ("post", BOSS),
    "resource_add": ("get", BOSS),
    "resource_change": ("get", BOSS),
    "resource_archive": ("post", BOSS),
    "resources_money": ("get", MONEY),
    "money_line": ("get", MONEY),
    "money_export": ("get", MONEY),
    "money_line_add": ("get", BOSS),
    "money_line_change": ("post", BOSS),
    "money_book": ("post", BOSS),
    "money_move": ("post", BOSS),
    "money_cancel": ("post", BOSS),
    "money_line_archive": ("post", BOSS),
}
ORDER = 90


def _programme() -> Programme:
    return BudgetLine.objects.latest("id").programme


def arguments() -> dict[str, dict[str, Any]]:
    room = {"number": _programme().number}
    line = room | {"line_number": BudgetLine.objects.latest("id").number}
    resource = room | {"resource": Resource.objects.latest("id").number}
    found: dict[str, dict[str, Any]] = dict.fromkeys(EXPECTED, room)
    found |= dict.fromkeys(
        ("money_line", "money_line_change", "money_book", "money_move", "money_line_archive"), line
    )
    return found | {
        "resource_add": room | {"kind": "person"},
        "resource_change": resource,
        "resource_archive": resource,
        "money_export": room | {"form": "xlsx"},
        "money_cancel": room | {"entry_id": MoneyEntry.objects.latest("id").pk},
    }


def paths() -> dict[str, str]:
    room = f"/programmes/{_programme().number}/resources/"
    line = BudgetLine.objects.earliest("id").number
    return {
        "resources": room,
        "resources, materials": f"{room}materials/",
        "resources, rebalance": f"{room}rebalance/",
        "resource add": f"{room}add/person/",
        "resources, money": f"{room}money/",
        "money line": f"{room}money/{line}/",
        "money line add": f"{room}money/add/",
    }


SCREENS = {
    "resources": "/programmes/1/resources/",
    "resources-materials": "/programmes/1/resources/materials/",
    "resources-rebalance": "/programmes/1/resources/rebalance/",
    "resources-money": "/programmes/1/resources/money/",
    "money-line": "/programmes/1/resources/money/1/",
}


def seed(users: dict[str, User], home: Path, now: datetime) -> None:
    del home
    boss = users["leadership"]
    clock = FixedClock(now)
    programme = (
        Programme.objects.filter(archived_at=None).exclude(state="closed").earliest("number")
    )
    number = programme.number
    leaves = programme.tasks.filter(
        archived_at=None, kind=PlanTaskKind.SUBTASK, starts_on__isnull=False
    ).exclude(state__in=("done", "dropped"))
    subtasks = list(leaves.order_by("starts_on", "position")[:6])
    inside = person_of(users["technical_support"], now)
    expert = do_add_resource(
        boss,
        NewResource(
            kind="person", name=f"王工 {HOSTILE}", external=True, organisation="某安全服务公司",
            capacity=50, day_rate=Decimal("3000.00"), until=(now + timedelta(days=200)).date(),
        ),
        clock=clock,
    )  # fmt: skip
    for place, task in enumerate(subtasks):
        do_assign(boss, task_id=task.pk, number=inside.number, amount=80, clock=clock)
        if place % 3 == 0:
            do_assign(boss, task_id=task.pk, number=expert.number, amount=40, clock=clock)
    scanner = do_add_resource(
        boss, NewResource(kind="material", name="漏洞扫描器授权", quantity=1, source="purchase"),
        clock=clock,
    )  # fmt: skip
    for task in subtasks[:2]:
        do_assign(boss, task_id=task.pk, number=scanner.number, amount=1, clock=clock)
    _money(boss, programme, number, clock)


def _money(boss: User, programme: Programme, number: int, clock: FixedClock) -> None:
    currency = programme.currency
    wanted = [
        ("网络安全设备与授权", "200000", "purchase"),
        ("外部专家服务", "80000", "purchase"),
        (f"安全培训 {HOSTILE}", "30000", "internal"),
        ("中小企业数字化补助项目", "50000", "subsidy"),
    ]
    lines = [
        do_add_budget_line(
            boss,
            NewLine(title=title, planned=Decimal(planned), source=source, currency=currency),
            number=number, clock=clock,
        )
        for title, planned, source in wanted
    ]  # fmt: skip
    today = clock.now().date()
    order = do_add_money_entry(
        boss,
        NewEntry(kind=Kind.COMMITTED, amount=Decimal(120000), day=today, what="防火墙采购合同",
                 reference="HT-2026-031"),
        number=number, line_number=lines[0].number, clock=clock,
    )  # fmt: skip
    do_add_money_entry(
        boss,
        NewEntry(kind=Kind.SPENT, amount=Decimal(48000), day=today, what="首付款 40%",
                 settles_id=order.pk),
        number=number, line_number=lines[0].number, clock=clock,
    )  # fmt: skip
    do_add_money_entry(
        boss, NewEntry(kind=Kind.SPENT, amount=Decimal("32000.50"), day=today, what="讲师费用"),
        number=number, line_number=lines[2].number, clock=clock,
    )  # fmt: skip
    do_move_budget(
        boss, number=number, giver=lines[0].number, taker=lines[1].number,
        amount=Decimal(10000), reason=f"渗透测试增加一轮 {HOSTILE}", clock=clock,
    )  # fmt: skip
