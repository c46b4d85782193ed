"""What a check is asked and what it answers."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from shangdun.govern.controls.standing import CheckState
from shangdun.kernel.config import Config
from shangdun.kernel.errors import StoreError
from shangdun.runtime.monitor.addresses import AddressGuard

LONGEST_SECONDS = 60.0
"""A check that reads much gives up then, and says so."""


@dataclass(frozen=True)
class Asked:
    """The installation, the moment, and where a check may connect to."""

    home: Path
    config: Config
    now: datetime
    zone: ZoneInfo
    guard: AddressGuard
    targets: tuple[str, ...] = ()
    """Addresses that the measure names; empty: the check takes what is configured."""
    seconds: float = LONGEST_SECONDS
    began: float = field(default_factory=time.monotonic)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def in_time(self) -> None:
        """Raises ``StoreError`` (``control.slow``) once the check's time is over."""
        if time.monotonic() - self.began > self.seconds:
            raise StoreError(
                f"not finished within {self.seconds:g} s", code="control.slow",
                fix="the rest was not looked at",
            )  # fmt: skip


@dataclass(frozen=True)
class SeenFact:
    """One thing seen: its label's name in ``text.yml``, the value, where one sees it."""

    name: str
    value: str
    path: str = ""
    about: Mapping[str, object] = field(default_factory=dict)
    """What fills the label."""


@dataclass(frozen=True)
class Seen:
    """What a check saw: the sentence's name in ``text.yml`` and what fills it."""

    state: CheckState
    says: str
    values: Mapping[str, object] = field(default_factory=dict)
    facts: tuple[SeenFact, ...] = ()


def passed(says: str, *facts: SeenFact, **values: object) -> Seen:
    """In place."""
    return Seen(CheckState.PASS, says, values, facts)


def failed(says: str, *facts: SeenFact, **values: object) -> Seen:
    """Not in place."""
    return Seen(CheckState.FAIL, says, values, facts)


def unknown(says: str, *facts: SeenFact, **values: object) -> Seen:
    """It could not be told."""
    return Seen(CheckState.UNKNOWN, says, values, facts)
