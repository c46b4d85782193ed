"""The schedule as it is read: the calendar of a programme, what is scheduled, what it came to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from shangdun.govern.schedule.activity import Activity, Link, LinkKind, Schedule
from shangdun.govern.schedule.calendar import CalendarKey, WorkCalendar, calendar_named
from shangdun.govern.schedule.reckon import schedule
from shangdun.records.models import CalendarDay, PlanLink, PlanTask, Programme
from shangdun.records.models.programme import PlanTaskState, ProgrammeState


def calendar_of(programme: Programme) -> WorkCalendar:
    """The programme's working days, with what the organisation entered itself."""
    return office_calendar(programme.calendar)


def office_calendar(key: str = CalendarKey.CHINA) -> WorkCalendar:
    """A calendar with the days the organisation entered itself."""
    rows = list(CalendarDay.objects.values_list("day", "worked", "announced"))
    if not rows:
        return calendar_named(key)
    own = {day: worked for day, worked, _announced in rows}
    announced = {day.year for day, _worked, announced in rows if announced}
    return WorkCalendar(calendar_named(key).key, own, announced)


_FIELDS = (
    "id", "code", "title", "days", "parent_id", "not_before", "due", "began_on", "done_on",
    "progress", "state",
)  # fmt: skip


class Network(NamedTuple):
    """What of a programme is scheduled."""

    activities: list[Activity]
    links: list[Link]


def network_of(programme: Programme) -> Network:
    """Tasks that are not archived, in their order, and the links between them."""
    rows = PlanTask.objects.filter(programme=programme, archived_at=None).order_by("position", "id")
    there: set[int] = set()
    found = []
    values = list(rows.values_list(*_FIELDS))
    there = {row[0] for row in values}
    for pk, code, title, days, parent, not_before, due, began, done, progress, state in values:
        found.append(
            Activity(
                key=pk,
                name=f"{code} {title}",
                days=days,
                parent=parent if parent in there else None,
                not_before=not_before,
                due=due,
                began_on=began,
                done_on=done,
                progress=progress,
                dropped=state == PlanTaskState.DROPPED,
            )
        )
    return Network(found, links_of(programme, there))


def links_of(programme: Programme, there: Collection[int]) -> list[Link]:
    """The links whose both ends are there."""
    rows = PlanLink.objects.filter(programme=programme).order_by("id")
    return [
        Link(before, after, LinkKind(kind), lag)
        for before, after, kind, lag in rows.values_list("before_id", "after_id", "kind", "lag")
        if before in there and after in there
    ]


def reckoned(programme: Programme, today: date, network: Network | None = None) -> Schedule:
    """The schedule as it follows from what is kept, stored or not.

    What has not begun is not planned into the past once the programme runs; before its approval
    the plan stands as it was drawn. Raises as ``govern.schedule.reckon.schedule``.
    """
    activities, links = network or network_of(programme)
    running = programme.state == ProgrammeState.APPROVED
    return schedule(
        activities,
        links,
        calendar_of(programme),
        programme.starts_on,
        today=today if running else None,
    )
