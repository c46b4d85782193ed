"""Who is in which group, who is on call now, whom leadership's question goes to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Q, QuerySet

from shangdun.kernel.errors import NotAllowed, NotFound
from shangdun.records.access import require, token_hash
from shangdun.records.actor import Actor
from shangdun.records.models import (
    CalendarKey,
    OnCallRota,
    PersonAbsence,
    PersonContact,
    Post,
    User,
)
from shangdun.records.models.organisation import ContactKind
from shangdun.records.roles import Capability, Role
from shangdun.records.sealing import unseal
from shangdun.respond.groups import Group
from shangdun.respond.organisation import rota as rotas
from shangdun.respond.organisation import seats as sitting
from shangdun.respond.organisation.rota import Absence, Cover, Rota, Shift
from shangdun.respond.organisation.seats import Rank, Seat

CONTACT = "person_contact"
"""The context under which contacts are sealed."""


class Contact(NamedTuple):
    """One way to reach a person."""

    kind: ContactKind
    value: str


def members(group: Group, at: datetime | None = None) -> list[User]:
    """The active people of a group: those on its seats in the plan's order, then by their role.

    With ``at`` without those who are away then, unless that leaves nobody.
    """
    on_seats = sitting.people_of(seats(group))
    with_role = User.objects.filter(groups__name=group.value, is_active=True).order_by("pk")
    found = _people([*on_seats, *with_role.values_list("pk", flat=True)])
    if at is None:
        return found
    away = _away(at)
    return [person for person in found if person.pk not in away] or found


def on_call(group: Group, at: datetime) -> list[User]:
    """Whom to call first: who is on shift; in a gap or without a rota the group's head.

    Holder of the head's seat, or the first deputy who is not away; where the seats are empty all
    members. Empty only if the group has nobody.
    """
    return on_call_everywhere(at)[group]


def on_call_everywhere(at: datetime) -> dict[Group, list[User]]:
    """The same for every group, in as many queries as for one."""
    found = shifts_by_group(at, at + timedelta.resolution)
    away = _away(at)
    held: dict[Group, list[Seat]] = {group: [] for group in Group}
    for seat in seats():
        held[seat.group].append(seat)
    people = _acting(sitting.people_of(seat for row in held.values() for seat in row), found)
    told = {}
    for group in Group:
        shift = found.get(group)
        person = people.get(shift[0].person or 0) if shift else None
        told[group] = [person] if person else _by_rank(group, held[group], people, away)
    return told


def _acting(on_seats: Sequence[int], found: Mapping[Group, Sequence[Shift]]) -> dict[int, User]:
    """The active people who may be called: on seats, on shift, or by their role."""
    named = {*on_seats, *(s.person for row in found.values() for s in row if s.person)}
    roles = [group.value for group in Group]
    rows = User.objects.filter(Q(pk__in=named) | Q(groups__name__in=roles), is_active=True)
    return {row.pk: row for row in rows.distinct().order_by("pk").prefetch_related("groups")}


def _by_rank(
    group: Group, held: Sequence[Seat], people: Mapping[int, User], away: Collection[int]
) -> list[User]:
    heads = sitting.people_of(seat for seat in held if seat.rank is not Rank.MEMBER)
    present = [people[pk] for pk in heads if pk in people and pk not in away]
    if present:
        return present[:1]
    with_role = [pk for pk, one in people.items() if role_of(group) in one.roles]
    everybody = [pk for pk in dict.fromkeys([*sitting.people_of(held), *with_role]) if pk in people]
    return [people[pk] for pk in everybody if pk not in away] or [people[pk] for pk in everybody]


def chain(at: datetime) -> list[User]:
    """Whom leadership's question goes to, in order: head, deputies, deputy head, members.

    Only who may order; who is away is left out unless all are. Those who have the role without a
    seat come last, so that a fresh installation asks somebody.
    """
    everybody = {person.pk: person for person in members(Group.LEADERSHIP)}
    able = {pk for pk, person in everybody.items() if person.can(Capability.ORDER_INCIDENTS)}
    away = _away(at)
    asked = [*sitting.chain(seats(Group.LEADERSHIP), able, away)]
    asked += [pk for pk in everybody if pk in able and pk not in asked and pk not in away]
    return [everybody[pk] for pk in asked]


def contacts(user: User) -> list[Contact]:
    """How a person is reached, the first first; the account's e-mail address when nothing else."""
    found = kept_contacts(user)
    if not found and user.email:
        found.append(Contact(ContactKind.EMAIL, user.email))
    return found


def kept_contacts(user: User) -> list[Contact]:
    """What was entered for the person."""
    rows = PersonContact.objects.filter(person=user)
    return [Contact(ContactKind(row.kind), unseal(bytes(row.sealed), CONTACT)) for row in rows]


