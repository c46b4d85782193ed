"""A scenario: what is told when, and what is expected of whom: read from ``content/drills``.

Minutes are those of the drill's own clock, which may run faster than real time.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Annotated

import msgspec

from shangdun.respond.classify import Type
from shangdun.respond.groups import Group

MINUTES = Annotated[int, msgspec.Meta(ge=0, le=24 * 60)]


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A title and what is said, in one language."""

    title: str
    text: str


class Inject(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that reaches the players at a minute: a call, a finding, a headline."""

    key: str
    at: MINUTES
    zh: Told
    en: Told
    groups: tuple[Group, ...] = ()
    """Whom it reaches; empty: everybody."""


class Measure(StrEnum):
    """By what the system itself sees whether something expected was done."""

    ACKNOWLEDGED = "acknowledged"
    """Somebody took the report up."""
    FACTS = "facts"
    """Facts were stated that fit ``wants``."""
    GRADED = "graded"
    """The grade came out as ``wants`` says."""
    ORDERED = "ordered"
    """Leadership decided to start the plan."""
    ORDERS_CONFIRMED = "orders_confirmed"
    """The group confirmed its instructions."""
    TASKS = "tasks"
    """The group's tasks of the playbook are over."""
    EVIDENCE = "evidence"
    """Evidence was kept."""
    DECISION = "decision"
    """A block was rehearsed, or a person did the step of it."""
    NOTICE = "notice"
    """A notice to customers was prepared and approved."""
    SUBMISSION = "submission"
    """A report to a regulator was rehearsed."""
    SUPPLIES = "supplies"
    """Something was asked for and given out."""
    COMMENT = "comment"
    """Somebody of the group answered the inject ``wants`` names, in the timeline."""
    CONTAINED = "contained"
    CLEANED = "cleaned"
    """The group's points of the cleanup are settled."""
    REVIEWED = "reviewed"
    """The group's parts of the report are written."""
    JUDGED = "judged"
    """Nothing measures it: the observer says so."""


class Expected(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a good team does: by which group, within how many minutes of what."""

    key: str
    group: Group
    measure: Measure
    minutes: MINUTES
    zh: str
    en: str
    after: str = ""
    """The inject from which the minutes count; empty: the drill's beginning."""
    wants: str = ""


class Opening(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The report with which it begins."""

    severity: Annotated[int, msgspec.Meta(ge=1, le=6)]
    zh: Told
    en: Told
    affected_zh: str = ""
    affected_en: str = ""


class Scenario(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rehearsal, from its first report to its last expected action."""

    key: str
    type: Type
    minutes: MINUTES
    zh: Told
    en: Told
    opening: Opening
    injects: tuple[Inject, ...]
    expected: tuple[Expected, ...]


@lru_cache(maxsize=1)
def scenarios() -> dict[str, Scenario]:
    """Every scenario there is, by its key."""
    found: dict[str, Scenario] = {}
    folder = files("shangdun") / "content" / "drills"
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.name.endswith(".yml"):
            scenario = msgspec.yaml.decode(entry.read_bytes(), type=Scenario)
            found[scenario.key] = scenario
    return found
