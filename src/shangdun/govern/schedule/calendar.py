"""Working days: China with holidays and make-up days, plain weeks, or every day.

The State Council's arrangements come from the ``chinesecalendar`` library. Each autumn it learns
the year ahead; until then nobody can know which weekends will be made up. ``known_until`` says so;
beyond it Monday to Friday are taken as working days except the holidays that the law fixes itself
(``statutory``), and whoever shows such a date should say that it is provisional.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from enum import StrEnum
from functools import cache, lru_cache

from chinese_calendar import constants

from shangdun.govern.schedule.statutory import statutory_days
from shangdun.kernel.errors import UsageError

FIRST = date(2004, 1, 1)
"""Earliest day a plan may touch: the library's first."""
LAST = date(2099, 12, 31)
_SATURDAY = 5
_BASE = FIRST.toordinal()
_SPAN = LAST.toordinal() - _BASE + 1


class CalendarKey(StrEnum):
    """What ``Programme.calendar`` holds."""

    CHINA = "cn"
    WEEK = "week"
    """Monday to Friday, no holidays."""
    ALL = "all"
    """Every day: shops that never close."""


class DayKind(StrEnum):
    """What a day is, for shading and for words."""

    WORK = "work"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"
    """A weekend day that is worked for a holiday (调休)."""


class WorkCalendar:
    """Which days are worked; days are counted from an index of all working days.

    ``own`` overrules the rest: days the organisation itself works (True) or not (False), which is
    also how an announcement is entered that the library does not know yet; ``announced`` are the
    years entered so.
    """

    def __init__(
        self,
        key: CalendarKey,
        own: Mapping[date, bool] | None = None,
        announced: Collection[int] = (),
    ) -> None:
        self.key = key
        self._own = dict(own or {})
        self._announced = frozenset(announced)
        self._before: list[int] = [0]
        self._days: list[int] = []

    def __repr__(self) -> str:
        return f"WorkCalendar({self.key.value})"

    @property
    def known_until(self) -> date | None:
        """Last day whose holidays are announced; None: nothing is ever announced (no holidays)."""
        if self.key is not CalendarKey.CHINA:
            return None
        known = announced_until()
        while known.year + 1 in self._announced:
            known = date(known.year + 1, 12, 31)
        return known

    def certain(self, day: date) -> bool:
        """Whether no announcement can change any more what the day is."""
        known = self.known_until
        return known is None or day <= known

    def kind(self, day: date) -> DayKind:
        """What the day is."""
        weekend = day.weekday() >= _SATURDAY
        worked = self._worked(day)
        if worked:
            return DayKind.MAKE_UP if weekend and self.key is not CalendarKey.ALL else DayKind.WORK
        if self._own.get(day) is False or not weekend or day in constants.holidays:
            return DayKind.HOLIDAY
        return DayKind.HOLIDAY if self._by_law(day) else DayKind.WEEKEND

    def is_workday(self, day: date) -> bool:
        """Whether it is worked. Raises ``UsageError`` (``schedule.day``) outside 2004 to 2099."""
        place = self._place(day)
        return self._before[place + 1] > self._before[place]

    def index(self, day: date) -> int:
        """How many working days lie before the day since the calendar began.

        For a working day its own index; for another day that of the next working day.
        """
        return self._before[self._place(day)]

    def end_of(self, day: date) -> int:
        """The index at which a day is over: that of the next working day."""
        return self._before[self._place(day) + 1]

    def day(self, index: int) -> date:
        """The working day of an index. Raises ``UsageError`` (``schedule.day``)."""
        if index < 0:
            raise _too_far(f"{FIRST}")
        while index >= len(self._days):
            if len(self._before) > _SPAN:
                raise _too_far(f"{LAST}")
            self._grow(len(self._before) + 366 * 4)
        return date.fromordinal(self._days[index])

    def first_from(self, day: date) -> date:
        """The day itself if it is worked, otherwise the next that is."""
        return self.day(self.index(day))

    def last_until(self, day: date) -> date:
        """The day itself if it is worked, otherwise the last before it that is."""
        return day if self.is_workday(day) else self.day(self.index(day) - 1)

    def add(self, day: date, n: int) -> date:
        """The working day ``n`` working days after the day; before it where ``n`` is negative.

        A day that is not worked counts as the next (forwards, and for 0) or the last (backwards).
        """
        place = self.index(day)
        return self.day(place + n)

    def between(self, a: date, b: date) -> int:
        """Working days from ``a`` (included) to ``b`` (not included); negative if ``b`` is earlier.

        ``add(a, between(a, b)) == b`` for working days.
        """
        return self.index(b) - self.index(a)

    def length(self, first: date, last: date) -> int:
        """Working days in a span, both ends included; 0 if it holds none."""
        return max(0, self._before[self._place(last) + 1] - self.index(first))

    def holidays(self, first: date, last: date) -> list[tuple[date, DayKind]]:
        """Days of a span that are not as in a plain week: holidays on weekdays, make-up days."""
        found: list[tuple[date, DayKind]] = []
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            kind = self.kind(day)
            if kind is DayKind.MAKE_UP or (kind is DayKind.HOLIDAY and day.weekday() < _SATURDAY):
                found.append((day, kind))
        return found

    def _place(self, day: date) -> int:
        place = day.toordinal() - _BASE
        if place < 0 or day > LAST:
            raise _too_far(day.isoformat())
        if place + 1 >= len(self._before):
            self._grow(place + 366)
        return place

    def _grow(self, size: int) -> None:
        before = self._before
        for place in range(len(before) - 1, min(size, _SPAN)):
            ordinal = _BASE + place
            worked = self._worked(date.fromordinal(ordinal))
            if worked:
                self._days.append(ordinal)
            before.append(before[-1] + worked)

    def _worked(self, day: date) -> bool:
        own = self._own.get(day)
        if own is not None:
            return own
        if self.key is CalendarKey.ALL:
            return True
        if self.key is CalendarKey.CHINA:
            if day in constants.workdays:
                return True
            if day in constants.holidays or self._by_law(day):
                return False
        return day.weekday() < _SATURDAY

    def _by_law(self, day: date) -> bool:
        if self.key is not CalendarKey.CHINA or day <= announced_until():
            return False
        return day in _statutory(day.year)


def _too_far(where: str) -> UsageError:
    return UsageError(
        "no plan reaches so far", code="schedule.day", where=where, fix=f"{FIRST} to {LAST}"
    )


@cache
def announced_until() -> date:
    """Last day of the last year whose arrangement the installed library knows."""
    return date(max(day.year for day in constants.holidays), 12, 31)


@cache
def _statutory(year: int) -> frozenset[date]:
    return statutory_days(year)


@lru_cache(maxsize=8)
def calendar_named(key: str) -> WorkCalendar:
    """The calendar of a key. Raises ``UsageError`` (``schedule.calendar``) for an unknown one."""
    try:
        return WorkCalendar(CalendarKey(key))
    except ValueError as e:
        known = ", ".join(CalendarKey)
        raise UsageError(
            "there is no such calendar", code="schedule.calendar", where=key, fix=known
        ) from e
