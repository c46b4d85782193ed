"""What the records say of a measure in a period, before it is judged."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec

from shangdun.govern.measures.definition import Kind
from shangdun.govern.measures.intervals import Interval, poisson_interval, share_interval
from shangdun.govern.measures.trend import FIRST, Trend, count_trend, share_trend

Part = tuple[int, int | None]
MOST_NAMED = 2_000


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """``count`` of ``total`` (a share), or ``count`` in ``days`` (a count).

    ``problem`` says why there is no value (``no_records``, ``no_survey``, ``too_few``,
    ``nothing_due``); ``rests_on`` names the records counted, as ``incident 12``.
    """

    count: int = 0
    total: int | None = None
    parts: Mapping[str, Part] = {}
    apart: int | None = None
    days: float = 0.0
    """Days of the period that the records cover, up to the moment it was read."""
    problem: str = ""
    rests_on: tuple[str, ...] = ()
    digest: str = ""
    """Kept with a frozen reading; empty: reckoned from ``rests_on``."""

    @property
    def seal(self) -> str:
        """SHA-256 over the records that were counted, whatever their order."""
        joined = "\n".join(sorted(self.rests_on)).encode()
        return self.digest or hashlib.sha256(joined).hexdigest()

    def value(self, kind: Kind) -> float | None:
        """The count, or the share in per cent; None where there is none to show."""
        if self.problem:
            return None
        if kind is Kind.COUNT:
            return float(self.count)
        return 100 * self.count / self.total if self.total else None

    def interval(self, kind: Kind) -> Interval | None:
        """Of the value, in its unit."""
        if self.problem:
            return None
        if kind is Kind.COUNT:
            return poisson_interval(self.count)
        found = share_interval(self.count, self.total or 0)
        return found and msgspec.structs.replace(found, low=100 * found.low, high=100 * found.high)


def trend_of(kind: Kind, now: Reading, before: Reading | None) -> Trend:
    """How it moved since the reading before; ``FIRST`` where either has no value."""
    if before is None or now.problem or before.problem:
        return FIRST
    if kind is Kind.COUNT:
        return count_trend(now.count, now.days, before.count, before.days)
    return share_trend((now.count, now.total or 0), (before.count, before.total or 0))
