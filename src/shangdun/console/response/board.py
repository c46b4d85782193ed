"""The board of an incident: lanes by group, cards by what is to do, the course of its playbooks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.functional import Promise

from shangdun.console.wordings.tasks import instruction_of, spoken, title_of
from shangdun.records.models import Incident, PlanGroup, PlaybookRun, Task, TaskState, User
from shangdun.records.models.playbooks import PlaybookVersion
from shangdun.records.roles import Capability
from shangdun.records.tasks import groups_of, runs_of, tasks_of, works_on
from shangdun.respond.groups import Group

OVER_SHOWN = 10
WAITING_SHOWN = 15
"""In a lane; of more the next in the playbook's order are shown, and how many there are."""
NAMED = 3
SOON = 0.25
"""Share of its time from which a timer is pressing."""
ORDER = {TaskState.FAILED: 0, TaskState.DOING: 1, TaskState.OPEN: 1, TaskState.WAITING: 2}


@dataclass
class Card:
    """One task as the board shows it."""

    task: Task
    title: str
    instruction: str
    look: str
    """``bad`` failed or overdue, ``warn`` pressing, ``own`` in work, ``good`` done, or empty."""
    overdue: bool
    waits: list[str] = field(default_factory=list)
    works: bool = False
    takes: bool = False
    finishes: bool = False
    answers: bool = False
    """It is done on its own page: the playbook asks something."""
    lets_act: bool = False
    retries: bool = False
    minutes: int | None = None
    """How long it took, where it is over."""

    @property
    def owner(self) -> str:
        who = self.task.owner
        return (who.get_full_name() or who.username) if who else ""

    @property
    def handle(self) -> str:
        """Which version of which task a button is about."""
        return f"{self.task.pk}.{self.task.version}"


@dataclass
class Lane:
    """One group's part of the board."""

    group: Group
    label: Promise | str
    mine: bool
    asking: list[Card]
    waiting: list[Card]
    over: list[Card]
    waiting_number: int
    over_number: int
    overdue: int

    @property
    def number(self) -> int:
        return len(self.asking)


@dataclass
class CourseShown:
    """Where one playbook stands."""

    run: PlaybookRun
    title: str
    done: int
    of: int
    now: list[Card]
    coming: list[Card]
    failed: list[Card]


@dataclass
class Board:
    """All of it."""

    lanes: list[Lane]
    courses: list[CourseShown]
    tasks: int
    left: int
    overdue: int


def board_of(user: User, incident: Incident, now: datetime, show: str = "all") -> Board:
    """The board as this person sees it, in four queries however many tasks there are."""
    tasks = list(tasks_of(user, incident))
    titles = {task.pk: title_of(task) for task in tasks}
    over = {task.pk for task in tasks if task.is_over}
    cards = [card_of(user, task, now, titles, over) for task in tasks]
    shown = [card for card in cards if _wanted(card, user, show)]
    mine = groups_of(user)
    groups = sorted(Group, key=lambda group: (group not in mine, list(Group).index(group)))
    return Board(
        lanes=[_lane(group, group in mine, shown) for group in groups],
        courses=_courses(runs_of(user, incident), cards),
        tasks=len(tasks),
        left=len(tasks) - len(over),
        overdue=sum(card.overdue for card in cards),
    )


def card_of(
    user: User, task: Task, now: datetime, titles: Mapping[int, str], over: Iterable[int] = ()
) -> Card:
    """One task with what this person can do about it."""
    asking = task.state in {TaskState.OPEN, TaskState.DOING} or task.held
    works = works_on(user, task)
    acting = bool(task.automatic) and task.state == TaskState.DOING
    can = works and asking and not acting
    overdue = asking and task.due_at is not None and task.due_at <= now
    held = task.state == TaskState.FAILED
    confirms = bool(task.automatic) and task.state == TaskState.OPEN
    left = [titles[pk] for pk in task.depends if pk in titles and pk not in over]
    return Card(
        task=task,
        title=titles.get(task.pk) or title_of(task),
        instruction=instruction_of(task),
        look=_look(task, now, overdue=overdue),
        overdue=overdue,
        waits=left if task.state == TaskState.WAITING else [],
        works=works,
        takes=can and not task.automatic and (task.owner_id is None or task.state == "open"),
        finishes=can and not task.asks and not confirms and not (held and task.automatic),
        answers=can and bool(task.asks),
        lets_act=can and confirms and _may_let(user, task),
        retries=can and held,
        minutes=_minutes(task),
    )


