"""Severity as OCSF 1.8.0 numbers it (``severity_id``) and Sigma 2.1 names it (``level``)."""

from __future__ import annotations

from enum import IntEnum


class Severity(IntEnum):
    """OCSF ``severity_id``; 0 is unknown, 99 (other) is not used here."""

    UNKNOWN = 0
    INFORMATIONAL = 1
    LOW = 2
    MEDIUM = 3
    HIGH = 4
    CRITICAL = 5
    FATAL = 6

    @classmethod
    def from_sigma(cls, level: str | None) -> Severity:
        """The severity of a Sigma ``level``; a rule without a level is unknown."""
        return cls[level.upper()] if level else cls.UNKNOWN
