"""How often a risk is looked at again, and how two assessments compare."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

REVIEW_DAYS = (365, 365, 180, 90, 30)
"""Days until the next look, for the levels 1 to 5, before a company changes them: the whole
register once a year, what is worse sooner."""


class Change(StrEnum):
    """A finding of one assessment in the next."""

    NEW = "new"
    WORSE = "worse"
    SAME = "same"
    BETTER = "better"
    GONE = "gone"
    """No longer in the register."""


def change(before: int | None, after: int | None) -> Change:
    """How a risk's level went from one assessment (None: not in it) to the next."""
    if before is None:
        return Change.NEW
    if after is None:
        return Change.GONE
    if after == before:
        return Change.SAME
    return Change.WORSE if after > before else Change.BETTER


def next_review(today: date, level: int, days: tuple[int, ...] = REVIEW_DAYS) -> date:
    """The day of the next look at a risk of that level."""
    return today + timedelta(days=days[level - 1])