def _may_let(user: User, task: Task) -> bool:
    return task.automatic not in {"block", "unblock"} or user.can(Capability.DECIDE)


def _look(task: Task, now: datetime, *, overdue: bool) -> str:
    if overdue or (task.state == TaskState.FAILED and task.held):
        return "bad"
    if task.state == TaskState.DONE:
        return "good"
    if task.state in {TaskState.OPEN, TaskState.DOING}:
        if task.due_at and task.opened_at and _pressing(task.opened_at, task.due_at, now):
            return "warn"
        return "own" if task.state == TaskState.DOING else ""
    return "quiet"


def _pressing(opened: datetime, due: datetime, now: datetime) -> bool:
    return due - now <= (due - opened) * SOON


def _minutes(task: Task) -> int | None:
    if task.done_at is None or task.opened_at is None:
        return None
    return max(0, round((task.done_at - task.opened_at) / timedelta(minutes=1)))


def _wanted(card: Card, user: User, show: str) -> bool:
    if show == "mine":
        return card.task.owner_id == user.pk
    if show == "overdue":
        return card.overdue
    return True


def _lane(group: Group, mine: bool, cards: list[Card]) -> Lane:  # noqa: FBT001  read by its name where it is made
    own = [card for card in cards if card.task.group == group.value]
    asking = [one for one in own if not one.task.is_over and one.task.state != TaskState.WAITING]
    far = datetime.max.replace(tzinfo=asking[0].task.created_at.tzinfo) if asking else None
    asking.sort(
        key=lambda one: (ORDER[TaskState(one.task.state)], one.task.due_at or far, one.task.place)
    )
    waiting = [one for one in own if one.task.state == TaskState.WAITING]
    over = [one for one in own if one.task.is_over]
    over.sort(key=lambda one: one.task.done_at or one.task.created_at, reverse=True)
    return Lane(
        group=group,
        label=PlanGroup(group.value).label,
        mine=mine,
        asking=asking,
        waiting=waiting[:WAITING_SHOWN],
        over=over[:OVER_SHOWN],
        waiting_number=len(waiting),
        over_number=len(over),
        overdue=sum(one.overdue for one in asking),
    )


def _courses(runs: Iterable[PlaybookRun], cards: list[Card]) -> list[CourseShown]:
    by_run: dict[int | None, list[Card]] = {}
    for card in cards:
        by_run.setdefault(card.task.run_id, []).append(card)
    shown = []
    for run in runs:
        own = by_run.get(run.pk, [])
        states = Counter(str(card.task.state) for card in own)
        asking = [c for c in own if c.task.state in {TaskState.OPEN, TaskState.DOING}]
        failed = [c for c in own if c.task.state == TaskState.FAILED]
        shown.append(
            CourseShown(
                run=run,
                title=spoken(run.title_zh, run.title_en),
                done=states["done"] + states["skipped"],
                of=len(own),
                now=asking,
                coming=[c for c in own if c.task.state == TaskState.WAITING][:NAMED],
                failed=failed,
            )
        )
    return shown


def playbook_choices(
    versions: Iterable[PlaybookVersion], running: Iterable[PlaybookRun]
) -> list[tuple[int, str]]:
    """What may be begun: row of the version and its title; what runs already is left out."""
    going = {run.playbook_version_id for run in running if run.state == "running"}
    return [
        (one.pk, spoken(one.playbook.title_zh, one.playbook.title_en))
        for one in versions
        if one.pk not in going
    ]
