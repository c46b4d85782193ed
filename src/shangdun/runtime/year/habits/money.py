"""The budget is spent: contracts bind it, instalments are paid, and once it does not suffice.

The protection that is bought for the sales of June costs more than its line has left. Management
finds that on its page as a question, and answers it some weeks later out of the reserve.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from shangdun.actions.resources.money import NewEntry, do_add_money_entry, do_move_budget
from shangdun.govern.money.budget import Kind
from shangdun.records.models import BudgetLine, MoneyKind, Programme, ProgrammeState
from shangdun.records.money import money_of
from shangdun.runtime.year.day import Day

ORDER = 55
BOOKING_DAY = 3
"""Thursday."""
UNIT = Decimal("0.01")
HAGGLED = 6
"""Per cent that a price may come out above or below what was expected."""
ANSWERED_AFTER = timedelta(weeks=6)
ANSWERS = 0.3
"""How likely management answers for an overrun in a week, once it thought about it so long."""


@dataclass(frozen=True)
class Purchase:
    """``line`` is the budget line of the guided questions; weeks count from the first day."""

    line: str
    week: int
    amount: int
    zh: str
    en: str
    paid: tuple[int, ...]
    """In equal parts, so many weeks after the contract."""


PURCHASES = (
    Purchase("equipment", 4, 168_000, "Web 应用防火墙采购合同", "Web application firewall",
             (6, 30)),
    Purchase("assessment", 6, 46_000, "第三方渗透测试", "Penetration test by others", (7,)),
    Purchase("services", 8, 216_000, "7×24 安全监测服务", "Monitoring around the clock",
             (5, 18, 31, 43)),
    Purchase("training", 10, 38_000, "全员安全培训课程", "Security courses for everybody", (4,)),
    Purchase("equipment", 20, 98_000, "日志存储扩容", "More room for logs", (5,)),
    Purchase("assessment", 27, 30_000, "合规评估外部律师意见", "Opinion of outside counsel", (4,)),
    Purchase("training", 34, 22_000, "钓鱼邮件演练", "Phishing exercise", (3,)),
    Purchase("equipment", 37, 124_000, "大促流量清洗服务", "Scrubbing for the June sales", (6, 12)),
)  # fmt: skip


def act(day: Day) -> None:
    if not day.workday or day.date.weekday() != BOOKING_DAY:
        return
    programme = Programme.objects.filter(state=ProgrammeState.APPROVED).order_by("number").first()
    if programme is None:
        return
    day.reach(14, 30)
    for place, purchase in enumerate(PURCHASES, 1):
        if day.number >= purchase.week * 7:
            _buy(day, programme, place, purchase)
    _answer(day, programme)


def _buy(day: Day, programme: Programme, place: int, purchase: Purchase) -> None:
    """The contract in its week, then each instalment in its own; what is booked stays booked."""
    line = programme.budget_lines.filter(starter=purchase.line, archived_at=None).first()
    if line is None:
        return
    contract = f"HT-{place:02d}"
    bound = line.entries.filter(reference=contract, kind=MoneyKind.COMMITTED).first()
    if bound is None:
        what = day.say(purchase.zh, purchase.en)
        amount = _price(day, place, purchase)
        wanted = NewEntry(
            kind=Kind.COMMITTED, amount=amount, day=day.date, what=what, reference=contract
        )
        _book(day, line, wanted)
        return
    part = (bound.amount / len(purchase.paid)).quantize(UNIT)
    for number, weeks in enumerate(purchase.paid, 1):
        reference = f"FP-{place:02d}-{number}"
        due = day.date >= bound.day + timedelta(weeks=weeks)
        if not due or line.entries.filter(reference=reference).exists():
            continue
        last = number == len(purchase.paid)
        amount = bound.amount - part * (number - 1) if last else part
        wanted = NewEntry(
            kind=Kind.SPENT, amount=amount, day=day.date, what=bound.what, reference=reference,
            settles_id=bound.pk,
        )  # fmt: skip
        _book(day, line, wanted)


def _price(day: Day, place: int, purchase: Purchase) -> Decimal:
    """What was haggled out, the same on whatever day it is asked."""
    percent = sum(
        day.happens(f"price {step}", place, 0.5) for step in range(2 * HAGGLED)
    ) - HAGGLED  # fmt: skip
    return (Decimal(purchase.amount) * (100 + percent) / 100).quantize(UNIT)


def _book(day: Day, line: BudgetLine, wanted: NewEntry) -> None:
    number = line.programme.number
    do_add_money_entry(
        day.people["lead"], wanted, number=number, line_number=line.number, clock=day.clock
    )
    day.write(f"money.{wanted.kind.value}", f"{line.starter} {wanted.amount}")


def _answer(day: Day, programme: Programme) -> None:
    """Management gives from the reserve what a line lacks, after it thought about it."""
    cio = day.people["cio"]
    for one in money_of(cio, programme).overdrawn:
        bound = max(entry.day for entry in one.entries if entry.kind == MoneyKind.COMMITTED)
        reserve = programme.budget_lines.filter(starter="reserve", archived_at=None).first()
        early = day.date < bound + ANSWERED_AFTER
        if reserve is None or early or day.chance("budget answered").random() >= ANSWERS:
            continue
        lacking = -one.position.left
        reason = day.say("大促防护追加，从预备费调剂。", "More protection for the sales.")
        do_move_budget(
            cio, number=programme.number, giver=reserve.number, taker=one.line.number,
            amount=lacking, reason=reason, clock=day.clock,
        )  # fmt: skip
        day.write("money.moved", f"{one.line.starter} {lacking}")
