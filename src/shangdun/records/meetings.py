"""Meetings as they are read: who may see which, what is open from them."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from shangdun.kernel.errors import NotFound
from shangdun.records.access import require
from shangdun.records.actor import Actor, person
from shangdun.records.models import (
    ActionItem,
    ActionItemState,
    Attendance,
    Meeting,
    MeetingDecision,
    MeetingState,
    User,
)
from shangdun.records.roles import Capability


def visible_meetings(actor: Actor) -> QuerySet[Meeting]:
    """All of them, newest first; for who only takes part, those one is invited to."""
    require(actor, Capability.VIEW_MEETINGS, Capability.WORK_PLAN)
    rows = Meeting.objects.select_related("chair", "writer", "document", "rhythm", "programme")
    if actor.can(Capability.VIEW_MEETINGS):
        return rows
    mine = Attendance.objects.filter(meeting=OuterRef("pk"), person=person(actor))
    return rows.filter(Exists(mine)).exclude(invited_at=None)


def get_meeting(actor: Actor, number: int) -> Meeting:
    """Raises ``NotFound`` also for one that the person may not see."""
    found = visible_meetings(actor).filter(number=number).first()
    if found is None:
        raise NotFound(f"there is no meeting {number}", fix="see the list of meetings")
    return found


def visible_actions(actor: Actor) -> QuerySet[ActionItem]:
    """What meetings gave people to do, the next due first; else only one's own."""
    require(actor, Capability.VIEW_MEETINGS, Capability.WORK_PLAN)
    rows = ActionItem.objects.select_related("meeting", "owner", "improvement", "task", "done_by")
    rows = rows.order_by("due", "pk")
    if actor.can(Capability.VIEW_MEETINGS):
        return rows
    return rows.filter(owner=person(actor))


def get_action(actor: Actor, number: int) -> ActionItem:
    found = visible_actions(actor).filter(number=number).first()
    if found is None:
        raise NotFound(f"there is no action {number}", fix="see the follow-up list")
    return found


def open_actions(actor: Actor) -> QuerySet[ActionItem]:
    return visible_actions(actor).filter(state=ActionItemState.OPEN)


def overdue_actions(actor: Actor, today: date) -> QuerySet[ActionItem]:
    """Those whose day has passed."""
    return open_actions(actor).filter(due__lt=today)


def decisions_between(actor: Actor, since: date, until: date) -> QuerySet[MeetingDecision]:
    """What meetings held between two days (UTC's, both included) decided, in their order."""
    seen = visible_meetings(actor).filter(state=MeetingState.HELD)
    rows = MeetingDecision.objects.filter(meeting__in=seen.order_by().values("pk"))
    held = Q(meeting__begins_at__date__gte=since, meeting__begins_at__date__lte=until)
    return rows.filter(held).select_related("meeting").order_by("meeting__begins_at", "number")


SECTION_NEEDS = {
    "communication": Capability.VIEW_COMMUNICATION,
    "compliance": Capability.VIEW_COMPLIANCE,
    "controls": Capability.VIEW_CONTROLS,
    "figures": Capability.VIEW_INCIDENTS,
    "incidents": Capability.VIEW_INCIDENTS,
    "laws": Capability.VIEW_COMPLIANCE,
    "load": Capability.VIEW_PROGRAMMES,
    "measures": Capability.VIEW_MEASURES,
    "money": Capability.VIEW_MONEY,
    "programme": Capability.VIEW_PROGRAMMES,
    "risks": Capability.VIEW_RISKS,
    "satisfaction": Capability.VIEW_MEASURES,
    "vulnerabilities": Capability.VIEW_ASSETS,
    "watching": Capability.VIEW_FINDINGS,
}
"""What a point of an agenda is filled with is read with leadership's eyes, and everybody at the
meeting sees it: nobody puts on an agenda what he may not see himself."""


def may_fill_with(actor: Actor, section: str) -> bool:
    """Whether this person may let a point be filled with that section."""
    needed = SECTION_NEEDS.get(section)
    return needed is None or actor.can(needed)


def can_be_invited() -> QuerySet[User]:
    """Everybody whose account is in use."""
    return User.objects.filter(is_active=True).order_by("username")
