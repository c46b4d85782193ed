"""Duties as they are read: the RACI table and its gaps, one's own, groups, rounds of review."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, Q, QuerySet

from shangdun.govern.communication.bottlenecks import Work
from shangdun.govern.communication.due import Standing
from shangdun.govern.communication.raci import Gap, Letter, Part, gaps
from shangdun.kernel.errors import NotFound
from shangdun.records.access import require
from shangdun.records.actor import Actor, person
from shangdun.records.communication import standing_of
from shangdun.records.models import (
    Communication,
    CrossTeamGroup,
    CrossTeamMember,
    DutyAnswer,
    DutyReview,
    PlanTask,
    PlanTaskKind,
    PlanTaskState,
    Post,
    RaciAssignment,
    RaciDuty,
    Task,
    TaskState,
    User,
)
from shangdun.records.roles import Capability


def visible_duties(actor: Actor, *, archived: bool = False) -> QuerySet[RaciDuty]:
    """The table, with everybody's part."""
    require(actor, Capability.VIEW_COMMUNICATION)
    rows = RaciDuty.objects.filter(archived_at__isnull=not archived)
    return rows.select_related("task").prefetch_related("assignments__person")


def get_duty(actor: Actor, duty_id: int) -> RaciDuty:
    """One duty, archived ones too. Raises ``NotFound``."""
    require(actor, Capability.VIEW_COMMUNICATION)
    rows = RaciDuty.objects.prefetch_related("assignments__person")
    found = rows.filter(pk=duty_id).first()
    if found is None:
        raise NotFound(f"there is no duty {duty_id}", fix="see the table of duties")
    return found


def gaps_of(duties: Iterable[RaciDuty]) -> list[Gap]:
    """What is wrong with the table."""
    rows = list(duties)
    parts = [
        Part(
            duty=row.pk,
            letter=Letter(one.letter),
            person=one.person_id,
            office=one.office,
            active=one.person is None or one.person.is_active,
        )
        for row in rows
        for one in row.assignments.all()
    ]
    return gaps([row.pk for row in rows], parts)


def visible_groups(actor: Actor, *, archived: bool = False) -> QuerySet[CrossTeamGroup]:
    """The groups across teams with their members."""
    require(actor, Capability.VIEW_COMMUNICATION)
    rows = CrossTeamGroup.objects.filter(archived_at__isnull=not archived)
    return rows.select_related("lead", "rhythm").prefetch_related("members__person")


def get_group(actor: Actor, group_id: int) -> CrossTeamGroup:
    """One group, archived ones too. Raises ``NotFound``."""
    require(actor, Capability.VIEW_COMMUNICATION)
    rows = CrossTeamGroup.objects.select_related("lead", "rhythm")
    found = rows.prefetch_related("members__person").filter(pk=group_id).first()
    if found is None:
        raise NotFound(f"there is no group {group_id}", fix="see the groups across teams")
    return found


@dataclass(frozen=True)
class OwnDuty:
    """One thing that a person answers for: from which table, what, in which part."""

    kind: str
    """``raci``, ``group``, ``post``, ``task``."""
    title: str
    part: str
    path: str = ""


def duties_of(user: User) -> list[OwnDuty]:
    """Everything the records say that a person answers for."""
    rows = RaciAssignment.objects.filter(person=user, duty__archived_at=None)
    found = [
        OwnDuty("raci", one.duty.title, one.letter)
        for one in rows.select_related("duty").order_by("duty__position", "letter")
    ]
    members = CrossTeamMember.objects.filter(person=user, group__archived_at=None)
    found += [
        OwnDuty("group", one.group.name, one.duty or one.expected)
        for one in members.select_related("group").order_by("group__name")
    ]
    posts = Post.objects.filter(Q(primary=user) | Q(deputies__person=user)).distinct()
    found += [
        OwnDuty("post", str(one), "" if one.primary_id == user.pk else "deputy") for one in posts
    ]
    tasks = PlanTask.objects.filter(owner=user, archived_at=None, programme__archived_at=None)
    tasks = tasks.filter(kind=PlanTaskKind.SUBTASK)
    tasks = tasks.exclude(state__in=(PlanTaskState.DONE, PlanTaskState.DROPPED))
    found += [
        OwnDuty("task", str(one), one.due.isoformat() if one.due else "") for one in tasks[:50]
    ]
    return found


