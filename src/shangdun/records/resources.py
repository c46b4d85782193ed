"""Resources as they are read: people with their load, materials with what is short."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from shangdun.govern.load.levelling import Levelled, Needs, Plan, Weight, Wish, level
from shangdun.govern.load.stock import Shortage, Use, shortages
from shangdun.govern.load.weeks import Demand, Person, Week, load_of
from shangdun.kernel.errors import NotFound
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.messages import console_zone
from shangdun.records.models import (
    Assignment,
    PersonAbsence,
    PlanTask,
    PlanTaskKind,
    Programme,
    ProgrammeState,
    Resource,
    ResourceKind,
)
from shangdun.records.programmes import OVER
from shangdun.records.roles import Capability
from shangdun.records.schedule import calendar_of, network_of

LONGEST_ABSENCE = 1_000
"""Days of one absence that are looked at."""


def visible_resources(
    actor: Actor, kind: str = "", *, archived: bool = False
) -> QuerySet[Resource]:
    """People and materials of the company by name; on request those that were archived."""
    require(actor, Capability.VIEW_PROGRAMMES)
    rows = Resource.objects.filter(archived_at__isnull=not archived).select_related("user")
    return rows.filter(kind=kind) if kind else rows


def get_resource(actor: Actor, number: int) -> Resource:
    """One by its number, archived ones too. Raises ``NotFound``."""
    require(actor, Capability.VIEW_PROGRAMMES)
    found = Resource.objects.select_related("user").filter(number=number).first()
    if found is None:
        raise NotFound(f"there is no resource {number}", fix="see the programme's resources")
    return found


def assignments_of(programme: Programme, kind: str = "") -> QuerySet[Assignment]:
    """Of its tasks that still stand, in their order; the programme was fetched with permission."""
    rows = Assignment.objects.filter(task__programme=programme, task__archived_at=None)
    rows = rows.select_related("task", "resource", "resource__user")
    rows = rows.order_by("task__position", "resource__name", "id")
    return rows.filter(resource__kind=kind) if kind else rows


def unassigned_tasks(programme: Programme) -> QuerySet[PlanTask]:
    """Subtasks that are to be done and that nobody works on, so far as the plan says."""
    return (
        programme.tasks.filter(archived_at=None, kind=PlanTaskKind.SUBTASK)
        .exclude(state__in=OVER)
        .exclude(assignments__resource__kind=ResourceKind.PERSON)
        .select_related("owner")
        .order_by("position")
    )


@dataclass(frozen=True)
class PersonLoad:
    """A person's weeks, over all programmes that run or are planned."""

    resource: Resource
    weeks: list[Week]
    tasks: dict[int, PlanTask] = field(default_factory=dict)

    @property
    def overloaded(self) -> list[Week]:
        return [week for week in self.weeks if week.overloaded]


def person_loads(actor: Actor, programme: Programme, first: date, weeks: int) -> list[PersonLoad]:
    """Everybody who works on the programme, week by week from ``first``; other programmes count."""
    require(actor, Capability.VIEW_PROGRAMMES)
    mine = assignments_of(programme, ResourceKind.PERSON)
    people = {one.resource_id: one.resource for one in mine}
    return loads(list(people.values()), programme, first, weeks)


def loads(
    people: Sequence[Resource], programme: Programme, first: date, weeks: int
) -> list[PersonLoad]:
    """The same of these people, by the working days of the programme."""
    last = first + timedelta(days=7 * weeks - 1)
    rows = list(_live_assignments(people))
    found = load_of(
        people_of(people, first, last), [_demand(row) for row in rows], calendar_of(programme),
        first, last,
    )  # fmt: skip
    tasks: dict[int, dict[int, PlanTask]] = {}
    for row in rows:
        tasks.setdefault(row.resource_id, {})[row.task_id] = row.task
    return [PersonLoad(one, found[one.pk], tasks.get(one.pk, {})) for one in people]


def _live_assignments(people: Iterable[Resource]) -> QuerySet[Assignment]:
    return (
        Assignment.objects.filter(
            resource__in=[one.pk for one in people], task__archived_at=None,
            task__programme__archived_at=None, task__starts_on__isnull=False,
            task__ends_on__isnull=False, resource__kind=ResourceKind.PERSON,
        )
        .exclude(task__state__in=OVER)
        .exclude(task__programme__state=ProgrammeState.CLOSED)
        .filter(Q(task__days__gt=0))
        .select_related("task", "task__programme")
    )  # fmt: skip


