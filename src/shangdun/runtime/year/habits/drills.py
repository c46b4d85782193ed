"""The drills of the third and the fourth quarter: planned, held, signed, or missed."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from shangdun.actions.drills.marks import do_sign_drill
from shangdun.actions.drills.plan import DrillPlan, do_plan_drill
from shangdun.actions.drills.play import do_begin_drill, do_end_drill
from shangdun.actions.take_incident import do_take_incident
from shangdun.govern.schedule.calendar import calendar_named
from shangdun.records.models import Drill, DrillState
from shangdun.runtime.year.day import Day

ORDER = 60
MONTHS = {8: "data_breach", 11: "network_attack"}
DAYS_AHEAD = 8
"""Working days: nobody rehearses on a day off."""
FALLS_OUT = 0.2


def act(day: Day) -> None:
    if not day.workday:
        return
    _plan(day)
    for drill in Drill.objects.filter(state=DrillState.PLANNED):
        if drill.planned_at.astimezone(day.zone).date() == day.date:
            _hold(day, drill)
    for drill in Drill.objects.filter(state=DrillState.ENDED):
        conclusion = day.say(
            "联系与研判及时，告知文本审批仍需提速。",
            "Reached and judged in time; approving notices takes too long.",
        )
        do_sign_drill(
            day.people["cio"], number=drill.number, conclusion=conclusion, clock=day.clock
        )
        day.write("drill.signed", drill.number)


def _plan(day: Day) -> None:
    scenario = MONTHS.get(day.date.month)
    if scenario is None or day.date.day < 5:
        return
    year = day.date.year
    if Drill.objects.filter(planned_at__year=year, scenario=scenario).exists():
        return
    if day.happens("drill falls out", f"{year}-{day.date.month}", FALLS_OUT):
        return
    held_on = calendar_named("cn").add(day.date, DAYS_AHEAD)
    plan = DrillPlan(
        title=day.say(f"{year} 年应急演练", f"Drill of {year}"),
        scenario=scenario,
        kind="desktop",
        planned_at=datetime.combine(held_on, time(14), day.zone),
        aims=day.say("检验联络与研判。", "Are people reached, and does the grading hold?"),
        observer_id=day.people["auditor"].pk,
    )
    drill = do_plan_drill(day.people["lead"], plan, clock=day.clock)
    day.write("drill.planned", drill.number)


def _hold(day: Day, drill: Drill) -> None:
    lead, engineer = day.people["lead"], day.people["engineer"]
    day.clock.reach(drill.planned_at)
    do_begin_drill(lead, number=drill.number, clock=day.clock)
    day.clock.reach(day.clock.now() + timedelta(minutes=6))
    do_take_incident(engineer, incident_id=drill.incidents.get().pk, clock=day.clock)
    day.clock.reach(day.clock.now() + timedelta(minutes=90))
    do_end_drill(lead, number=drill.number, clock=day.clock)
    day.write("drill.held", drill.number)
