"""The schedule, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

ACTIONS: dict[str, Promise] = {
    "place_task": gettext_lazy("moved a task of a plan"),
    "link_tasks": gettext_lazy("let a task of a plan wait for another"),
    "unlink_tasks": gettext_lazy("took a link between tasks out"),
    "follow_schedule": gettext_lazy("scheduled a running plan anew"),
    "set_baseline": gettext_lazy("set a plan's baseline"),
    "explain_delay": gettext_lazy("said why a task is late"),
    "set_workdays": gettext_lazy("changed the calendar of working days"),
    "bring_plan": gettext_lazy("brought a plan from a file"),
    "take_plan_in": gettext_lazy("took a plan in from a file"),
    "drop_import": gettext_lazy("threw a plan's file away"),
}
PROBLEMS: dict[str, Promise] = {
    "schedule.cycle": gettext_lazy(
        "These wait for each other in a circle; take one of the links out"
    ),
    "schedule.two_people": gettext_lazy(
        "Your company asks for two people here: you changed the plan since its last baseline, so "
        "another who may change plans sets the next."
    ),
    "schedule.link": gettext_lazy("A link leads nowhere: both ends must be in the plan."),
    "schedule.summary_end": gettext_lazy(
        "What holds other tasks ends when they do: link the subtask that must end then."
    ),
    "schedule.summary": gettext_lazy("Its dates are those of what it holds: move its subtasks."),
    "schedule.begun": gettext_lazy(
        "It has begun, and that day is a fact. How long it takes can still be changed."
    ),
    "schedule.days": gettext_lazy("A task takes 1 to 2,500 working days; a milestone takes none."),
    "schedule.lag": gettext_lazy("Wait at most 1,000 working days."),
    "schedule.other": gettext_lazy("Both tasks must be of this programme."),
    "schedule.closed": gettext_lazy("This is closed or archived and does not change any more."),
    "schedule.many": gettext_lazy("There are too many already."),
    "schedule.day": gettext_lazy("The plan would reach beyond the years 2004 to 2099."),
    "schedule.calendar": gettext_lazy("There is no such calendar."),
    "schedule.why": gettext_lazy("Say why; a sentence is enough."),
    "schedule.on_time": gettext_lazy("It is not late: reasons are kept for what is."),
    "exchange.file": gettext_lazy(
        "No plan can be read here: bring XLSX, CSV, or Microsoft Project saved as XML."
    ),
    "exchange.columns": gettext_lazy(
        "No row names the columns: write headings, with the task's name at least"
    ),
    "exchange.large": gettext_lazy("The file is too large: at most 20 MB."),
    "exchange.many": gettext_lazy("The plan is too long: at most 6,000 tasks and 40,000 links."),
    "exchange.wrong": gettext_lazy("Rows are wrong: mend the file, or take in only what is right"),
    "exchange.dropped": gettext_lazy("This file was thrown away: bring it again."),
    "exchange.nothing": gettext_lazy("Nothing of this file can be taken in."),
}
