"""Attacks, failures and mistakes: some are incidents, most are attempts that came to nothing."""

from __future__ import annotations

import math
import random

from shangdun.actions.move_incident import do_close_incident, do_move_incident
from shangdun.actions.orders.ordering import NewOrder, do_order
from shangdun.actions.report_incident import do_report_incident
from shangdun.actions.take_incident import do_take_incident
from shangdun.records.models import Incident, Ruling, Verdict
from shangdun.respond.classify import Type
from shangdun.respond.report import Report
from shangdun.respond.state import State
from shangdun.runtime.year.day import Day

ORDER = 30
A_YEAR = {
    Type.NETWORK_ATTACK: 14.0,
    Type.SYSTEM_FAILURE: 6.0,
    Type.DATA_BREACH: 2.0,
    Type.INSIDER_THREAT: 4.0,
}
"""How many are reported a year, about; more around the sales of June and November."""
BUSY = {6: 1.6, 11: 2.2}
FALSE_ALARMS = 0.15
TITLES = {
    Type.NETWORK_ATTACK: (
        ("登录接口遭撞库", "Credential stuffing at the sign-in"),
        ("商品搜索遭注入探测", "Injection probes at the product search"),
        ("活动页面遭流量攻击", "A flood of requests at the campaign page"),
    ),
    Type.SYSTEM_FAILURE: (
        ("下单服务响应缓慢", "Checkout answers slowly"),
        ("支付回调中断", "Payment notices do not come in"),
    ),
    Type.DATA_BREACH: (("客户导出文件误发", "A file of customers went to the wrong person"),),
    Type.INSIDER_THREAT: (
        ("客服账号批量查询订单", "A service account looks up orders in bulk"),
        ("离职员工账号仍被使用", "The account of somebody who left is in use"),
    ),
}


def act(day: Day) -> None:
    dice = day.chance("incidents")
    for kind, yearly in A_YEAR.items():
        expected = yearly / 365 * BUSY.get(day.date.month, 0.85)
        for _ in range(_poisson(dice, expected)):
            _incident(day, kind, dice)


def _poisson(dice: random.Random, mean: float) -> int:
    """Knuth's product of uniforms: means here are far below one."""
    floor, product, count = math.exp(-mean), dice.random(), 0
    while product > floor:
        product *= dice.random()
        count += 1
    return count


def _incident(day: Day, kind: Type, dice: random.Random) -> None:
    engineer, cio = day.people["engineer"], day.people["cio"]
    day.reach(10, dice.randrange(60))
    zh, en = dice.choice(TITLES[kind])
    report = Report(title=day.say(zh, en), type=kind.value, severity=dice.choice((2, 3, 3, 4)))
    reporter = day.people[dice.choice(("employee", "service", "operator"))]
    incident = do_report_incident(reporter, report, clock=day.clock)
    day.write("incident.reported", incident.number)
    day.reach(11, dice.randrange(60))
    do_take_incident(engineer, incident_id=incident.pk, clock=day.clock)
    if dice.random() < FALSE_ALARMS:
        note = day.say("核实为误报：例行维护所致。", "A false alarm: it was planned maintenance.")
        _close(day, incident, Verdict.FALSE_POSITIVE, note)
        day.write("incident.false", incident.number)
        return
    reason = day.say("影响有限，按日常流程处置。", "Limited: handled in the ordinary way.")
    order = NewOrder(ruling=Ruling.NOT_START, reason=reason)
    do_order(cio, order, incident_id=incident.pk, clock=day.clock)
    for hour, state in ((12, State.ACTIVE), (12 + dice.randrange(1, 4), State.CONTAINED)):
        day.reach(hour, dice.randrange(60))
        note = day.say("已按流程推进。", "As the procedure says.")
        do_move_incident(
            engineer, incident_id=incident.pk, state=state.value, note=note, clock=day.clock
        )
    day.reach(17)
    note = day.say("原因已查明，措施已落实。", "The cause is known and dealt with.")
    _close(day, incident, Verdict.TRUE_POSITIVE, note)
    day.write(f"incident.{kind.value}", incident.number)


def _close(day: Day, incident: Incident, verdict: Verdict, note: str) -> None:
    do_close_incident(
        day.people["engineer"], incident_id=incident.pk, verdict=verdict, note=note,
        clock=day.clock,
    )  # fmt: skip
