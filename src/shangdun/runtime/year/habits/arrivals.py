"""People sign in: who never does has an account that should not be there."""

from __future__ import annotations

from shangdun.actions.record_login import do_record_login
from shangdun.runtime.year.day import Day

ORDER = 4
SIGNING_IN_DAY = 0
"""Mondays stand for the week: accounts are looked at by the quarter."""
COMES = 0.9
SELDOM = {"employee": 0.4}


def act(day: Day) -> None:
    if not day.workday or day.date.weekday() != SIGNING_IN_DAY:
        return
    now = day.reach(8, 15)
    dice = day.chance("arrivals")
    for name, user in day.people.items():
        if dice.random() < SELDOM.get(name, COMES):
            do_record_login(user, clock=day.clock)
            user.last_login = now  # as Django does it at every sign-in
            user.save(update_fields=["last_login"])
