"""Measures that people check: on site or by their documents, some forgotten."""

from __future__ import annotations

from datetime import timedelta

from shangdun.actions.controls.check import do_check_control
from shangdun.govern.controls.standing import ControlState
from shangdun.records.controls import Stands, control_states
from shangdun.records.models import ControlMethod
from shangdun.runtime.year.day import Day

ORDER = 45
FORGOTTEN = 0.12
FAILS = 0.08
CHECKING_DAY = 2
"""Wednesday."""
CHECKED = (ControlState.UNCHECKED, ControlState.OVERDUE, ControlState.FAILING)
AHEAD = timedelta(days=21)
"""Before its period ends what is in place is looked at again."""


def act(day: Day) -> None:
    if not day.workday or day.date.weekday() != CHECKING_DAY:
        return
    now = day.reach(14)
    quarter = f"{day.date.year}-{(day.date.month - 1) // 3 + 1}"
    for key, stands in control_states(None, now).items():
        if stands.control.method == ControlMethod.AUTOMATIC or not _due(day, stands):
            continue
        if day.happens("control forgotten", f"{key}:{quarter}", FORGOTTEN):
            continue
        fails = day.happens("control fails", f"{key}:{day.date:%Y-%m}", FAILS)
        note = day.say("现场查看，与制度一致。", "Seen on site; it is as the rules say.")
        if fails:
            note = day.say("未按要求执行，限期整改。", "Not done as asked; to be mended.")
        do_check_control(
            day.people["engineer"],
            key=key,
            state="fail" if fails else "pass",
            note=note,
            method=stands.control.method,
            clock=day.clock,
        )
        day.write("control.failed" if fails else "control.passed", key)


def _due(day: Day, stands: Stands) -> bool:
    if stands.state in CHECKED:
        return True
    soon = stands.standing.due_on - day.date <= AHEAD
    return stands.state is not ControlState.NOT_APPLICABLE and soon
