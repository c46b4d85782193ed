"""The year itself: day after day, duties and people."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import cast
from zoneinfo import ZoneInfo

from shangdun.govern.schedule.calendar import calendar_named
from shangdun.kernel.errors import Conflict, ShangdunError
from shangdun.records.messages import console_zone
from shangdun.records.models import Incident, Programme, User
from shangdun.runtime.response.tick import DUTIES
from shangdun.runtime.year import habits
from shangdun.runtime.year.cast import hire
from shangdun.runtime.year.day import Day, Hands
from shangdun.runtime.year.diary import Diary

log = logging.getLogger(__name__)
MORNING, EVENING = 8, 18
"""When the duties run on a working day: in the evening only where something was published."""

Habit = Callable[[Day], None]


@dataclass
class Year:
    """A year that is being played; ``play`` goes on from where it stands."""

    seed: int
    first: date
    language: str = "zh-hans"

    def __post_init__(self) -> None:
        self.zone: ZoneInfo = console_zone()
        self.clock = Hands(datetime.combine(self.first, time(8), self.zone))
        self.diary = Diary()
        self.people: dict[str, User] = {}
        self._next = self.first
        self._workdays = calendar_named("cn")

    def open(self) -> None:
        """Hire everybody. Raises ``Conflict`` where there are records that are not of a play."""
        if Incident.objects.exists() or Programme.objects.exists():
            raise Conflict(
                "there are incidents or programmes here already",
                code="year.records",
                fix="play the year in an empty home: set SHANGDUN_HOME to a new folder",
            )
        self.people = hire(self.clock)

    def play(self, until: date) -> Iterator[Day]:
        """Each day up to ``until``, included, after it is over."""
        while self._next <= until:
            day = self._day(self._next)
            day.reach(MORNING)
            if day.workday or self._next == until:
                self.run_duties()
            before = len(self.diary.entries)
            live(day)
            if any(one.what.startswith("document.") for one in self.diary.entries[before:]):
                day.reach(EVENING)
                self.run_duties()
            self._next += timedelta(days=1)
            yield day

    def run_duties(self) -> None:
        """Everything that the jobs process does by the clock, once."""
        for duty in DUTIES:
            duty.do(self.clock)

    def _day(self, day: date) -> Day:
        return Day(
            date=day,
            number=(day - self.first).days,
            clock=self.clock,
            zone=self.zone,
            people=self.people,
            diary=self.diary,
            seed=self.seed,
            workday=self._workdays.is_workday(day),
            language=self.language,
        )


def live(day: Day, wanted: Sequence[str] = ()) -> None:
    """What people do on a day; ``wanted`` names habits, none all of them."""
    for name, act in _habits():
        if wanted and name not in wanted:
            continue
        try:
            act(day)
        except ShangdunError as error:
            day.write("refused", f"{name}: {error.code}")
            log.warning("%s, %s: %s", day.date, name, error)


@cache
def _habits() -> tuple[tuple[str, Habit], ...]:
    modules = [
        (part.name, import_module(f"{habits.__name__}.{part.name}"))
        for part in iter_modules(habits.__path__)
    ]
    modules.sort(key=lambda one: (one[1].ORDER, one[0]))
    return tuple((name, cast("Habit", module.act)) for name, module in modules)
