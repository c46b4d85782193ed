"""Scales and words of GB/T 20984-2022: everything is rated from 1 (very low) to 5 (very high)."""

from __future__ import annotations

from enum import StrEnum

LEVELS = (1, 2, 3, 4, 5)


class ThreatSource(StrEnum):
    """Where a threat comes from (GB/T 20984-2022, identification of threats)."""

    ENVIRONMENT = "environment"
    ACCIDENT = "accident"
    DELIBERATE = "deliberate"


class Strategy(StrEnum):
    """How a risk is treated (ISO/IEC 27005); to retain it is to accept it."""

    REDUCE = "reduce"
    AVOID = "avoid"
    SHARE = "share"


class MeasureState(StrEnum):
    """Of a measure against a risk."""

    PLANNED = "planned"
    DOING = "doing"
    EFFECTIVE = "effective"
    DROPPED = "dropped"
