"""What is usual for an entity, and whether the open period is past it; learning when it closes."""

from __future__ import annotations

from typing import Any

import numpy as np

from shangdun.detect.baseline import model
from shangdun.detect.baseline.alarm import Against, Usual
from shangdun.detect.baseline.clock import PeriodClock
from shangdun.detect.baseline.columns import Flags, Ints, Numbers
from shangdun.detect.baseline.peers import Peers
from shangdun.detect.baseline.season import Season, hour_of_week
from shangdun.detect.baseline.spec import BaselineSpec
from shangdun.detect.baseline.table import Table

DAY = 86_400_000
HALF_LIFE = 14 * DAY
LONG_HALF_LIFE = 56 * DAY
AT_MOST = 2.0
"""The usual is at most so many times what it was long ago: who raises it slowly is still seen."""
ENOUGH = 5.0
"""Periods an entity must have had before its own history says anything."""
KNOWN = 3.0
"""Periods after which an outlier is told from the rest when learning."""
SPREAD, LEAST_SPREAD, MOST_SPREAD = 0.25, 0.02, 0.3
"""Assumed before anything is known, and the bounds of what is learned: who grows steadily looks
like one who varies much, and must not be forgiven for it."""
SHRINK = 10.0
"""Periods that the spread of all entities is worth beside an entity's own."""
HONEST = 0.4
"""An honest rush brings along so much of the orders (files, payments) that it usually would."""
EXPECTED = 3.0
"""With fewer of them to expect nothing is said about honesty."""
HONEST_SEEN = 30.0
WHOLES = 200.0
"""Events of all entities needed before their common share says anything."""
DOUBT = 1.5
"""A common share may be so many times what was seen."""


