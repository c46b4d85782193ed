"""What an order sets going: playbooks begin, each group's instruction becomes its task."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shangdun.actions.tasks.add import NewTask, place_task
from shangdun.actions.tasks.begin import begin_run
from shangdun.records.actor import Actor
from shangdun.records.models import Order, PlaybookVersion
from shangdun.respond.groups import Group

TITLES = {
    Group.LEADERSHIP: ("领导小组：执行指令", "Leadership: carry out the order"),
    Group.TECHNICAL_SUPPORT: ("技术支持组：执行指令", "Technical support: carry out the order"),
    Group.CUSTOMER_SERVICE: ("客服支持组：执行指令", "Customer service: carry out the order"),
    Group.LEGAL: ("法务支持组：执行指令", "Legal: carry out the order"),
    Group.LOGISTICS: ("后勤保障组：执行指令", "Logistics: carry out the order"),
}


def brief(order: Order, playbooks: Sequence[PlaybookVersion], at: datetime, by: Actor) -> None:
    """Inside the transaction of the order."""
    for version in playbooks:
        begin_run(order.incident, version, at, by)
    for one in order.instructions.all():
        zh, en = TITLES[Group(one.group)]
        task = NewTask(
            group=Group(one.group),
            title=zh,
            title_en=en,
            instruction=one.text,
            source=f"order:{order.number}",
        )
        place_task(order.incident, task, at, by)
