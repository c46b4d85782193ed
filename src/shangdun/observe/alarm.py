"""Conditions that last: said when they begin, once an hour while they hold, and at the end."""

from __future__ import annotations

from enum import StrEnum

import msgspec

REMIND_MS = 60 * 60 * 1000


class Change(StrEnum):
    """What there is to say of a condition."""

    RAISED = "raised"
    STANDING = "standing"
    CLEARED = "cleared"


class Standing(msgspec.Struct):
    """A condition that holds: since when, and when that was last said; milliseconds."""

    since: int
    said: int


class Alarms(msgspec.Struct):
    """The conditions that hold, by a key of the caller's."""

    standing: dict[str, Standing] = msgspec.field(default_factory=dict)

    def update(self, key: str, *, holds: bool, now: int) -> Change | None:
        """Note whether a condition holds at ``now`` (ms); what is to be said of it, if anything."""
        known = self.standing.get(key)
        if not holds:
            return Change.CLEARED if self.standing.pop(key, None) else None
        if known is None:
            self.standing[key] = Standing(now, now)
            return Change.RAISED
        if now - known.said < REMIND_MS:
            return None
        known.said = now
        return Change.STANDING

    def since(self, key: str) -> int:
        """When a condition began to hold; 0: it does not."""
        known = self.standing.get(key)
        return known.since if known else 0


class Levels(msgspec.Struct):
    """Figures that are told when they moved by a whole step, and once an hour.

    Thresholds stand in rules, where people can change them; this only keeps a figure that stays
    where it is from being told, and matched, every minute.
    """

    told: dict[str, tuple[int, int]] = msgspec.field(default_factory=dict)
    """Key → whole steps last told, and when."""

    def due(self, key: str, value: float, now: int, *, step: float = 1.0) -> bool:
        """Whether ``value`` is to be told at ``now`` (ms); asking counts as telling."""
        points = int(value // step)
        last = self.told.get(key)
        if last is not None and last[0] == points and now - last[1] < REMIND_MS:
            return False
        self.told[key] = (points, now)
        return True
