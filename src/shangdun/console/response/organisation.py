"""The organisation for pages: the plan's chart, who is on call, what would fail tonight."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shangdun.records.models import PersonAbsence, PersonContact, Post, User
from shangdun.records.models.groups import PlanGroup
from shangdun.records.organisation import (
    on_call_everywhere,
    role_of,
    seat_of,
    shifts_by_group,
    visible_posts,
)
from shangdun.records.roles import Role
from shangdun.respond.groups import Group
from shangdun.respond.organisation.built_in import group_duties
from shangdun.respond.organisation.calendar import Words, calendar
from shangdun.respond.organisation.rota import Shift, gaps
from shangdun.respond.organisation.seats import Flaw, Flawed, flaws, ordered

AHEAD = timedelta(days=28)
"""How far gaps are looked for."""
CALENDAR_BACK, CALENDAR_AHEAD = timedelta(days=31), timedelta(days=182)
FLAWS: dict[Flaw, Promise] = {
    Flaw.VACANT: gettext_lazy("nobody holds this post"),
    Flaw.NO_DEPUTY: gettext_lazy("no deputy"),
    Flaw.UNABLE: gettext_lazy("lacks the role that its work needs, or is switched off:"),
    Flaw.UNREACHABLE: gettext_lazy("no telephone or other contact on record:"),
    Flaw.ALONE: gettext_lazy("holder and deputies are all away now"),
}
GRAVE = {Flaw.VACANT, Flaw.UNABLE, Flaw.ALONE}


@dataclass(frozen=True)
class FlawShown:
    """One flaw in words."""

    text: Promise | str
    people: list[str]
    grave: bool


@dataclass
class PostShown:
    """A post with its people and its flaws."""

    row: Post
    name: str
    duties: str
    deputies: list[User]
    flaws: list[FlawShown] = field(default_factory=list)


@dataclass
class GroupShown:
    """One group of the chart."""

    group: Group
    label: Promise | str
    duties: str
    posts: list[PostShown]
    on_call: list[User]
    shift: Shift | None
    gaps: list[Shift]
    has_rota: bool

    @property
    def grave(self) -> int:
        return sum(flaw.grave for post in self.posts for flaw in post.flaws)


def english() -> bool:
    """Whether the page is in English."""
    return (get_language() or "").startswith("en")


def name_of(post: Post) -> str:
    """In the page's language; the other where that is missing."""
    first, second = (post.name_en, post.name_zh) if english() else (post.name_zh, post.name_en)
    return first or second


def chart(user: User, now: datetime) -> list[GroupShown]:
    """The groups in the plan's order, each with its posts, who is on call and what is wrong."""
    posts = list(visible_posts(user))
    found = shifts_by_group(now, now + AHEAD)
    wrong = _flaws(posts, now)
    names = _names(person for flaw in wrong for person in flaw.people)
    by_post: dict[int, list[FlawShown]] = defaultdict(list)
    for one in wrong:
        told = [names[person] for person in one.people if person in names]
        by_post[one.post].append(FlawShown(FLAWS[one.flaw], told, one.flaw in GRAVE))
    called = on_call_everywhere(now)
    return [_group(g, posts, found.get(g), by_post, called[g]) for g in Group]


def _group(
    group: Group,
    posts: list[Post],
    found: tuple[Shift, ...] | None,
    by_post: dict[int, list[FlawShown]],
    called: list[User],
) -> GroupShown:
    duties = group_duties(group)
    rows = {post.pk: post for post in posts if post.group == group.value}
    return GroupShown(
        group=group,
        label=PlanGroup(group.value).label,
        duties=duties.duties_en if english() else duties.duties_zh,
        posts=[
            _post(rows[seat.post], by_post[seat.post])
            for seat in ordered(seat_of(row) for row in rows.values())
        ],
        on_call=called[:3],
        shift=found[0] if found else None,
        gaps=list(gaps(found or ()))[:5],
        has_rota=found is not None,
    )


def _post(row: Post, wrong: list[FlawShown]) -> PostShown:
    first, second = (row.duties_en, row.duties_zh) if english() else (row.duties_zh, row.duties_en)
    people = [deputy.person for deputy in row.deputies.all()]
    return PostShown(row, name_of(row), first or second, people, wrong)


def _flaws(posts: list[Post], now: datetime) -> tuple[Flawed, ...]:
    people = User.objects.filter(is_active=True).prefetch_related("groups")
    able: dict[Group, set[int]] = {group: set() for group in Group}
    reachable = set(PersonContact.objects.values_list("person_id", flat=True))
    for person in people:
        roles: frozenset[Role] = person.roles
        for group in Group:
            if role_of(group) in roles:
                able[group].add(person.pk)
    away = PersonAbsence.objects.filter(since__lte=now, until__gt=now)
    gone = set(away.values_list("person_id", flat=True))
    return flaws([seat_of(post) for post in posts], dict(able), reachable, gone)


def _names(numbers: Iterable[int]) -> dict[int, str]:
    rows = User.objects.filter(pk__in=set(numbers))
    return {row.pk: row.get_full_name() or row.username for row in rows}


def as_calendar(groups: Iterable[Group], now: datetime, of: int | None = None) -> bytes:
    """The rotas of these groups as iCalendar, a month back and half a year ahead."""
    found = shifts_by_group(now - CALENDAR_BACK, now + CALENDAR_AHEAD)
    told = {}
    people: set[int] = set()
    for group in groups:
        label = str(PlanGroup(group.value).label)
        words = Words(
            name=_("On call: %(group)s") % {"group": label},
            on_call=_("On call: %(group)s") % {"group": label} + " · {person}",
            nobody=_("⚠ Nobody on call: %(group)s") % {"group": label},
        )
        told[group.value] = (words, found.get(group, ()))
        people |= {shift.person for shift in found.get(group, ()) if shift.person is not None}
    return calendar(told, _names(people), now, of)


def shifts_shown(group: Group, since: datetime, until: datetime) -> list[dict[str, object]]:
    """The list of a rota's page: each shift with its people."""
    found = shifts_by_group(since, until).get(group, ())
    numbers = {n for shift in found for n in (shift.person, shift.planned) if n is not None}
    people = {row.pk: row for row in User.objects.filter(pk__in=numbers)}
    return [
        {
            "shift": shift,
            "person": people.get(shift.person or 0),
            "planned": people.get(shift.planned or 0),
        }
        for shift in found
    ]