def seats(group: Group | None = None) -> list[Seat]:
    """The seats as the pure part takes them, of one group or of all."""
    rows = Post.objects.prefetch_related("deputies")
    rows = rows.filter(group=group.value) if group else rows
    return sitting.ordered(seat_of(row) for row in rows)


def seat_of(post: Post) -> Seat:
    """One row as a seat."""
    return Seat(
        post=post.pk,
        group=Group(post.group),
        rank=Rank(post.rank),
        place=post.place,
        primary=post.primary_id,
        deputies=tuple(deputy.person_id for deputy in post.deputies.all()),
    )


def visible_posts(actor: Actor) -> QuerySet[Post]:
    """With holders and deputies, in the plan's order."""
    require(actor, Capability.VIEW_ORGANISATION)
    return Post.objects.select_related("primary").prefetch_related("deputies__person")


def get_post(actor: Actor, post_id: int) -> Post:
    found = visible_posts(actor).filter(pk=post_id).first()
    if found is None:
        raise NotFound(f"there is no post {post_id}", fix="see the organisation")
    return found


def get_member(actor: Actor, person_id: int) -> User:
    """An active person, for whoever may see the organisation: it is whom to call."""
    require(actor, Capability.VIEW_ORGANISATION)
    found = User.objects.filter(pk=person_id, is_active=True).first()
    if found is None:
        raise NotFound(f"there is no person {person_id}", fix="see the organisation")
    return found


def get_member_to_change(actor: Actor, person_id: int) -> User:
    """The actor himself, or anybody for those who manage the organisation."""
    found = get_member(actor, person_id)
    if found != actor and not actor.can(Capability.MANAGE_ORGANISATION):
        raise NotAllowed(
            "this is said by the person, or by who manages the organisation",
            fix="ask an administrator",
        )
    return found


def posts_of(person: User) -> QuerySet[Post]:
    """The posts that a person holds or stands in for."""
    held = Q(primary=person) | Q(deputies__person=person)
    return Post.objects.filter(held).distinct()


def get_rota(actor: Actor, group: Group) -> OnCallRota | None:
    """The group's rota, or None before it has one."""
    require(actor, Capability.VIEW_ORGANISATION)
    return OnCallRota.objects.filter(group=group.value).first()


def rota_from(row: OnCallRota) -> Rota:
    """A row as the pure part takes it."""
    return Rota(
        people=tuple(row.people),
        starts=row.starts,
        ends=row.ends,
        hand_over=row.hand_over,
        zone=row.zone,
        days=row.days,
    )


def shifts_of(group: Group, since: datetime, until: datetime) -> tuple[Shift, ...]:
    """Who is on call in the group from when to when, gaps included; nothing without a rota."""
    return shifts_by_group(since, until).get(group, ())


def shifts_by_group(since: datetime, until: datetime) -> dict[Group, tuple[Shift, ...]]:
    """The same for all groups that have a rota, in four queries."""
    rows = list(OnCallRota.objects.prefetch_related("covers"))
    away = _absences(since, until) if rows else []
    found = {}
    for row in rows:
        covers = sorted(row.covers.all(), key=lambda one: one.pk)
        spans = [Cover(one.person_id, one.since, one.until) for one in covers]
        found[Group(row.group)] = rotas.shifts(rota_from(row), spans, away, since, until)
    return found


def calendar_key(token: str) -> CalendarKey | None:
    """The address that this token opens, unless it was revoked or its owner switched off."""
    keys = CalendarKey.objects.select_related("owner").filter(revoked=None)
    found = keys.filter(token_hash=token_hash(token), owner__is_active=True).first()
    return found if found and found.owner.can(Capability.VIEW_ORGANISATION) else None


def _absences(since: datetime, until: datetime) -> list[Absence]:
    """Absences that touch the span; an account that is switched off is away for good."""
    rows = PersonAbsence.objects.filter(since__lte=until, until__gt=since)
    off = User.objects.filter(is_active=False).values_list("pk", flat=True)
    found = [Absence(row.person_id, row.since, row.until) for row in rows]
    return found + [Absence(pk, since, until + timedelta(days=1)) for pk in off]


def _away(at: datetime) -> set[int]:
    return {absence.person for absence in _absences(at, at)}


def _people(numbers: Iterable[int]) -> list[User]:
    """Active people by number, in this order, each once."""
    wanted = list(dict.fromkeys(numbers))
    rows = User.objects.filter(pk__in=wanted, is_active=True).prefetch_related("groups")
    found = {person.pk: person for person in rows}
    return [found[number] for number in wanted if number in found]


def role_of(group: Group) -> Role:
    """The role whose permissions the group's work needs."""
    return Role(group.value)
