"""How bad a vulnerability is, and until when it is to be gone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum


class Grade(StrEnum):
    """The qualitative scale of CVSS v3.1 (section 5) and v4.0 (section 6)."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NONE = "none"
    """A remark, without a weakness."""


WORST_FIRST = (Grade.CRITICAL, Grade.HIGH, Grade.MEDIUM, Grade.LOW, Grade.NONE)
_FROM = ((Decimal("9.0"), Grade.CRITICAL), (Decimal("7.0"), Grade.HIGH),
         (Decimal("4.0"), Grade.MEDIUM), (Decimal("0.1"), Grade.LOW))  # fmt: skip
DUE_DAYS: dict[Grade, int] = {
    Grade.CRITICAL: 7,
    Grade.HIGH: 30,
    Grade.MEDIUM: 90,
    Grade.LOW: 180,
    Grade.NONE: 0,
}
"""Days until it is to be gone; 0: no day. What the company says instead is in its settings."""
KNOWN_EXPLOITED_DAYS = 3
"""What is attacked already waits for nothing."""


def grade_of(score: Decimal) -> Grade:
    """The grade of a CVSS base score from 0.0 to 10.0."""
    return next((grade for least, grade in _FROM if score >= least), Grade.NONE)


def due_on(
    grade: Grade,
    found_on: date,
    *,
    known_exploited: bool = False,
    days: Mapping[str, int] | None = None,
    known_exploited_days: int = KNOWN_EXPLOITED_DAYS,
) -> date | None:
    """The last day on which it is to be gone; None: no day is set for its grade.

    ``days`` by grade's name takes the place of ``DUE_DAYS``. One that is known to be exploited is
    due after ``known_exploited_days``, or earlier where its grade says so.
    """
    limit = (days or {}).get(grade.value, DUE_DAYS[grade])
    if known_exploited:
        limit = min(limit, known_exploited_days) if limit else known_exploited_days
    return found_on + timedelta(days=limit) if limit else None
