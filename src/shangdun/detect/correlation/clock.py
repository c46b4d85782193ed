"""How far the time of each source has come, told by its events."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import numpy as np

from shangdun.detect.correlation.buffer import Flags, Ints

FAR = 86_400_000
"""A leap of more than a day is believed when the source's next event confirms it."""


class SourceTime(msgspec.Struct):
    """Of one source."""

    newest: int = 0
    doubted: int = 0
    """A time far ahead that one event told; 0 if there is none."""


class Passage(NamedTuple):
    """How time went on in one frame."""

    at: Ints
    """How far it had come with each row."""
    end: int


class Clocks:
    """The time of every source; it never goes back."""

    def __init__(self, sources: dict[int, SourceTime] | None = None) -> None:
        self.sources = sources if sources is not None else {}

    def newest(self, source: int) -> int:
        """How far a source has come; 0 for one that is not known."""
        return self.sources.get(source, SourceTime()).newest

    def take(self, source: int, times: Ints, timed: Flags) -> Passage:
        """Time goes on with the events of a frame."""
        clock = self.sources.setdefault(source, SourceTime())
        known = times[timed]
        if not len(known):
            return Passage(np.full(len(times), clock.newest), clock.newest)
        start = clock.newest or int(known[0])
        newest = np.maximum.accumulate(np.append(start, np.where(timed, times, 0)))
        if clock.doubted or np.any(np.diff(newest) > FAR):
            newest = self._doubtfully(clock, times, timed)
        else:
            newest = newest[1:]
        clock.newest = int(newest[-1])
        return Passage(newest, clock.newest)

    def advance(self, source: int, now: int) -> Passage:
        """Time has come to ``now`` though the source is silent."""
        clock = self.sources.setdefault(source, SourceTime())
        clock.newest = max(clock.newest, now)
        return Passage(np.empty(0, np.int64), clock.newest)

    @staticmethod
    def _doubtfully(clock: SourceTime, times: Ints, timed: Flags) -> Ints:
        """Event by event, where one of them seems to come from the future."""
        newest = np.empty(len(times), np.int64)
        now, doubted = clock.newest, clock.doubted
        for row, (time, known) in enumerate(zip(times.tolist(), timed.tolist(), strict=True)):
            if known:
                far = now and time > now + FAR
                if far and doubted:
                    now = min(doubted, time)
                    far = time > now + FAR
                doubted = time if far else 0
                now = now if far else max(now, time)
            newest[row] = now
        clock.doubted = doubted
        return newest
