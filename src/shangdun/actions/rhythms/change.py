"""Setting what recurs: how often, when, who, by whom."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

import msgspec
from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.govern.rhythm.periods import Period
from shangdun.govern.rhythm.windows import Place
from shangdun.govern.schedule.calendar import calendar_named
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.conflict import EditConflict
from shangdun.records.models import DocumentLanguage, MeetingKind, Rhythm, RhythmMakes, User
from shangdun.records.rhythms import MANAGES, get_rhythm
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.respond.groups import Group

MOST = 100
LONGEST_SPAN = {"week": 5, "month": 20, "quarter": 40, "half": 60, "year": 60}
"""Days of a window, by how often the thing recurs: two windows never meet."""


class NewRhythm(msgspec.Struct, kw_only=True, frozen=True):
    """Something that recurs, as somebody wants it."""

    makes: str
    kind: str
    title: str
    period: Period
    place: Place
    days: int
    starts_on: date
    weekday: int = 3
    hour: time = time(14)
    minutes: int = 60
    location: str = ""
    language: str = "zh-hans"
    groups: tuple[Group, ...] = ()
    people: tuple[int, ...] = ()
    owner: int | None = None
    ahead: int = 14
    calendar: str = "cn"
    programme: int | None = None
    key: str = ""
    """Empty: the next free one."""


FIELDS = tuple(name for name in NewRhythm.__struct_fields__ if name not in {"key", "makes"})


@action(Capability.MANAGE_MEETINGS, Capability.MANAGE_REPORTS)
def do_add_rhythm(
    actor: Actor, wanted: NewRhythm, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Rhythm]:
    """Let something recur from a day on; the same key twice is one.

    Raises ``UsageError``: ``rhythm.title``, ``.kind``, ``.days``, ``.minutes``, ``.many``.
    """
    same = Rhythm.objects.filter(key=wanted.key).first() if wanted.key else None
    if same is not None:
        return Unchanged(same)
    rhythm = add_rhythm(actor, wanted)
    return Done(rhythm, ("rhythm", rhythm.pk), clock.now(), _told(rhythm))


def add_rhythm(actor: Actor, wanted: NewRhythm) -> Rhythm:
    """Within another change, such as the guided questions."""
    _permit(actor, wanted.makes)
    wanted = _checked(wanted)
    if Rhythm.objects.count() >= MOST:
        raise UsageError("enough things recur", code="rhythm.many", fix="change one of them")
    rhythm = Rhythm(makes=wanted.makes, key=wanted.key or _free_key(wanted))
    _write(rhythm, wanted)
    rhythm.save()
    return rhythm


@action(Capability.MANAGE_MEETINGS, Capability.MANAGE_REPORTS)
def do_change_rhythm(
    actor: Actor,
    wanted: NewRhythm,
    *,
    rhythm_id: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Rhythm]:
    """From now on otherwise; what was made already stays."""
    rhythm = _standing(actor, rhythm_id, version, wanted)
    wanted = _checked(msgspec.structs.replace(wanted, makes=rhythm.makes))
    before = _told(rhythm)
    _write(rhythm, wanted)
    if _told(rhythm) == before:
        return Unchanged(rhythm)
    rhythm.version += 1
    rhythm.save()
    return Done(rhythm, ("rhythm", rhythm.pk), clock.now(), _told(rhythm))


@action(Capability.MANAGE_MEETINGS, Capability.MANAGE_REPORTS)
def do_switch_rhythm(
    actor: Actor, *, rhythm_id: int, on: bool, today: date, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Rhythm]:
    """Pause it, or let it go on from today: what lay between was not asked of anybody."""
    rhythm = _standing(actor, rhythm_id, None, None)
    if rhythm.enabled is on:
        return Unchanged(rhythm)
    rhythm.enabled = on
    if on:
        rhythm.starts_on = max(rhythm.starts_on, today)
    rhythm.version += 1
    rhythm.save()
    return Done(rhythm, ("rhythm", rhythm.pk), clock.now(), _told(rhythm))


def _permit(actor: Actor, makes: str) -> None:
    if makes not in RhythmMakes.values:
        raise UsageError("no such thing", code="rhythm.kind", fix=", ".join(RhythmMakes.values))
    require(actor, MANAGES[RhythmMakes(makes)])


def _standing(
    actor: Actor, rhythm_id: int, version: int | None, wanted: NewRhythm | None
) -> Rhythm:
    rhythm = get_rhythm(actor, rhythm_id)
    _permit(actor, rhythm.makes)
    if version is not None and version != rhythm.version:
        mine = msgspec.to_builtins(wanted) if wanted else {}
        raise EditConflict(
            "somebody changed this rhythm meanwhile",
            where=rhythm.title,
            mine={"version": version, **mine},
            theirs={"version": rhythm.version, **_told(rhythm)},
        )
    return rhythm


def _checked(wanted: NewRhythm) -> NewRhythm:
    title = " ".join(clean_text(wanted.title).split())
    if not title or len(title) > 120:
        raise UsageError("it needs a name", code="rhythm.title", fix="1 to 120 characters")
    meeting = wanted.makes == RhythmMakes.MEETING
    known = wanted.kind in MeetingKind.values if meeting else _KEY.fullmatch(wanted.kind)
    if not known or wanted.language not in DocumentLanguage.values:
        raise UsageError("no such kind", code="rhythm.kind", fix="choose one of the list")
    if not 1 <= wanted.days <= LONGEST_SPAN[wanted.period.value]:
        most = LONGEST_SPAN[wanted.period.value]
        raise UsageError("no such window", code="rhythm.days", where=str(most), fix=f"1 to {most}")
    if not (5 <= wanted.minutes <= 720 and 0 <= wanted.weekday <= 4 and 0 <= wanted.ahead <= 60):
        raise UsageError("no such number", code="rhythm.minutes", fix="5 to 720 minutes")
    calendar_named(wanted.calendar)
    if wanted.owner and not User.objects.filter(pk=wanted.owner, is_active=True).exists():
        raise NotFound("there is no such person", fix="choose somebody from the list")
    location = " ".join(clean_text(wanted.location).split())[:300]
    return msgspec.structs.replace(wanted, title=title, location=location)


_KEY = re.compile(r"[a-z][a-z0-9-]{0,19}")


def _free_key(wanted: NewRhythm) -> str:
    last = Rhythm.objects.aggregate(last=Max("pk"))["last"] or 0
    return f"{wanted.kind}-{last + 1}".replace("_", "-")


def _write(rhythm: Rhythm, wanted: NewRhythm) -> None:
    rhythm.kind, rhythm.title, rhythm.language = wanted.kind, wanted.title, wanted.language
    rhythm.period, rhythm.place, rhythm.days = wanted.period, wanted.place, wanted.days
    rhythm.weekday, rhythm.hour, rhythm.minutes = wanted.weekday, wanted.hour, wanted.minutes
    rhythm.location, rhythm.ahead, rhythm.calendar = wanted.location, wanted.ahead, wanted.calendar
    rhythm.groups = sorted(group.value for group in wanted.groups)
    rhythm.people = sorted(set(wanted.people))
    rhythm.owner_id, rhythm.programme_id = wanted.owner, wanted.programme
    rhythm.starts_on = wanted.starts_on


def _told(rhythm: Rhythm) -> dict[str, Any]:
    return {
        "key": rhythm.key,
        "title": rhythm.title,
        "kind": rhythm.kind,
        "period": str(rhythm.period),
        "place": str(rhythm.place),
        "days": rhythm.days,
        "weekday": rhythm.weekday,
        "hour": f"{rhythm.hour:%H:%M}",
        "minutes": rhythm.minutes,
        "location": rhythm.location,
        "language": rhythm.language,
        "groups": list(rhythm.groups),
        "people": list(rhythm.people),
        "owner": rhythm.owner_id or 0,
        "ahead": rhythm.ahead,
        "calendar": rhythm.calendar,
        "programme": rhythm.programme_id or 0,
        "starts_on": rhythm.starts_on.isoformat(),
        "enabled": rhythm.enabled,
    }