class Judge:
    """The model of one baseline over its table of entities."""

    def __init__(self, spec: BaselineSpec, clock: PeriodClock) -> None:
        self._spec = spec
        self._clock = clock
        self.table = Table(spec.most)
        self._season = Season()
        self._peers = Peers()
        self._shares = spec.measure in {"ratio", "mix"}
        self._alpha = 1 - 0.5 ** (spec.every / HALF_LIFE)
        self._slow = 1 - 0.5 ** (spec.every / LONG_HALF_LIFE)
        self.total = 0.0
        """Counted events of the open period, of all entities."""
        self._weights = np.zeros(2)
        """Of the open period: sizes of single events, and their squares."""
        self._pool = np.zeros(7)
        """Of all entities: excess, square; weights, squared weights; value, honest events, whole.
        """

    # the open period

    @property
    def _start(self) -> int:
        return int(self._clock.current or 0) * self._spec.every

    @property
    def warm(self) -> bool:
        """Whether enough was seen to say anything."""
        return self._start - self._clock.began >= self._spec.warm_up

    def weigh(self, weights: Numbers | None) -> None:
        """Take note of how large single events are, where they are added up."""
        if weights is not None:
            self._weights += [weights.sum(), (weights**2).sum()]

    def whole(self, slot: int) -> float:
        """Ratio and mix: the whole of which the value is a part."""
        return float(self._wholes(np.array([slot]))[0]) if self._shares else 0.0

    def outside(self, slots: Ints) -> list[int]:
        """Those that are past every bound that applies to them, and not by an honest rush."""
        slots = slots[self.table.value[slots] >= self._spec.least]
        if not len(slots) or not self.warm:
            return []
        if self._shares:
            slots = slots[self._wholes(slots) >= self._spec.least_of]
        outside = slots[self._past(slots, 1.0)]
        return outside[~self._honest(outside)].tolist() if len(outside) else []

    def still_outside(self, slot: int, raised: float) -> bool:
        """Whether one is past its bounds even where a sale raises them."""
        return bool(self._past(np.array([slot]), raised)[0])

    def usual(self, slot: int) -> tuple[Usual, ...]:
        """The ranges it was compared with, in the unit of its value (shares: as shares)."""
        slots, table, spec = np.array([slot]), self.table, self._spec
        found = []
        if self._by_own(slots)[0]:
            mean, spread = self._mean(slots), self._spread(slots)
            low, high = (model.quantile(mean, spread, z, self._grain)[0] for z in _BOTH)
            if self._shares:
                whole = self._wholes(slots)[0]
                low, high = low / whole, min(high / whole, 1.0)
            season = "season" in spec.against
            over = self._start - int(table.first[slot])
            kind: Against = "season" if season else "own"
            if table.seen[slot] < ENOUGH:
                kind = "new"
            hour = hour_of_week(self._start) if season else -1
            seen = int(table.seen[slot])
            found.append(Usual(kind, float(low), float(high), seen, over, hour))
        if self._by_peers():
            over = min(self._start - self._clock.began, 28 * DAY)
            if self._shares:
                share = self._pool[4] / self._pool[6]
                found.append(Usual("peers", 0.0, float(share), int(self._pool[6]), over))
            else:
                low, high, size = self._peers.half(), self._peers.usual(), int(self._peers.size)
                found.append(Usual("peers", low, high, size, over))
        return tuple(found)

    def _wholes(self, slots: Ints) -> Numbers:
        if self._spec.measure == "mix":
            return np.full(len(slots), self.total)
        return self.table.whole[slots] if self._shares else np.ones(len(slots))

    @property
    def _grain(self) -> float:
        return max(1e-9, self._pool[3] / self._pool[2]) if self._pool[2] else 1.0

    def _factor(self) -> float:
        return self._season.factor(self._start) if "season" in self._spec.against else 1.0

    def _rate(self, slots: Ints) -> Numbers:
        """The usual value for a whole of 1 in an average hour."""
        return np.minimum(self._followed(slots), AT_MOST * self.table.slow[slots])

    def _followed(self, slots: Ints) -> Numbers:
        """The same, however fast it has risen."""
        rate: Numbers = self.table.level[slots] / np.maximum(self.table.base[slots], 1e-9)
        return rate

    def _mean(self, slots: Ints) -> Numbers:
        return self._rate(slots) * self._wholes(slots) * self._factor()

    def _spread(self, slots: Ints) -> Numbers:
        """An entity's own spread, drawn to that of all the less it is known."""
        table = self.table
        pool = self._pool[0] / self._pool[1] if self._pool[1] > 0 else SPREAD
        own = table.excess[slots] / np.maximum(table.square[slots], 1e-9)
        weight = table.seen[slots] / (table.seen[slots] + SHRINK)
        return np.clip(weight * own + (1 - weight) * pool, LEAST_SPREAD, MOST_SPREAD)

    def _by_own(self, slots: Ints) -> Flags:
        if self._spec.against == ("peers",):
            return np.zeros(len(slots), bool)
        if self._spec.measure == "mix":  # a value never seen is the oddest of all
            return np.ones(len(slots), bool)
        enough: Flags = self.table.seen[slots] >= ENOUGH
        return enough

    def _by_peers(self) -> bool:
        known = self._pool[6] >= WHOLES if self._shares else self._peers.known
        return "peers" in self._spec.against and bool(known)

    def _past(self, slots: Ints, raised: float) -> Flags:
        spec, value = self._spec, self.table.value[slots]
        by_own = self._by_own(slots)
        applies, past = by_own.copy(), np.ones(len(slots), bool)
        mean, spread = self._mean(slots), self._spread(slots)
        doubtful = model.doubtful(mean, spread, self.table.seen[slots], self._grain)
        surprise = model.surprise(value, raised * doubtful, spread, self._grain)
        wholes, times = self._wholes(slots), raised * spec.factor
        past &= ~by_own | (
            (surprise > model.TOO_UNLIKELY)
            & (self._odds(value, wholes) >= times * self._odds(mean, wholes))
        )
        if spec.share:
            past &= value >= spec.share * wholes
        if self._by_peers():
            applies |= True
            past &= self._past_peers(value, wholes, times)
        outside: Flags = applies & past
        return outside

    def _past_peers(self, value: Numbers, wholes: Numbers, times: float) -> Flags:
        if not self._shares:
            beyond: Flags = value > times * self._peers.usual()
            return beyond
        share = min(1.0, DOUBT * self._pool[4] / self._pool[6] + 1 / self._pool[6])
        unlikely = model.unlikely(value, wholes, share) > model.TOO_UNLIKELY
        rare: Flags = unlikely & (
            self._odds(value, wholes) >= times * self._odds(share * wholes, wholes)
        )
        return rare

    def _odds(self, value: Numbers, whole: Numbers) -> Numbers:
        """What a factor multiplies: the value, of a share its odds, for no share exceeds 1."""
        return value / np.maximum(whole - value, 0.5) if self._shares else value

    def _honest(self, slots: Ints) -> Flags:
        """Whether the rush brings along what an honest one does; True where nobody can tell."""
        spec, table = self._spec, self.table
        if not spec.unless:
            return np.zeros(len(slots), bool)
        if self._pool[5] < HONEST_SEEN:
            return np.ones(len(slots), bool)
        pool = self._pool[5] / max(self._pool[4], 1e-9)
        seen = table.seen[slots]
        level = table.level[slots]
        rate = (table.kept[slots] * seen + pool * SHRINK) / np.maximum(level * seen + SHRINK, 1e-9)
        expected = rate * table.value[slots]
        honest: Flags = (expected >= EXPECTED) & (table.honest[slots] >= HONEST * expected)
        return honest

    # closing

    def close(self) -> None:
        """Learn from the open period and empty it; what fired teaches nothing."""
        if self._clock.current is None:
            return
        table = self.table
        slots = np.flatnonzero((table.last[: len(table)] == self._clock.current) & self._open())
        self._peers.fade(self._spec.every)
        self._pool *= 0.5 ** (self._spec.every / LONG_HALF_LIFE)
        if len(slots):
            fired = table.fired[slots] == 1
            if not fired.any():
                self._pool[2:4] += self._weights
            quiet = (table.fired[slots] == 0) & (
                (table.whole[slots] > 0) if self._spec.measure == "ratio" else True
            )
            self._learn(slots[quiet])
            table.firing[slots] = np.where(fired, table.firing[slots] + 1, 0)
            settled = slots[table.firing[slots] * self._spec.every > 2 * self._spec.warm_up]
            for name in ("seen", "level", "base", "slow", "excess", "square", "firing"):
                getattr(table, name)[settled] = 0  # what lasts so long is the new usual
            for name in ("value", "whole", "honest", "fired", "since"):
                getattr(table, name)[slots] = 0
        self.total = 0.0
        self._weights[:] = 0

    def _open(self) -> Flags:
        touched: Flags = self.table.since[: len(self.table)] != 0
        return touched

    def _learn(self, slots: Ints) -> None:
        if not len(slots):
            return
        table, grain, factor = self.table, self._grain, self._factor()
        value, whole = table.value[slots], self._wholes(slots)
        seen = table.seen[slots]
        mean, spread = self._mean(slots), self._spread(slots)
        known = seen >= KNOWN
        most = model.quantile(
            model.doubtful(mean, spread, seen, grain), spread, model.OUTLIER, grain
        )
        value = np.where(known, np.minimum(value, most), value)
        if "season" in self._spec.against:
            self._season.learn(
                self._start, float(value[known].sum()), float(mean[known].sum() / factor)
            )
        if "peers" in self._spec.against and not self._shares:
            self._peers.learn(value[value > 0])
        self._pool[6] += whole.sum()
        self._pool[4] += value.sum()
        self._pool[5] += table.honest[slots].sum()
        followed = self._followed(slots) * whole * factor
        excess, square = (value - followed) ** 2 - followed * grain, followed**2
        self._pool[0] += excess[known].sum()
        self._pool[1] += square[known].sum()
        self._average(slots, value / factor, whole, np.where(known, excess, 0.0), square)

    def _average(
        self, slots: Ints, value: Numbers, whole: Numbers, excess: Numbers, square: Numbers
    ) -> None:
        table = self.table
        seen = table.seen[slots] + 1
        alpha = np.maximum(1 / seen, self._alpha)
        young = seen * self._spec.every <= 2 * self._spec.warm_up
        slow = np.where(young | (seen < ENOUGH), np.maximum(1 / seen, self._slow), self._slow)
        table.level[slots] += alpha * (value - table.level[slots])
        table.base[slots] += alpha * (whole - table.base[slots])
        table.kept[slots] += alpha * (table.honest[slots] - table.kept[slots])
        table.excess[slots] += alpha * (excess - table.excess[slots])
        table.square[slots] += alpha * (square - table.square[slots])
        rate = table.level[slots] / np.maximum(table.base[slots], 1e-9)
        table.slow[slots] += slow * (rate - table.slow[slots])
        table.seen[slots] = seen

    def save(self) -> dict[str, Any]:
        return {
            "table": self.table.save(),
            "season": self._season.save(),
            "peers": self._peers.save(),
            "pool": self._pool.tobytes(),
            "total": self.total,
            "weights": self._weights.tobytes(),
        }

    def load(self, saved: dict[str, Any]) -> None:
        self.table.load(saved["table"])
        self._season.load(saved["season"])
        self._peers.load(saved["peers"])
        self._pool = np.frombuffer(saved["pool"]).copy()
        self.total = saved["total"]
        self._weights = np.frombuffer(saved["weights"]).copy()


_BOTH = (-model.RANGE, model.RANGE)
