"""A drill's own clock: it can run faster than real time, and stand still."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

FASTEST = 60

Pause = tuple[datetime, datetime | None]
"""From when to when it stood still; None: it still does."""


class DrillClock(msgspec.Struct, frozen=True, kw_only=True):
    """``pauses`` in order of time, without overlap."""

    began: datetime
    factor: int = 1
    pauses: tuple[Pause, ...] = ()

    def minutes(self, moment: datetime) -> float:
        """Minutes of the drill at a moment, never less than none."""
        still = sum((_overlap(pause, self.began, moment) for pause in self.pauses), timedelta(0))
        return max(0.0, (moment - self.began - still) / timedelta(minutes=1) * self.factor)

    def moment(self, minute: float) -> datetime:
        """When a minute of the drill is or was, counting the pauses that are over."""
        found = self.began + timedelta(minutes=minute) / self.factor
        for began, ended in self.pauses:
            if ended is not None and began < found:
                found += ended - began
        return found


def _overlap(pause: Pause, first: datetime, last: datetime) -> timedelta:
    began, ended = pause
    until = last if ended is None else min(ended, last)
    return max(timedelta(0), until - max(began, first))
