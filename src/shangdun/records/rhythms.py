"""What recurs as it is read: its next windows, who it concerns, feeds of the calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from shangdun.govern.rhythm.windows import Window, windows
from shangdun.govern.schedule.calendar import calendar_named
from shangdun.kernel.errors import NotFound
from shangdun.records.access import require, token_hash
from shangdun.records.actor import Actor
from shangdun.records.messages import people_of
from shangdun.records.models import FeedKey, Rhythm, RhythmMakes, User
from shangdun.records.roles import Capability
from shangdun.respond.groups import Group

SEES = {
    RhythmMakes.MEETING: Capability.VIEW_MEETINGS,
    RhythmMakes.REPORT: Capability.VIEW_REPORTS,
}
MANAGES = {
    RhythmMakes.MEETING: Capability.MANAGE_MEETINGS,
    RhythmMakes.REPORT: Capability.MANAGE_REPORTS,
}


def visible_rhythms(actor: Actor) -> QuerySet[Rhythm]:
    """What recurs, meetings first; reports only for who may see reports."""
    require(actor, *SEES.values())
    seen = [makes.value for makes, needs in SEES.items() if actor.can(needs)]
    return Rhythm.objects.filter(makes__in=seen).select_related("owner", "programme")


def get_rhythm(actor: Actor, rhythm_id: int) -> Rhythm:
    found = visible_rhythms(actor).filter(pk=rhythm_id).first()
    if found is None:
        raise NotFound(f"there is no rhythm {rhythm_id}", fix="see what recurs")
    return found


def windows_of(rhythm: Rhythm, since: date, until: date) -> list[Window]:
    """When it is due between two days, on its own working-day calendar; none before it begins."""
    first = max(since, rhythm.starts_on)
    if first > until:
        return []
    found = windows(rhythm.rule, calendar_named(rhythm.calendar), first, until)
    return [window for window in found if window.span.until >= rhythm.starts_on]


def invited_by(rhythm: Rhythm) -> frozenset[int]:
    """Ids of the active people it concerns: its groups' members, those named, its owner."""
    members = people_of(groups_in(rhythm.groups))
    named = {*rhythm.people, rhythm.owner_id}
    active = User.objects.filter(pk__in=[one for one in named if one], is_active=True)
    return members | frozenset(active.values_list("pk", flat=True))


def groups_in(names: Iterable[str]) -> tuple[Group, ...]:
    known = set(Group)
    return tuple(Group(name) for name in names if name in known)


def feed_key(token: str) -> FeedKey | None:
    """The feed that this token opens, unless it was revoked or its owner switched off."""
    keys = FeedKey.objects.select_related("owner").filter(revoked=None)
    return keys.filter(token_hash=token_hash(token), owner__is_active=True).first()
