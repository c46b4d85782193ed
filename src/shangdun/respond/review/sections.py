"""The parts of the report and the group that writes each (plan, section 四.6)."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from shangdun.respond.groups import Group


class Section(StrEnum):
    """In the order of the report."""

    SUMMARY = "summary"
    COURSE = "course"
    CAUSE = "cause"
    TECHNICAL = "technical"
    CUSTOMERS = "customers"
    LEGAL = "legal"
    LOGISTICS = "logistics"
    LOSS = "loss"
    IMPROVEMENTS = "improvements"


class Assigned(msgspec.Struct, frozen=True):
    """Who writes a part, and whether the report may go without it."""

    group: Group
    required: bool = True


WRITERS: dict[Section, Assigned] = {
    Section.SUMMARY: Assigned(Group.LEADERSHIP),
    Section.COURSE: Assigned(Group.TECHNICAL_SUPPORT),
    Section.CAUSE: Assigned(Group.TECHNICAL_SUPPORT),
    Section.TECHNICAL: Assigned(Group.TECHNICAL_SUPPORT),
    Section.CUSTOMERS: Assigned(Group.CUSTOMER_SERVICE),
    Section.LEGAL: Assigned(Group.LEGAL),
    Section.LOGISTICS: Assigned(Group.LOGISTICS),
    Section.LOSS: Assigned(Group.LEGAL),
    Section.IMPROVEMENTS: Assigned(Group.LEADERSHIP),
}


def missing(written: dict[Section, str]) -> list[Section]:
    """The required parts that nobody has finished, in the order of the report."""
    return [
        section
        for section, assigned in WRITERS.items()
        if assigned.required and not written.get(section, "").strip()
    ]
