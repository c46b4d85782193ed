"""The RACI table: duties and everybody's part in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.govern.communication.duties import organised
from shangdun.govern.communication.raci import Letter
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.conflict import EditConflict
from shangdun.records.duties import get_duty
from shangdun.records.models import Post, PostRank, Programme, RaciAssignment, RaciDuty, User
from shangdun.records.organisation import members
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_line, clean_text
from shangdun.respond.groups import Group

MOST = 300
MOST_PARTS = 60


class Assigned(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Somebody's part: a person, or an office that nobody holds yet."""

    letter: Letter
    person_id: int | None = None
    office: str = ""


class NewDuty(msgspec.Struct, frozen=True, kw_only=True):
    """A duty as somebody wants it. What is wrong with it is shown, not refused: gaps are seen."""

    title: str
    description: str = ""
    parts: tuple[Assigned, ...] = ()


@action(Capability.MANAGE_COMMUNICATION)
def do_add_duty(actor: Actor, wanted: NewDuty, *, clock: Clock = SYSTEM_CLOCK) -> Outcome[RaciDuty]:
    """Add a duty at the end of the table; the same title is one."""
    del actor
    wanted = _checked(wanted)
    same = RaciDuty.objects.filter(archived_at=None, title=wanted.title).first()
    if same is not None:
        if _values(same) == _wanted(wanted):
            return Unchanged(same)
        raise UsageError(
            "there is a duty of this name", code="duty.taken", where=wanted.title,
            fix="change that one",
        )  # fmt: skip
    if RaciDuty.objects.filter(archived_at=None).count() >= MOST:
        raise UsageError("the table is full", code="duty.many", fix="archive what is over")
    now = clock.now()
    duty = _create(wanted, now)
    return Done(duty, ("duty", duty.pk), now, _payload(duty))