def has_duties(user: User) -> bool:
    """Whether the records say that a person answers for anything; asked in one query."""
    raci = RaciAssignment.objects.filter(person=user, duty__archived_at=None)
    member = CrossTeamMember.objects.filter(person=user, group__archived_at=None)
    post = Post.objects.filter(Q(primary=user) | Q(deputies__person=user))
    task = PlanTask.objects.filter(owner=user, archived_at=None, programme__archived_at=None)
    task = task.filter(kind=PlanTaskKind.SUBTASK)
    task = task.exclude(state__in=(PlanTaskState.DONE, PlanTaskState.DROPPED))
    asked = DutyAnswer.objects.filter(person=user, review__closed_at=None)
    anything = Exists(raci) | Exists(member) | Exists(post) | Exists(task) | Exists(asked)
    return User.objects.filter(anything, pk=user.pk).exists()


def duty_bearers() -> list[User]:
    """The active people who answer for anything: whom a round of review asks."""
    named = set(
        RaciAssignment.objects.filter(duty__archived_at=None)
        .exclude(person=None)
        .values_list("person_id", flat=True)
    )
    named |= set(
        CrossTeamMember.objects.filter(group__archived_at=None).values_list("person_id", flat=True)
    )
    named |= set(Post.objects.exclude(primary=None).values_list("primary_id", flat=True))
    return list(User.objects.filter(pk__in=named, is_active=True).order_by("pk"))


def visible_reviews(actor: Actor) -> QuerySet[DutyReview]:
    """All rounds, the latest first."""
    require(actor, Capability.VIEW_COMMUNICATION)
    return DutyReview.objects.prefetch_related("answers__person")


def get_review(actor: Actor, key: str) -> DutyReview:
    """One round. Raises ``NotFound``."""
    found = visible_reviews(actor).filter(key=key).first()
    if found is None:
        raise NotFound(f"there is no round {key}", fix="see the reviews of duties")
    return found


def own_answer(actor: Actor) -> DutyAnswer | None:
    """What the newest round that is not closed asks of a person; None: nothing."""
    require(actor, Capability.WORK_PLAN)
    rows = DutyAnswer.objects.filter(person=person(actor), review__closed_at=None)
    return rows.select_related("review").order_by("-review__opens_on").first()


@dataclass(frozen=True)
class Collaboration:
    """How people worked together in a time: pieces of work by group and by person."""

    tasks: list[Work]
    """Of responses, by group; drills left out."""
    plan: list[Work]
    """Subtasks of the plan, by owner."""
    told: list[Work]
    """What the communication plan owed, by owner."""


def collaboration(
    actor: Actor, since: date, until: date, now: datetime, zone: ZoneInfo
) -> Collaboration:
    """Everything that was due between two days, both included, and whether it was late."""
    require(actor, Capability.VIEW_COMMUNICATION)
    begins = datetime.combine(since, time.min, zone)
    ends = min(datetime.combine(until + timedelta(days=1), time.min, zone), now)
    return Collaboration(
        tasks=_response_work(begins, ends, now),
        plan=_plan_work(
            since, min(until, now.astimezone(zone).date()), now.astimezone(zone).date()
        ),
        told=_told_work(since, until, now.astimezone(zone).date(), zone),
    )


def _response_work(begins: datetime, ends: datetime, now: datetime) -> list[Work]:
    rows = Task.objects.filter(
        incident__drill=None, automatic="", due_at__gte=begins, due_at__lt=ends
    ).exclude(state=TaskState.SKIPPED)
    values = rows.values_list("group", "due_at", "opened_at", "began_at", "done_at")
    return [
        Work(
            group,
            late=(done or now) > due,
            wait=max(0.0, (began - opened).total_seconds()) if began and opened else None,
        )
        for group, due, opened, began, done in values
        if due is not None
    ]


def _plan_work(since: date, until: date, today: date) -> list[Work]:
    rows = PlanTask.objects.filter(
        archived_at=None, programme__archived_at=None, kind=PlanTaskKind.SUBTASK,
        due__gte=since, due__lte=until,
    ).exclude(state=PlanTaskState.DROPPED)  # fmt: skip
    return [
        Work(_named(row.owner), late=(row.done_on or today) > row.due)
        for row in rows.select_related("owner")
        if row.due is not None
    ]


def _told_work(since: date, until: date, today: date, zone: ZoneInfo) -> list[Work]:
    rows = Communication.objects.filter(due_on__gte=since, due_on__lte=until)
    found = []
    for row in rows.select_related("line__owner"):
        stands = standing_of(row, today, zone)
        if stands in (Standing.AHEAD, Standing.NOW, None):
            continue
        found.append(Work(_named(row.line.owner), late=stands is not Standing.KEPT))
    return found


def _named(user: User | None) -> str:
    return (user.get_full_name() or user.username) if user else ""


def late_answers(review: DutyReview) -> QuerySet[DutyAnswer]:
    """Who has not said a word yet."""
    return (
        review.answers.filter(state="open").select_related("person").order_by(F("person__username"))
    )
