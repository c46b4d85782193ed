"""A plan as iCalendar (RFC 5545): whole days, one event a task, for the calendars people carry."""

from __future__ import annotations

from datetime import datetime, timedelta

from icalendar import Calendar, Event

from shangdun.govern.exchange.plan import SharedPlan, SharedTask
from shangdun.govern.rhythm.ical import plain


def write_ics(plan: SharedPlan, now: datetime, host: str) -> bytes:
    """Subtasks and milestones with their scheduled days; the UID stays, so a calendar follows.

    An event's ``DTEND`` is the day after the last (RFC 5545, 3.6.1). Whole days make nobody busy.
    """
    made = Calendar()
    made.add("prodid", "-//ShangDun//programme//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", plain(plan.title))
    for task in plan.tasks:
        if task.kind != "task" and task.starts_on and task.ends_on:
            made.add_component(_event(plan, task, now, host))
    return bytes(made.to_ical())


def _event(plan: SharedPlan, task: SharedTask, now: datetime, host: str) -> Event:
    event = Event()
    event.add("uid", f"plan-task-{task.uid}@{host}")
    event.add("dtstamp", now.replace(microsecond=0))
    event.add("dtstart", task.starts_on)
    if task.ends_on is not None:
        event.add("dtend", task.ends_on + timedelta(days=1))
    event.add("summary", plain(f"{task.code} {task.title}".strip()))
    lines = [plan.title, task.owner, task.due.isoformat() if task.due else "", task.note]
    event.add("description", plain("\n".join(line for line in lines if line)))
    event.add("categories", ["milestone" if task.kind == "milestone" else "task"])
    event.add("transp", "TRANSPARENT")
    return event
