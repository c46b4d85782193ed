"""What a course remembers and what happens to it: plain values that are stored as JSON."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec


class State(StrEnum):
    """Of one pass through a step."""

    READY = "ready"
    """May begin (once its delay is over)."""
    RUNNING = "running"
    INSIDE = "inside"
    """A parallel, condition or sub-playbook whose inner steps are under way."""
    OK = "ok"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    SKIPPED = "skipped"
    """A person said that it is not needed."""
    CANCELLED = "cancelled"
    """What it belonged to ended without it."""


OPEN = frozenset({State.READY, State.RUNNING, State.INSIDE})
FAILURES = frozenset({State.FAILED, State.TIMED_OUT})
OUTCOMES = frozenset({State.OK, State.FAILED, State.TIMED_OUT, State.SKIPPED})
"""How a step can be said to have ended."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One pass through one step; a loop or a repetition makes another entry."""

    key: str
    """``STEP#N``: the Nth pass through this step in this course."""
    step: str
    playbook: str
    state: State
    entered: datetime
    parent: str = ""
    """Key of what it runs inside; empty: the playbook itself."""
    branch: int = 0
    """Which of the parent's branches; -1 is the way after an exception."""
    scope: str = ""
    """Whose variables it sees: key of the sub-playbook's step; empty: the course's own."""
    not_before: datetime | None = None
    deadline: datetime | None = None
    began: datetime | None = None
    ended: datetime | None = None
    held: bool = False
    """It failed and nothing says what follows: a person repeats it or goes on without it."""
    closed: tuple[int, ...] = ()
    """Branches of it that have reached their end."""
    turns: int = 0
    """How often a while-condition held."""
    why: str = ""
    """Code of what stopped it, where the machine itself did: ``condition``, ``loop`` …"""

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class Outcome(StrEnum):
    """How a whole course ended."""

    DONE = "done"
    FAILED = "failed"


class Memory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All of a course but its own variables: what ``Course.states`` holds as JSON."""

    entries: tuple[Entry, ...] = ()
    scopes: dict[str, dict[str, str]] = {}
    """Variables of sub-playbooks by the key of the step that called them."""
    began: datetime | None = None
    ended: datetime | None = None
    outcome: Outcome | None = None


class Begun(msgspec.Struct, frozen=True, tag="begun"):
    """The course begins."""

    at: datetime


class Started(msgspec.Struct, frozen=True, tag="started"):
    """Somebody or something took a step up; written before an automatic step acts."""

    key: str
    at: datetime


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """A step ended; ``values`` are those of its ``out_args`` that are known."""

    key: str
    outcome: State
    at: datetime
    values: dict[str, str] = {}


class Repeated(msgspec.Struct, frozen=True, tag="repeated"):
    """A person has a held step done again."""

    key: str
    at: datetime


class Passed(msgspec.Struct, frozen=True, tag="passed"):
    """Time passed: delays and time-outs."""

    at: datetime


Event = Begun | Started | Ended | Repeated | Passed
