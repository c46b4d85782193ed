"""A group's on-call rota, and who stands in."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotAllowed, NotFound, UsageError
from shangdun.records.actor import Actor
from shangdun.records.conflict import EditConflict
from shangdun.records.models import OnCallRota, RotaCover, User
from shangdun.records.organisation import members, rota_from
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.respond.groups import Group
from shangdun.respond.organisation.rota import Rota, check_rota

LONGEST_COVER = timedelta(days=92)


@action(Capability.MANAGE_ORGANISATION)
def do_set_rota(
    actor: Actor,
    rota: Rota,
    *,
    group: Group,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[OnCallRota]:
    """Set a group's rotation; swaps that were agreed stay."""
    del actor
    check_rota(rota)
    _check_people(group, rota.people)
    row = OnCallRota.objects.filter(group=group.value).first()
    before = rota_from(row) if row else None
    if row and before == rota:
        return Unchanged(row)
    standing = row.version if row else 0
    if version is not None and version != standing:
        raise EditConflict(
            "somebody changed this rota meanwhile",
            where=group.value,
            mine={"version": version, **_shown(rota)},
            theirs={"version": standing, **(_shown(before) if before else {})},
        )
    row = row or OnCallRota(group=group.value, version=0)
    row.people, row.starts, row.ends = list(rota.people), rota.starts, rota.ends
    row.hand_over, row.zone, row.days = rota.hand_over, rota.zone, rota.days
    row.version += 1
    row.save()
    payload = {
        "people": list(rota.people),
        "starts": rota.starts.isoformat(),
        "ends": rota.ends.isoformat() if rota.ends else "",
        "hand_over": rota.hand_over.isoformat(),
        "zone": rota.zone,
        "days": rota.days,
    }
    return Done(row, ("rota", group.value), clock.now(), payload)


@action(Capability.MANAGE_ORGANISATION)
def do_remove_rota(actor: Actor, *, group: Group, clock: Clock = SYSTEM_CLOCK) -> Outcome[None]:
    """Without a rota the group's head is called."""
    del actor
    deleted, _rows = OnCallRota.objects.filter(group=group.value).delete()
    if not deleted:
        return Unchanged(None)
    return Done(None, ("rota", group.value), clock.now())


@action(Capability.MANAGE_ORGANISATION, Capability.WORK_TASKS)
def do_add_cover(
    actor: Actor,
    *,
    group: Group,
    person_id: int,
    since: datetime,
    until: datetime,
    note: str = "",
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[RotaCover]:
    """Somebody stands in (换班): who manages the rota says so, or whoever takes it on himself."""
    row = OnCallRota.objects.filter(group=group.value).first()
    if row is None:
        raise NotFound("this group has no rota", fix="set one first")
    if not actor.can(Capability.MANAGE_ORGANISATION) and getattr(actor, "pk", None) != person_id:
        raise NotAllowed(
            "one takes a shift over for oneself",
            fix="ask the other to take it, or who manages the organisation",
        )
    _check_people(group, (person_id,))
    now = clock.now()
    if not since < until or until <= now or until - since > LONGEST_COVER:
        raise UsageError(
            "a swap ends after it begins, within a quarter, and is not over already",
            code="cover.time",
            fix="give its first and last moment",
        )
    same = row.covers.filter(person_id=person_id, since=since, until=until).first()
    if same is not None:
        return Unchanged(same)
    cover = RotaCover.objects.create(
        rota=row,
        person_id=person_id,
        since=since,
        until=until,
        note=clean_text(note.strip())[:200],
    )
    payload = {"person": person_id, "from": since.isoformat(), "until": until.isoformat()}
    return Done(cover, ("rota", group.value), now, payload)


@action(Capability.MANAGE_ORGANISATION, Capability.WORK_TASKS)
def do_remove_cover(actor: Actor, *, cover_id: int, clock: Clock = SYSTEM_CLOCK) -> Outcome[None]:
    """The swap is off; whose turn it was has it again."""
    cover = RotaCover.objects.select_related("rota").filter(pk=cover_id).first()
    if cover is None:
        return Unchanged(None)
    manages = actor.can(Capability.MANAGE_ORGANISATION)
    if not manages and getattr(actor, "pk", None) != cover.person_id:
        raise NotAllowed("this is somebody else's", fix="ask who manages the organisation")
    cover.delete()
    payload = {"person": cover.person_id, "from": cover.since.isoformat()}
    return Done(None, ("rota", cover.rota.group), clock.now(), payload)


def _check_people(group: Group, people: tuple[int, ...]) -> None:
    """Only people of the group are called for it, or a call would reach somebody who cannot act."""
    known = {person.pk for person in members(group)}
    strangers = [one for one in people if one not in known]
    if strangers:
        who = User.objects.filter(pk=strangers[0]).first()
        raise UsageError(
            f"{who.username if who else strangers[0]} is not of this group",
            code="rota.stranger",
            where=group.value,
            fix="seat the person in the group first, or give the role",
        )


def _shown(rota: Rota) -> dict[str, object]:
    shown: dict[str, object] = msgspec.to_builtins(rota)
    names = dict(User.objects.filter(pk__in=rota.people).values_list("pk", "username"))
    shown["people"] = [names.get(one, str(one)) for one in rota.people]
    return shown
