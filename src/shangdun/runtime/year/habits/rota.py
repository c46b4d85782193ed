"""In the first days somebody says who can be called at night: technical support takes turns."""

from __future__ import annotations

from datetime import time

from shangdun.actions.organisation.rotas import do_set_rota
from shangdun.records.models import OnCallRota
from shangdun.respond.groups import Group
from shangdun.respond.organisation.rota import Rota
from shangdun.runtime.year.day import Day

ORDER = 10
FIRST_DAYS = 7


def act(day: Day) -> None:
    if not day.workday or not 0 < day.number <= FIRST_DAYS:
        return
    if OnCallRota.objects.filter(group=Group.TECHNICAL_SUPPORT.value).exists():
        return
    day.reach(9, 20)
    people = tuple(day.people[name].pk for name in ("engineer", "operator"))
    rota = Rota(people=people, starts=day.date, hand_over=time(9), zone=str(day.zone))
    do_set_rota(day.people["lead"], rota, group=Group.TECHNICAL_SUPPORT, clock=day.clock)
    day.write("rota.set", Group.TECHNICAL_SUPPORT.value)
