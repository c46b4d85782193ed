"""The lines of the matrix: added, changed, taken out; the product's own taken over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import msgspec
from django.db.models import F

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.govern.communication.due import MOST_DAYS
from shangdun.govern.communication.lines import Audience, Content, Frequency, Way, goes_outside
from shangdun.govern.communication.matrix import Line, matrix
from shangdun.govern.rhythm.windows import Place
from shangdun.govern.schedule.calendar import calendar_named
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.communication import get_line
from shangdun.records.conflict import EditConflict
from shangdun.records.messages import console_zone
from shangdun.records.models import CommunicationLine, CommunicationState, Programme, User
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

MOST = 200
"""Lines of a matrix: more is no plan that anybody keeps."""


class NewLine(msgspec.Struct, kw_only=True, frozen=True):
    """One line as somebody wants it."""

    title_zh: str
    title_en: str
    content: Content
    audiences: tuple[Audience, ...]
    ways: tuple[Way, ...]
    frequency: Frequency
    place: Place = Place.END
    days: int = 7
    grace_days: int = 3
    maker: str = ""
    approval: bool = False
    owner_id: int | None = None
    language: str = "zh-hans"
    calendar: str = "cn"
    note: str = ""


FIELDS = NewLine.__struct_fields__


@action(Capability.MANAGE_COMMUNICATION)
def do_add_line(
    actor: Actor, wanted: NewLine, *, starts_on: date | None = None, clock: Clock = SYSTEM_CLOCK
) -> Outcome[CommunicationLine]:
    """Add a line; it is due from ``starts_on``, today where nothing is said. The same is one."""
    del actor
    wanted = _checked(wanted)
    same = CommunicationLine.objects.filter(archived_at=None, **_stored(wanted)).first()
    if same is not None:
        return Unchanged(same)
    _room()
    now = clock.now()
    day = starts_on or now.astimezone(console_zone()).date()
    line = CommunicationLine.objects.create(starts_on=day, **_stored(wanted))
    return Done(line, ("communication_line", line.pk), now, _payload(line))


@action(Capability.MANAGE_COMMUNICATION)
def do_change_line(
    actor: Actor,
    wanted: NewLine,
    *,
    line_id: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[CommunicationLine]:
    """Change a line; what is due already keeps its days and texts.

    Who approved a text approved it for those it was to go to: where they or the ways change, it
    is approved anew, and not by who changed them.
    """
    line = get_line(actor, line_id)
    wanted = _checked(wanted)
    before = {name: getattr(line, name) for name in FIELDS}
    if before == _stored(wanted):
        return Unchanged(line)
    _standing(line)
    if version is not None and version != line.version:
        raise EditConflict(
            "somebody changed this line meanwhile",
            where=str(line),
            mine={"version": version, **_stored(wanted)},
            theirs={"version": line.version, **before},
        )
    for name, value in _stored(wanted).items():
        setattr(line, name, value)
    line.version += 1
    line.save()
    if any(before[name] != getattr(line, name) for name in ("audiences", "ways")):
        approved = line.items.filter(state=CommunicationState.APPROVED)
        approved.filter(message=None, letters=None).update(  # none of them has left
            state=CommunicationState.DRAFTED, approved_at=None, approved_by=None,
            edited_by=person(actor), version=F("version") + 1,
        )  # fmt: skip
    return Done(line, ("communication_line", line.pk), clock.now(), _payload(line))


@action(Capability.MANAGE_COMMUNICATION)
def do_archive_line(
    actor: Actor, *, line_id: int, reason: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[CommunicationLine]:
    """Take a line out; what it still owes is set aside with the reason, what was done stays."""
    line = get_line(actor, line_id)
    if line.archived_at:
        return Unchanged(line)
    reason = clean_text(reason.strip())[:2000]
    if not reason:
        raise UsageError("say why", code="communication.reason", fix="in a sentence")
    now = clock.now()
    line.archived_at = now
    line.version += 1
    line.save(update_fields=["archived_at", "version"])
    open_states = (
        CommunicationState.DUE, CommunicationState.DRAFTED, CommunicationState.APPROVED,
    )  # fmt: skip
    owed = line.items.filter(state__in=open_states)
    count = owed.update(state=CommunicationState.DROPPED, reason=reason, ended_at=now)
    payload = {"set_aside": count, "reason_sha256": sealed(reason)}
    return Done(line, ("communication_line", line.pk), now, payload)


@action(Capability.MANAGE_COMMUNICATION)
def do_adopt_matrix(
    actor: Actor, *, keys: Iterable[str], clock: Clock = SYSTEM_CLOCK
) -> Outcome[int]:
    """Take over lines of the product's matrix; those that were taken over already stay."""
    del actor
    now = clock.now()
    made = adopt(keys, now)
    if not made:
        return Unchanged(0)
    payload = {"lines": [line.key for line in made]}
    return Done(len(made), ("communication_line", "matrix"), now, payload)


