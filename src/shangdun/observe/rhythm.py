"""When is a source silent? When it is quiet at a time at which it usually is not.

Time is cut into minutes; a minute in which lines came is an active one. For each hour of the week
it is learned which share of minutes is active. A gap is surprising to the degree that so many
empty minutes in a row are improbable: the sum of ``-ln(1 - share)`` over its minutes, each by the
share of its own hour. A shop that sleeps at night has shares near zero then, so its night adds
nothing; a log that never rests is missed within minutes.

Minutes are not independent, bursts make longer gaps than chance: so a gap must also be longer than
half again the longest that ended by itself around this hour of the day. A gap that was alarmed
about is no such, it may have been an outage; the third at the same hour is a habit and is learned.
Only minutes in which somebody watched are counted, neither a machine that was off nor a stopped
watch teaches anything.
"""

from __future__ import annotations

import math

import msgspec

HOURS = 168
MINUTES = 60
SURPRISE = 14.0
"""About e⁻¹⁴: one gap in a million like it would come by chance."""
LEARNING_MINUTES = 60
"""Of observation before anything is said."""
UNSEEN_WEIGHT = 0.05
"""Of an hour of the day that was never seen: the first night must not alarm, a dead source of a
busy shop must not be overlooked until next week."""
FADE = 0.7
"""What a week's memory of an hour is worth a week later."""
LEAST_GAP = 3
"""Minutes: nothing shorter is called a silence."""
_CEILING = 0.995
"""No share is certain: a single quiet minute adds at most 5.3."""
_GAP_MARGIN = 1.5
_ALARM_WEIGHT = 0.25
"""A gap that was alarmed about teaches less: it may have been an outage."""
_HABIT = 2.5
"""So many of them at one hour of the day, with what weeks ago is worth, are a habit."""


class Slot(msgspec.Struct):
    """An hour of the week: minutes active, minutes watched, the week they were last faded."""

    active: float = 0.0
    watched: float = 0.0
    week: int = 0


class Rhythm(msgspec.Struct):
    """What is usual for one source; ``advance`` it minute by minute. Pure, and can be stored."""

    slots: dict[int, Slot] = msgspec.field(default_factory=dict)
    """By hour of the week, from Thursday 00:00 UTC, the epoch's own."""
    gaps: dict[int, float] = msgspec.field(default_factory=dict)
    """By hour of the day, the longest gap in minutes that ended by itself; fades."""
    alarmed: dict[int, float] = msgspec.field(default_factory=dict)
    """By hour of the day, gaps that were alarmed about and ended by themselves; fades."""
    minute: int = 0
    """The last minute taken in, since the epoch."""
    quiet: int = 0
    """Watched minutes without a line, up to now."""
    surprise: float = 0.0
    silent: bool = False
    learned: int = 0
    """Minutes taken in so far."""
    pending: dict[int, int] = msgspec.field(default_factory=dict)
    """Quiet minutes by hour of the week that are not learned yet: the gap is still open."""

    def advance(self, minute: int, events: int) -> bool:
        """Take in what a watched minute brought; whether the source is silent now.

        Minutes must grow; one that is not after the last is ignored.
        """
        if minute <= self.minute:
            return self.silent
        self.minute = minute
        self.learned += 1
        hour = minute // MINUTES % HOURS
        if events:
            self._end_gap(hour)
            self._learn(hour, active=1.0, watched=1.0)
        else:
            self.quiet += 1
            self.surprise += self.weight(hour)
            self.pending[hour] = self.pending.get(hour, 0) + 1
            self.silent = self.silent or self._is_silent(hour)
        return self.silent

    @property
    def knows(self) -> bool:
        """Whether it was observed for long enough to say anything."""
        return self.learned - self.quiet >= LEARNING_MINUTES

    def weight(self, hour: int) -> float:
        """How surprising an empty minute is at an hour of the week."""
        share, known = self._share(hour)
        weight = -math.log1p(-min(share, _CEILING))
        return weight if known else UNSEEN_WEIGHT * weight

    def usual(self, hour: int) -> float:
        """The learned share of active minutes at an hour of the week, 0 … 1."""
        return self._share(hour)[0]

    def longest(self, hour: int) -> float:
        """The longest gap, in minutes, that is usual around an hour of the week."""
        day = hour % 24
        return max(self.gaps.get((day + near) % 24, 0.0) for near in (-1, 0, 1))

    def _is_silent(self, hour: int) -> bool:
        return (
            self.knows
            and self.quiet >= LEAST_GAP
            and self.surprise >= SURPRISE
            and self.quiet > _GAP_MARGIN * self.longest(hour)
        )

    def _share(self, hour: int) -> tuple[float, bool]:
        """The share for an hour, and whether the hour of the day was ever seen.

        An hour of the week seen too little is taken as the quietest such hour of another day.
        """
        own = self.slots.get(hour)
        if own and own.watched >= MINUTES / 2:
            return own.active / own.watched, True
        day = hour % 24
        same = [s for other, s in self.slots.items() if other % 24 == day and s.watched >= 10]
        if same:
            return min(slot.active / slot.watched for slot in same), True
        watched = sum(slot.watched for slot in self.slots.values())
        return (sum(s.active for s in self.slots.values()) / watched if watched else 0.0), False

    def _end_gap(self, hour: int) -> None:
        days = {of % 24 for of in {hour, *self.pending}}
        usual = not self.silent
        if self.silent:
            for day in days:
                self.alarmed[day] = self.alarmed.get(day, 0.0) + 1
            usual = all(self.alarmed[day] >= _HABIT for day in days)
        for of, minutes in self.pending.items():
            self._learn(of, active=0.0, watched=(1.0 if usual else _ALARM_WEIGHT) * minutes)
        if usual and self.quiet:
            for day in days:
                self.gaps[day] = max(self.gaps.get(day, 0.0), float(self.quiet))
        self.pending = {}
        self.quiet, self.surprise, self.silent = 0, 0.0, False

    def _learn(self, hour: int, *, active: float, watched: float) -> None:
        slot = self.slots.setdefault(hour, Slot())
        week = self.minute // (MINUTES * HOURS)
        if slot.week and week > slot.week:
            faded = FADE ** (week - slot.week)
            slot.active *= faded
            slot.watched *= faded
            for kept, fade in ((self.gaps, 0.9), (self.alarmed, FADE)):
                if hour % 24 in kept:
                    kept[hour % 24] *= fade ** ((week - slot.week) / 7)
        slot.week = week
        slot.active += active
        slot.watched += watched
