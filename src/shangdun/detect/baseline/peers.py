"""What others of the same kind do: a histogram of the values of all entities and periods.

Bins grow by 9% each, so that any size is known to 9% in 1.6 KB. Old values fade with a half-life
of four weeks.
"""

from __future__ import annotations

import numpy as np

from shangdun.detect.baseline.columns import Numbers

BINS = 400
A_DOUBLING = 8
OFFSET = 80
"""Bin of the value 1; the smallest is 2 ** -10, for shares."""
HALF_LIFE = 28 * 86_400_000
LEAST = 30.0
"""Observations needed before peers say anything."""
ALL_BUT = 2.0
"""So many observations may lie above what is called the usual of peers."""
STRETCH = 4.0
"""The usual of peers is at most so many times what 99 of 100 stay below: a few that grow slowly
cannot lift it for themselves."""


class Peers:
    """The values of a baseline's entities, fading."""

    def __init__(self) -> None:
        self._counts = np.zeros(BINS)

    @property
    def known(self) -> bool:
        return bool(self._counts.sum() >= LEAST)

    @property
    def size(self) -> float:
        return float(self._counts.sum())

    def fade(self, millis: int) -> None:
        self._counts *= 0.5 ** (millis / HALF_LIFE)

    def learn(self, values: Numbers) -> None:
        if len(values):
            bins = np.ceil(np.log2(np.maximum(values, 2.0**-10)) * A_DOUBLING) + OFFSET
            self._counts += np.bincount(np.clip(bins, 0, BINS - 1).astype(np.int64), minlength=BINS)

    def usual(self) -> float:
        """What all but the two largest values stay below, within reason."""
        return min(self._at(ALL_BUT), STRETCH * self._at(self.size / 100))

    def half(self) -> float:
        """What half of them stay below."""
        return self._at(self.size / 2)

    def _at(self, above: float) -> float:
        """The upper edge of the bin that at most ``above`` observations lie beyond."""
        beyond = np.cumsum(self._counts[::-1])
        place = BINS - 1 - int(np.searchsorted(beyond, above, side="right"))
        return float(2.0 ** ((max(place, 0) - OFFSET) / A_DOUBLING))

    def save(self) -> bytes:
        return self._counts.tobytes()

    def load(self, saved: bytes) -> None:
        self._counts = np.frombuffer(saved).copy()
