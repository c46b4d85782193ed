"""Groups across teams: their purpose, members with duties and expected results, their meetings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.duties.raci import holders
from shangdun.govern.communication.duties import organised
from shangdun.govern.communication.lines import Audience
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.conflict import EditConflict
from shangdun.records.duties import get_group
from shangdun.records.models import CrossTeamGroup, CrossTeamMember, Rhythm, User
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_lines

MOST_MEMBERS = 100


class NewMember(msgspec.Struct, frozen=True, kw_only=True):
    person_id: int
    team: str = ""
    duty: str = ""
    expected: str = ""


class NewGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A group as somebody wants it."""

    name: str
    purpose: str = ""
    expected: str = ""
    shares: str = ""
    teams: tuple[Audience, ...] = ()
    lead_id: int | None = None
    rhythm_id: int | None = None
    members: tuple[NewMember, ...] = ()


FIELDS = ("name", "purpose", "expected", "shares", "lead_id", "rhythm_id")


@action(Capability.MANAGE_COMMUNICATION)
def do_add_group(
    actor: Actor, wanted: NewGroup, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[CrossTeamGroup]:
    """Set up a group; the same name is one."""
    del actor
    wanted = _checked(wanted)
    same = CrossTeamGroup.objects.filter(archived_at=None, name=wanted.name).first()
    if same is not None:
        if _values(same) == _wanted(wanted):
            return Unchanged(same)
        raise UsageError(
            "there is a group of this name", code="team.taken", where=wanted.name,
            fix="change that one",
        )  # fmt: skip
    now = clock.now()
    group = _create(wanted, now)
    return Done(group, ("cross_team_group", group.pk), now, _payload(group))


@action(Capability.MANAGE_COMMUNICATION)
def do_change_group(
    actor: Actor,
    wanted: NewGroup,
    *,
    group_id: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[CrossTeamGroup]:
    """Change a group and its members."""
    group = get_group(actor, group_id)
    wanted = _checked(wanted)
    before = _values(group)
    if before == _wanted(wanted):
        return Unchanged(group)
    if group.archived_at:
        raise UsageError("it was dissolved", code="team.archived", where=group.name, fix="add one")
    if version is not None and version != group.version:
        raise EditConflict(
            "somebody changed this group meanwhile", where=group.name,
            mine={"version": version, **_wanted(wanted)},
            theirs={"version": group.version, **before},
        )  # fmt: skip
    for name in FIELDS:
        setattr(group, name, getattr(wanted, name))
    group.teams = [team.value for team in wanted.teams]
    group.version += 1
    group.save()
    _join(group, wanted.members)
    return Done(group, ("cross_team_group", group.pk), clock.now(), _payload(group))


@action(Capability.MANAGE_COMMUNICATION)
def do_archive_group(
    actor: Actor, *, group_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[CrossTeamGroup]:
    """Dissolve a group; who was in it stays on record."""
    group = get_group(actor, group_id)
    if group.archived_at:
        return Unchanged(group)
    now = clock.now()
    group.archived_at = now
    group.version += 1
    group.save(update_fields=["archived_at", "version"])
    return Done(group, ("cross_team_group", group.pk), now, _payload(group))


def adopt_groups(people: dict[str, int], language: str, at: datetime) -> list[CrossTeamGroup]:
    """The product's groups within a caller's transaction: those with whom somebody sits in."""
    held = holders(people)
    taken = set(CrossTeamGroup.objects.exclude(key="").values_list("key", flat=True))
    made = []
    for one in organised().groups:
        if one.key in taken:
            continue
        members: dict[int, NewMember] = {}
        for member in one.members:
            who = held.get(member.role)
            if who is not None and who not in members:
                members[who] = NewMember(
                    person_id=who, team=member.team.value, duty=member.duty.text(language),
                    expected=member.expected.text(language),
                )  # fmt: skip
        rhythm = Rhythm.objects.filter(makes="meeting", kind=one.meets).first()
        wanted = NewGroup(
            name=one.name.text(language), purpose=one.purpose.text(language),
            expected=one.expected.text(language), shares=one.shares.text(language),
            teams=one.teams, lead_id=held.get(one.lead),
            rhythm_id=rhythm.pk if one.meets and rhythm else None,
            members=tuple(members.values()),
        )  # fmt: skip
        made.append(_create(wanted, at, one.key))
    return made


def _create(wanted: NewGroup, at: datetime, key: str = "") -> CrossTeamGroup:
    group = CrossTeamGroup.objects.create(
        key=key, created_at=at, teams=[team.value for team in wanted.teams],
        **{name: getattr(wanted, name) for name in FIELDS},
    )  # fmt: skip
    _join(group, wanted.members)
    return group


def _join(group: CrossTeamGroup, members: tuple[NewMember, ...]) -> None:
    group.members.all().delete()
    CrossTeamMember.objects.bulk_create(
        [CrossTeamMember(group=group, **msgspec.structs.asdict(one)) for one in members]
    )


def _checked(wanted: NewGroup) -> NewGroup:
    texts = {
        name: clean_lines(getattr(wanted, name))
        for name in ("name", "purpose", "expected", "shares")
    }
    if not texts["name"] or len(texts["name"]) > 120:
        raise UsageError("a group needs a name", code="team.name", fix="at most 120 characters")
    if max(map(len, texts.values())) > 4000:
        raise UsageError("a text is too long", code="team.long", fix="at most 4,000 characters")
    members = {one.person_id: _member(one) for one in wanted.members}
    if len(members) > MOST_MEMBERS:
        raise UsageError("too many members", code="team.many", fix=f"at most {MOST_MEMBERS}")
    named = {*members, *((wanted.lead_id,) if wanted.lead_id else ())}
    if User.objects.filter(pk__in=named).count() != len(named):
        raise UsageError("there is no such person", code="team.person", fix="choose somebody")
    rhythm = wanted.rhythm_id
    if rhythm is not None and not Rhythm.objects.filter(pk=rhythm, makes="meeting").exists():
        raise UsageError("there are no such meetings", code="team.rhythm", fix="choose from them")
    return msgspec.structs.replace(wanted, members=tuple(members.values()), **texts)


def _member(one: NewMember) -> NewMember:
    team = one.team if one.team in set(Audience) else ""
    duty, expected = (clean_lines(text)[:300] for text in (one.duty, one.expected))
    return NewMember(person_id=one.person_id, team=team, duty=duty, expected=expected)


def _values(group: CrossTeamGroup) -> dict[str, Any]:
    rows = CrossTeamMember.objects.filter(group=group).order_by("person_id")
    told = [f"{row.person_id}:{row.team}:{row.duty}:{row.expected}" for row in rows]
    return {
        **{name: getattr(group, name) for name in FIELDS},
        "teams": list(group.teams),
        "members": told,
    }


def _wanted(wanted: NewGroup) -> dict[str, Any]:
    members = sorted(wanted.members, key=lambda one: one.person_id)
    return {
        **{name: getattr(wanted, name) for name in FIELDS},
        "teams": [team.value for team in wanted.teams],
        "members": [f"{m.person_id}:{m.team}:{m.duty}:{m.expected}" for m in members],
    }


def _payload(group: CrossTeamGroup) -> dict[str, Any]:
    people = group.members.order_by("person_id").values_list("person_id", flat=True)
    return {"name": group.name, "members": list(people), "version": group.version}
