"""What is scheduled: activities, links between them, and what came of it."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

Key = Hashable
"""What tells activities apart: the caller's own (an id, a number)."""


class LinkKind(StrEnum):
    """The four relations of precedence diagramming (PMBOK Guide, 6th ed., 6.3.2.1)."""

    FS = "FS"
    SS = "SS"
    FF = "FF"
    SF = "SF"


class Activity(NamedTuple):
    """One task, subtask or milestone, in working days."""

    key: Key
    name: str = ""
    """For errors: what people call it (``3.2 Harden the firewall``)."""
    days: int = 1
    """Length; 0 is a milestone. Of a summary (one that has children) it is not looked at."""
    parent: Key | None = None
    not_before: date | None = None
    due: date | None = None
    began_on: date | None = None
    done_on: date | None = None
    progress: int = 0
    """In percent, as reported; 0 also where nobody reports."""
    dropped: bool = False
    """It takes no time any more, but what waited for it still waits for what it waited for."""


class Link(NamedTuple):
    """``after`` waits for ``before``; the lag is in working days and may be negative (a lead)."""

    before: Key
    after: Key
    kind: LinkKind = LinkKind.FS
    lag: int = 0


class Cause(StrEnum):
    """What holds a date where it is."""

    START = "start"
    """The plan begins then."""
    NOT_BEFORE = "not_before"
    LINK = "link"
    """Another activity, named by ``Driver.link``."""
    TODAY = "today"
    """Nothing holds it back, but it has not begun: it cannot begin in the past."""
    ACTUAL = "actual"
    """It happened then."""
    CHILDREN = "children"
    """A summary: its dates are those of what it holds."""


class Driver(NamedTuple):
    """Why a date is as it is."""

    cause: Cause
    link: Link | None = None
    """The binding one where the cause is a link; perhaps one of a summary above."""


class Planned(NamedTuple):
    """What came of an activity. All lengths are working days."""

    starts_on: date
    ends_on: date
    """First and last day, both included; of a milestone the same day."""
    start: int
    finish: int
    """The same as indices of working days: begins with ``start``, over before ``finish``."""
    late_start: int
    late_finish: int
    slack: int
    """How far it may slip before the plan's end does (total float); never below 0."""
    room: int
    """How far it may slip before its own due date or one that hangs on it breaks.

    Below 0: a promise is broken already. Where nothing was promised it is the slack.
    """
    critical: bool
    """Not done, and any slip moves the plan's end."""
    driver: Driver
    held: Driver
    """What ``allowed`` comes of: the driver, had nobody waited."""
    allowed: int
    """The earliest start that links and dates allow; ``start`` less this is its own delay."""
    days: int
    """Between ``start`` and ``finish``."""
    over: bool
    """Done or dropped: slack says nothing any more."""
    last: Key | None = None
    """Of a summary: what of all it holds, however deep, ends last."""


@dataclass(frozen=True)
class Schedule:
    """All activities reckoned."""

    planned: dict[Key, Planned]
    starts_on: date
    ends_on: date
    """Of the whole plan; the start where there is nothing in it."""
    days: int
    """Its length in working days."""
    path: tuple[Key, ...] = field(default=())
    """The critical path: from the last thing to end back along what drives it, in order of time."""
