"""Service level objectives: how fast the error budget burns, and when that is worth waking someone.

Multi-window, multi-burn-rate alerts with the windows and factors of the Site Reliability Workbook
(Google, 2018), chapter 5, "Alerting on SLOs", table 5-8: of a budget for 30 days, 2 % in an hour
(14.4), 5 % in six hours (6), 10 % in three days (1). The short window, a twelfth of the long one,
ends the alert soon after the cause is gone.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import NamedTuple

import msgspec

from shangdun.observe.settings import Objective

MINUTES_KEPT = 3 * 24 * 60
LEAST_BAD = 10
"""Bad requests in the short window: one error at night is no fire, whatever the rate says."""


class Window(NamedTuple):
    """A pair of windows in minutes, the burn rate both must exceed, and how grave that is."""

    name: str
    long: int
    short: int
    factor: float
    grave: str


WINDOWS = (
    Window("1h", 60, 5, 14.4, "high"),
    Window("6h", 360, 30, 6.0, "high"),
    Window("3d", 4320, 360, 1.0, "medium"),
)


class Minute(msgspec.Struct, array_like=True):
    """A minute of one class of routes."""

    requests: int = 0
    errors: int = 0
    timed: int = 0
    slow: int = 0


class Burn(msgspec.Struct, frozen=True, kw_only=True):
    """How an objective stands in one pair of windows; rates in multiples of the budget."""

    objective: str
    kind: str
    """``availability`` or ``latency``."""
    window: str
    grave: str
    factor: float
    long: float
    short: float
    bad: int
    """Bad requests in the short window."""

    @property
    def burning(self) -> bool:
        """Whether somebody has to know."""
        return self.long >= self.factor and self.short >= self.factor and self.bad >= LEAST_BAD


class Ledger(msgspec.Struct):
    """The minutes of one objective; the key is the minute since the epoch."""

    minutes: dict[int, Minute] = msgspec.field(default_factory=dict)

    def add(self, minute: int, *, requests: int, errors: int, timed: int, slow: int) -> None:
        """Count requests of a minute."""
        at = self.minutes.setdefault(minute, Minute())
        at.requests += requests
        at.errors += errors
        at.timed += timed
        at.slow += slow

    def forget(self, minute: int) -> None:
        """Keep three days before ``minute``."""
        for old in [number for number in self.minutes if number <= minute - MINUTES_KEPT]:
            del self.minutes[old]

    def total(self, minute: int, length: int) -> Minute:
        """The sum over the ``length`` minutes that end with ``minute``."""
        sums = Minute()
        numbers = range(minute - length + 1, minute + 1)
        kept = (
            (self.minutes[n] for n in numbers if n in self.minutes)
            if length < len(self.minutes)
            else (at for n, at in self.minutes.items() if n in numbers)
        )
        for at in kept:
            sums.requests += at.requests
            sums.errors += at.errors
            sums.timed += at.timed
            sums.slow += at.slow
        return sums


def burns(objective: Objective, ledger: Ledger, minute: int) -> list[Burn]:
    """How fast both budgets of an objective burn, in every pair of windows, as of a minute."""
    found = []
    for window in WINDOWS:
        long, short = ledger.total(minute, window.long), ledger.total(minute, window.short)
        for kind, target in (
            ("availability", objective.availability),
            ("latency", objective.latency),
        ):
            budget = 1 - target / 100
            long_bad, long_all = _bad(kind, long)
            short_bad, short_all = _bad(kind, short)
            found.append(
                Burn(
                    objective=objective.name,
                    kind=kind,
                    window=window.name,
                    grave=window.grave,
                    factor=_reachable(window.factor, budget),
                    long=long_bad / long_all / budget if long_all else 0.0,
                    short=short_bad / short_all / budget if short_all else 0.0,
                    bad=short_bad,
                )
            )
    return found


def met(ledger: Ledger, minute: int) -> tuple[float | None, float | None]:
    """Per cent of good and of fast requests over the last three days; None: there were none."""
    total = ledger.total(minute, MINUTES_KEPT)
    good = 100 * (1 - total.errors / total.requests) if total.requests else None
    fast = 100 * (1 - total.slow / total.timed) if total.timed else None
    return good, fast


def covers(objective: Objective, route: str) -> bool:
    """Whether a normalised route belongs to an objective."""
    return any(fnmatchcase(route, pattern) for pattern in objective.routes)


def _bad(kind: str, total: Minute) -> tuple[int, int]:
    if kind == "latency":
        return total.slow, total.timed
    return total.errors, total.requests


def _reachable(factor: float, budget: float) -> float:
    """The factor, or half of total failure where that is less.

    A wide budget cannot burn 14.4 times as fast: with 10 % even total failure is ten times.
    """
    return min(factor, 0.5 / budget)
