"""What a check of the doctor looks at and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from shangdun.kernel.clock import Clock
from shangdun.kernel.config import Config


class Kind(StrEnum):
    """What is wrong."""

    MISSING = "missing"
    BROKEN = "broken"
    UNSAFE = "unsafe"
    LATE = "late"


class Symptom(NamedTuple):
    """One thing that is wrong, and what to do."""

    kind: Kind
    what: str
    fix: str


@dataclass(frozen=True)
class Place:
    """The installation that is examined."""

    home: Path
    config: Config
    clock: Clock