def _demand(row: Assignment) -> Demand:
    begin, end = row.task.starts_on, row.task.ends_on
    assert begin is not None  # noqa: S101 - asked of the database so
    assert end is not None  # noqa: S101 - likewise
    return Demand(row.resource_id, row.task_id, begin, end, row.amount)


def people_of(people: Sequence[Resource], first: date, last: date) -> list[Person]:
    """As load is reckoned of them, with the absences of their accounts."""
    users = [one.user_id for one in people if one.user_id]
    away = absences_of(users, first, last)
    return [
        Person(
            one.pk, one.capacity, frozenset(away.get(one.user_id or 0, ())), one.since, one.until
        )
        for one in people
    ]


def absences_of(users: Sequence[int], first: date, last: date) -> dict[int, set[date]]:
    """By account the days on which the person is away at noon, in the console's zone."""
    zone = console_zone()
    begin = datetime.combine(first, time.min, zone)
    end = datetime.combine(last + timedelta(days=1), time.min, zone)
    rows = PersonAbsence.objects.filter(person__in=users, since__lt=end, until__gt=begin)
    found: dict[int, set[date]] = {}
    for person, since, until in rows.values_list("person_id", "since", "until"):
        day = max(since.astimezone(zone).date(), first)
        for _step in range(LONGEST_ABSENCE):
            noon = datetime.combine(day, time(12), zone)
            if day > last or noon >= until:
                break
            if noon >= since:
                found.setdefault(person, set()).add(day)
            day += timedelta(days=1)
    return found


def levelled(programme: Programme, today: date) -> Levelled:
    """What levelling by importance and urgency would do to the dates; nothing is done."""
    return level(*levelling_of(programme, today))


def levelling_of(
    programme: Programme, today: date, changes: dict[tuple[int, int], int] | None = None
) -> tuple[Plan, Needs]:
    """What is levelled. ``changes``: (task, resource) → share instead of what is assigned; 0: not.

    Other programmes' work of the same people counts and does not move.
    """
    network = network_of(programme)
    running = programme.state == ProgrammeState.APPROVED
    plan = Plan(
        network.activities, network.links, calendar_of(programme), programme.starts_on,
        today if running else None,
    )  # fmt: skip
    shares = {
        (one.task_id, one.resource_id): one.amount
        for one in assignments_of(programme, ResourceKind.PERSON)
    }
    shares = {key: share for key, share in (shares | (changes or {})).items() if share}
    people = list(Resource.objects.filter(pk__in={resource for _task, resource in shares}))
    first = min(today, programme.starts_on)
    others = _live_assignments(people).exclude(task__programme=programme)
    weights: dict[Hashable, Weight] = {
        pk: Weight(importance, urgency)
        for pk, importance, urgency in programme.tasks.values_list("pk", "importance", "urgency")
    }
    needs = Needs(
        people_of(people, first, first + timedelta(days=3 * 366)),
        [Wish(task, resource, share) for (task, resource), share in shares.items()],
        weights,
        [_demand(row) for row in others],
    )
    return plan, needs


@dataclass(frozen=True)
class MaterialUse:
    """A material with what this and other programmes want of it."""

    resource: Resource
    assignments: list[Assignment]
    short: list[Shortage]


def material_uses(actor: Actor, programme: Programme) -> list[MaterialUse]:
    """All materials; what is short counts every programme that is not over."""
    rows: dict[int, list[Assignment]] = {}
    every = Assignment.objects.filter(
        resource__kind=ResourceKind.MATERIAL, task__archived_at=None,
        task__programme__archived_at=None,
    ).exclude(task__programme__state=ProgrammeState.CLOSED)  # fmt: skip
    for row in every.select_related("task", "task__programme").order_by("task__position", "id"):
        rows.setdefault(row.resource_id, []).append(row)
    found = []
    for resource in visible_resources(actor, ResourceKind.MATERIAL):
        mine = rows.get(resource.pk, [])
        live = [one for one in mine if one.task.state not in OVER]
        uses = [
            Use(one.task_id, one.task.starts_on, one.task.ends_on, one.amount)
            for one in live
            if one.task.starts_on and one.task.ends_on
        ]
        short = shortages(resource.quantity, uses, resource.since)
        here = [one for one in mine if one.task.programme_id == programme.pk]
        found.append(MaterialUse(resource, here, short))
    return found


def wanting_materials(programme: Programme) -> QuerySet[PlanTask]:
    """Subtasks that say what they need and have no material yet."""
    return (
        programme.tasks.filter(archived_at=None, kind=PlanTaskKind.SUBTASK)
        .exclude(needed="")
        .exclude(state__in=OVER)
        .exclude(assignments__resource__kind=ResourceKind.MATERIAL)
        .order_by("position")
    )