@action(Capability.MANAGE_COMMUNICATION)
def do_change_duty(
    actor: Actor,
    wanted: NewDuty,
    *,
    duty_id: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[RaciDuty]:
    """Change a duty and everybody's part in it."""
    duty = get_duty(actor, duty_id)
    wanted = _checked(wanted)
    before = _values(duty)
    if before == _wanted(wanted):
        return Unchanged(duty)
    if duty.archived_at:
        raise UsageError("it was archived", code="duty.archived", where=duty.title, fix="add one")
    if version is not None and version != duty.version:
        raise EditConflict(
            "somebody changed this duty meanwhile", where=duty.title,
            mine={"version": version, **_wanted(wanted)},
            theirs={"version": duty.version, **before},
        )  # fmt: skip
    duty.title, duty.description = wanted.title, wanted.description
    duty.version += 1
    duty.save()
    _assign(duty, wanted.parts)
    return Done(duty, ("duty", duty.pk), clock.now(), _payload(duty))


@action(Capability.MANAGE_COMMUNICATION)
def do_archive_duty(
    actor: Actor, *, duty_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[RaciDuty]:
    """Take a duty out of the table; who had it stays on record."""
    duty = get_duty(actor, duty_id)
    if duty.archived_at:
        return Unchanged(duty)
    now = clock.now()
    duty.archived_at = now
    duty.version += 1
    duty.save(update_fields=["archived_at", "version"])
    return Done(duty, ("duty", duty.pk), now, _payload(duty))


@action(Capability.MANAGE_COMMUNICATION)
def do_adopt_duties(
    actor: Actor, *, language: str = "zh-hans", clock: Clock = SYSTEM_CLOCK
) -> Outcome[int]:
    """Take over the product's table where a company has none of it yet."""
    del actor
    now = clock.now()
    made = adopt_duties({}, language, now)
    if not made:
        return Unchanged(0)
    return Done(len(made), ("duty", "table"), now, {"duties": [row.key for row in made]})


def adopt_duties(
    people: dict[str, int], language: str, at: datetime, programme: Programme | None = None
) -> list[RaciDuty]:
    """The same within a caller's transaction; ``people`` says who holds which office."""
    held = holders(people)
    found = organised()
    taken = set(RaciDuty.objects.exclude(key="").values_list("key", flat=True))
    made = []
    for one in found.duties:
        if one.key in taken:
            continue
        parts = tuple(
            Assigned(
                letter=letter,
                person_id=held.get(office),
                office=found.offices[office].text(language),
            )
            for letter, office in one.parts()
        )
        wanted = NewDuty(title=one.title.text(language), parts=parts)
        made.append(_create(wanted, at, key=one.key, programme=programme))
    return made


def holders(people: dict[str, int]) -> dict[str, int]:
    """Office → person: as somebody said, and the heads of management and legal by their seats."""
    held = {
        office: pk
        for office, pk in people.items()
        if User.objects.filter(pk=pk, is_active=True).exists()
    }
    for office, group in (("management", Group.LEADERSHIP), ("legal", Group.LEGAL)):
        if office in held:
            continue
        head = Post.objects.filter(group=group.value, rank=PostRank.HEAD, primary__is_active=True)
        seat = head.first()
        everybody = members(group)
        if seat and seat.primary_id:
            held[office] = seat.primary_id
        elif len(everybody) == 1:
            held[office] = everybody[0].pk
    return held


def _create(
    wanted: NewDuty, at: datetime, *, key: str = "", programme: Programme | None = None
) -> RaciDuty:
    last = RaciDuty.objects.aggregate(top=Max("position"))["top"] or 0
    duty = RaciDuty.objects.create(
        key=key, programme=programme, title=wanted.title, description=wanted.description,
        position=last + 1, created_at=at,
    )  # fmt: skip
    _assign(duty, wanted.parts)
    return duty


def _assign(duty: RaciDuty, parts: tuple[Assigned, ...]) -> None:
    duty.assignments.all().delete()
    RaciAssignment.objects.bulk_create(
        [
            RaciAssignment(
                duty=duty, letter=one.letter.value, person_id=one.person_id, office=one.office
            )
            for one in parts
        ]
    )


def _checked(wanted: NewDuty) -> NewDuty:
    title = clean_line(wanted.title)
    description = clean_text(wanted.description.strip())
    if not title or len(title) > 200 or len(description) > 4000:
        raise UsageError("a duty needs a name", code="duty.title", fix="at most 200 characters")
    parts = []
    for one in wanted.parts:
        office = clean_line(one.office)[:100]
        if one.person_id is None and not office:
            continue
        known = one.person_id is None or User.objects.filter(pk=one.person_id).exists()
        if not known:
            raise UsageError("there is no such person", code="duty.person", fix="choose somebody")
        parts.append(msgspec.structs.replace(one, office=office))
    unique = tuple(dict.fromkeys(parts))
    if len(unique) > MOST_PARTS:
        raise UsageError("too many have a part", code="duty.parts", fix=f"at most {MOST_PARTS}")
    return NewDuty(title=title, description=description, parts=unique)


def _values(duty: RaciDuty) -> dict[str, Any]:
    rows = duty.assignments.select_related(None).order_by("pk")
    parts = [
        Assigned(letter=Letter(row.letter), person_id=row.person_id, office=row.office)
        for row in rows
    ]
    return {"title": duty.title, "description": duty.description, "parts": _sorted(parts)}


def _wanted(wanted: NewDuty) -> dict[str, Any]:
    return {
        "title": wanted.title,
        "description": wanted.description,
        "parts": _sorted(list(wanted.parts)),
    }


def _sorted(parts: list[Assigned]) -> list[str]:
    return sorted(f"{one.letter.value}:{one.person_id or ''}:{one.office}" for one in parts)


def _payload(duty: RaciDuty) -> dict[str, Any]:
    return {"title": duty.title, "parts": _values(duty)["parts"], "version": duty.version}
