"""A drill's own clock: it can run faster than real time, and stand still."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

FASTEST = 60


class DrillClock(msgspec.Struct, frozen=True, kw_only=True):
    """``paused`` is how long it stood still so far; ``paused_at`` since when it does, or None."""

    began: datetime
    factor: int = 1
    paused: timedelta = timedelta(0)
    paused_at: datetime | None = None

    def minutes(self, now: datetime) -> float:
        """Minutes of the drill at a moment, never less than none."""
        until = self.paused_at or now
        real = until - self.began - self.paused
        return max(0.0, real / timedelta(minutes=1) * self.factor)

    def moment(self, minute: float) -> datetime:
        """When a minute of the drill is or was, as long as it does not stand still."""
        return self.began + self.paused + timedelta(minutes=minute) / self.factor
