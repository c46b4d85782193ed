"""Holding a meeting: who came, what was said, what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.actions.meetings.changes import (
    checked_line,
    checked_text,
    keep,
    standing,
    usual_agenda,
)
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotAllowed, NotFound, UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.meetings import may_fill_with
from shangdun.records.models import AgendaItem, Meeting, MeetingDecision, MeetingState
from shangdun.records.roles import Capability

BEFORE = timedelta(hours=1)
"""So long before its time a meeting may begin."""
MOST_POINTS = 60
HOLDS = (MeetingState.PLANNED, MeetingState.MISSED, MeetingState.HELD)
"""One that was found not held may still be written up: it was held, and said so late."""


class Point(msgspec.Struct, kw_only=True, frozen=True):
    """One point of an agenda as somebody wants it; ``item`` 0: a new one."""

    title: str
    item: int = 0
    section: str = ""
    note: str = ""


class Held(msgspec.Struct, kw_only=True, frozen=True):
    """How a meeting went."""

    came: frozenset[int]
    """Ids of the people who were there."""
    outcomes: Mapping[int, str] = {}
    """Agenda item → what was said."""


@action(Capability.MANAGE_MEETINGS)
def do_set_agenda(
    actor: Actor,
    points: tuple[Point, ...],
    *,
    number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Meeting]:
    """The points in this order; what was left out goes, with what was drafted under it.

    Raises ``UsageError``: ``meeting.points``, ``meeting.point`` for one without a title;
    ``NotAllowed`` for what is neither usual for such a meeting nor the actor's to see.
    """
    if not 0 < len(points) <= MOST_POINTS:
        raise UsageError("no such agenda", code="meeting.points", fix=f"1 to {MOST_POINTS} points")
    meeting = standing(actor, number, version, {}, *HOLDS)
    known = {item.pk: item for item in meeting.agenda.all()}
    before = [(i.pk, i.position, i.title, i.section, i.note) for i in known.values()]
    usual = {one.section for one in usual_agenda(meeting.kind)}
    kept = []
    for place, point in enumerate(points, 1):
        if point.item and point.item not in known:
            raise NotFound("there is no such point", fix="look at the agenda as it stands now")
        item = known.get(point.item) or AgendaItem(meeting=meeting)
        if item.section != point.section:
            if point.section not in usual and not may_fill_with(actor, point.section):
                raise NotAllowed(
                    f"the agenda cannot be filled with {point.section[:40]!r}",
                    fix="ask somebody who may see it to put it there",
                )
            item.section, item.facts = point.section[:40], ""
        item.position, item.note = place, checked_text(point.note)
        item.title = checked_line(point.title, "meeting.point")
        item.save()
        kept.append(item.pk)
    meeting.agenda.exclude(pk__in=kept).delete()
    after = [(i.pk, i.position, i.title, i.section, i.note) for i in meeting.agenda.all()]
    if after == before:
        return Unchanged(meeting)
    return keep(meeting, clock.now(), {"points": len(kept)})


@action(Capability.MANAGE_MEETINGS)
def do_hold_meeting(
    actor: Actor,
    held: Held,
    *,
    number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Meeting]:
    """Write down who came and what was said; again and again, until the minutes are a document.

    Raises ``UsageError``: ``meeting.early`` before it begins, ``meeting.nobody`` for an empty room.
    """
    now = clock.now()
    meeting = standing(actor, number, version, {}, *HOLDS)
    if now < meeting.begins_at - BEFORE:
        raise UsageError(
            "it has not begun yet", code="meeting.early", fix="change its time if it was earlier"
        )
    rows = list(meeting.attendances.all())
    if not {row.person_id for row in rows} & held.came:
        raise UsageError(
            "nobody was there", code="meeting.nobody", fix="say who came, or call it off"
        )
    changed = _seats(meeting, held) | _outcomes(meeting, held)
    if meeting.state == MeetingState.HELD and not changed:
        return Unchanged(meeting)
    if meeting.state != MeetingState.HELD:
        meeting.state, meeting.held_at, meeting.ended_at = MeetingState.HELD, now, None
    said = "\n".join(meeting.agenda.values_list("outcome", flat=True))
    return keep(meeting, now, {"came": len(held.came), "text_sha256": sealed(said)})


def _seats(meeting: Meeting, held: Held) -> bool:
    changed = False
    for row in meeting.attendances.all():
        came = row.person_id in held.came
        if row.came is not came:
            row.came, changed = came, True
            row.save(update_fields=["came"])
    return changed


def _outcomes(meeting: Meeting, held: Held) -> bool:
    changed = False
    for item in meeting.agenda.filter(pk__in=list(held.outcomes)):
        said = checked_text(held.outcomes[item.pk])
        if item.outcome != said:
            item.outcome, changed = said, True
            item.save(update_fields=["outcome"])
    return changed


@action(Capability.MANAGE_MEETINGS)
def do_minute_decision(
    actor: Actor,
    *,
    number: int,
    text: str,
    decision: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[MeetingDecision]:
    """Write down what was decided; with ``decision`` (its number) in other words."""
    now = clock.now()
    text = checked_line(text, "meeting.decision", 2_000)
    meeting = standing(actor, number, None, {}, MeetingState.HELD)
    if meeting.document_id is not None:
        raise UsageError(
            "its minutes are a document already",
            code="meeting.minuted",
            fix="write it into the document",
        )
    rows = list(meeting.decisions.all())
    same = next((row for row in rows if row.text == text), None)
    if same is not None:
        return Unchanged(same)
    row = next((row for row in rows if row.number == decision), None)
    if decision is not None and row is None:
        raise NotFound("there is no such decision", fix="look at the meeting as it stands now")
    row = row or MeetingDecision(meeting=meeting, number=len(rows) + 1)
    row.text, row.by, row.at = text, person(actor), now
    row.save()
    kept = keep(meeting, now, {"decision": row.number, "text_sha256": sealed(text)})
    return Done(row, kept.subject, now, kept.payload)
