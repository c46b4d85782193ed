"""The cleanup of an incident as its page shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shangdun.console.wordings.cleanup import PARTS, SAID, point_words
from shangdun.records.cleanup import measure
from shangdun.records.closing import OpenPoint
from shangdun.records.models import CleanupItem, Incident, ItemState, User
from shangdun.records.roles import Capability, Role
from shangdun.respond.cleanup.checklist import CheckKind


@dataclass(frozen=True)
class Point:
    """One point: its words, what is measured, and what this person may do about it."""

    item: CleanupItem
    title: str
    detail: str
    said: str
    look: str
    """`good`, `wait` or `waived`."""
    measured: bool
    confirms: bool
    waives: bool
    reopens: bool
    compares: bool
    replays: bool


def points_of(user: User, incident: Incident, now: datetime) -> list[Point]:
    """Every point in the order of the list, measured this moment."""
    items = incident.cleanup_items.select_related("by")
    return [_point(user, incident, item, now) for item in items]


def _point(user: User, incident: Incident, item: CleanupItem, now: datetime) -> Point:
    seen = measure(item, incident, now)
    words = point_words(item.key)
    own = bool(user.roles & {Role(item.group), Role.LEADERSHIP})
    works = user.can(Capability.WORK_TASKS) and own and incident.is_open
    shown = seen.holds if seen.holds is not None else item.state == ItemState.SHOWN
    waived = item.state == ItemState.WAIVED
    return Point(
        item=item,
        title=words.title,
        detail=words.detail,
        said=say(seen.said, seen.data),
        look="waived" if waived else "good" if shown else "wait",
        measured=seen.holds is not None,
        confirms=works and seen.holds is None and not shown and not waived,
        waives=user.can(Capability.ORDER_INCIDENTS) and incident.is_open
        and not shown and not waived,
        reopens=works and (waived or (seen.holds is None and shown)),
        compares=works and item.check_kind == CheckKind.DATA and not waived,
        replays=item.check_kind == CheckKind.REPLAY and not waived and not incident.is_drill
        and incident.is_open and user.can(Capability.DECIDE, Capability.MANAGE_ENFORCERS),
    )  # fmt: skip


def say(name: str, data: Mapping[str, Any]) -> str:
    """What was measured, as a sentence."""
    return str(SAID[name]) % data if data else str(SAID[name])


def still_open(left: Iterable[OpenPoint]) -> list[dict[str, Any]]:
    """What stands in the way of closing, with the page where it is settled."""
    return [
        {"label": PARTS[point.part], "number": point.number, "url": point.url} for point in left
    ]