def adopt(
    keys: Iterable[str],
    at: datetime,
    *,
    programme: Programme | None = None,
    owner_id: int | None = None,
    language: str = "zh-hans",
    starts_on: date | None = None,
) -> list[CommunicationLine]:
    """The same within a caller's transaction, for the guided questions."""
    wanted = set(keys)
    taken = set(
        CommunicationLine.objects.filter(archived_at=None)
        .exclude(key="")
        .values_list("key", flat=True)
    )
    day = starts_on or at.astimezone(console_zone()).date()
    chosen = [line for line in matrix() if line.key in wanted and line.key not in taken]
    calendar = programme.calendar if programme else "cn"
    return [
        CommunicationLine.objects.create(
            starts_on=day,
            key=line.key,
            programme=programme,
            **_stored(from_matrix(line, language, calendar, owner_id)),
        )
        for line in chosen
    ]


def from_matrix(
    line: Line, language: str = "zh-hans", calendar: str = "cn", owner_id: int | None = None
) -> NewLine:
    """A line of the product as somebody would want it."""
    return NewLine(
        title_zh=line.title.zh,
        title_en=line.title.en,
        content=line.content,
        audiences=line.audiences,
        ways=line.ways,
        frequency=line.frequency,
        place=line.place,
        days=line.days,
        grace_days=line.grace,
        maker=line.maker,
        approval=goes_outside(frozenset(line.audiences)),
        owner_id=owner_id,
        language=language,
        calendar=calendar,
        note=line.note.text(language),
    )


def _checked(wanted: NewLine) -> NewLine:
    texts = {
        name: clean_text(getattr(wanted, name).strip()) for name in ("title_zh", "title_en", "note")
    }
    wanted = msgspec.structs.replace(wanted, **texts)
    if not wanted.title_zh and not wanted.title_en:
        raise UsageError("a line needs a title", code="communication.title", fix="give it one")
    if max(len(wanted.title_zh), len(wanted.title_en)) > 120 or len(wanted.note) > 4000:
        raise UsageError("a text is too long", code="communication.long", fix="shorten it")
    if not wanted.audiences:
        raise UsageError(
            "nobody is chosen", code="communication.audience", fix="say whom it is for"
        )
    if not wanted.ways:
        raise UsageError("no way is chosen", code="communication.way", fix="say how it is told")
    least = 0 if wanted.frequency is Frequency.EVENT else 1
    if not least <= wanted.days <= MOST_DAYS or not 0 <= wanted.grace_days <= MOST_DAYS:
        raise UsageError(
            "no such deadline", code="communication.days", fix=f"{least} to {MOST_DAYS} days"
        )
    if wanted.owner_id and not User.objects.filter(pk=wanted.owner_id, is_active=True).exists():
        raise UsageError("there is no such person", code="communication.owner", fix="choose one")
    calendar_named(wanted.calendar)
    _known_maker(wanted)
    return wanted


def _known_maker(wanted: NewLine) -> None:
    from shangdun.actions.communication.makers import makers  # noqa: PLC0415  makers import no line

    if wanted.maker and wanted.maker not in makers():
        raise UsageError(
            "nothing drafts this", code="communication.maker", where=wanted.maker,
            fix=", ".join(sorted(makers())),
        )  # fmt: skip


def _stored(wanted: NewLine) -> dict[str, Any]:
    fields = msgspec.structs.asdict(wanted)
    fields["audiences"] = [one.value for one in Audience if one in wanted.audiences]
    fields["ways"] = [one.value for one in Way if one in wanted.ways]
    for name in ("content", "frequency", "place"):
        fields[name] = fields[name].value
    return fields


def _room() -> None:
    if CommunicationLine.objects.filter(archived_at=None).count() >= MOST:
        raise UsageError(
            "the matrix is full", code="communication.many", fix="take lines out first"
        )


def _standing(line: CommunicationLine) -> None:
    if line.archived_at:
        raise UsageError(
            "it was taken out of the plan", code="communication.archived", where=str(line),
            fix="add it anew",
        )  # fmt: skip


def _payload(line: CommunicationLine) -> dict[str, Any]:
    return {
        "title": line.title_zh or line.title_en,
        "content": line.content,
        "audiences": list(line.audiences),
        "ways": list(line.ways),
        "frequency": line.frequency,
        "version": line.version,
    }
