"""One day: its date, its clock, the people, and chance."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from shangdun.records.models import User
from shangdun.runtime.year.diary import Diary


class Hands:
    """A clock whose hands are moved; never back."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment.astimezone(UTC)

    def now(self) -> datetime:
        return self._moment

    def reach(self, moment: datetime) -> datetime:
        self._moment = max(self._moment, moment.astimezone(UTC))
        return self._moment


@dataclass(frozen=True)
class Day:
    """What a habit is given. ``people`` are by the names of ``cast``."""

    date: date
    number: int
    """0 on the first day."""
    clock: Hands
    zone: ZoneInfo
    people: Mapping[str, User]
    diary: Diary
    seed: int
    workday: bool
    language: str

    def chance(self, habit: str) -> random.Random:
        """The habit's own dice of this day: what others draw does not change them."""
        return random.Random(f"{self.seed}:{self.date}:{habit}")  # noqa: S311  a play, no secret

    def happens(self, habit: str, about: object, probability: float) -> bool:
        """The same question is answered the same on every day: not asked again until it is yes."""
        dice = random.Random(f"{self.seed}:{habit}:{about}")  # noqa: S311  a play, no secret
        return dice.random() < probability

    def reach(self, hour: int, minute: int = 0) -> datetime:
        """Move the clock on to a time of this day, where it is not later already."""
        return self.clock.reach(datetime.combine(self.date, time(hour, minute), self.zone))

    def write(self, what: str, about: object = "") -> None:
        self.diary.write(self.date, what, about)

    def say(self, zh: str, en: str) -> str:
        """What people write, in the language of the company."""
        return zh if self.language == "zh-hans" else en
