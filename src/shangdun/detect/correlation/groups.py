"""The groups of one rule: who was seen, how far its time has come, and its running episode."""

from __future__ import annotations

import msgspec
import numpy as np

from shangdun.detect.correlation.buffer import Ints

COLUMNS = ("newest", "held", "active", "source", "running")


class Episode(msgspec.Struct):
    """From the crossing of the threshold until a whole timespan passes without it holding."""

    uid: str
    first_time: int
    last_time: int
    count: int
    value: float
    pending: int = 0
    """Events of the group since ``last_time``; they count once the condition holds again."""


class Groups:
    """Slots for group keys, with columns by slot that grow by doubling."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.slots: dict[str, int] = {}
        self.episodes: dict[int, Episode] = {}
        self.newest: Ints = np.zeros(64, np.int64)
        """Time of the newest event; the group's own clock."""
        self.held: Ints = np.zeros(64, np.int64)
        """Events in the buffer."""
        self.active: Ints = np.zeros(64, np.int64)
        """The feed that last brought an event."""
        self.source: Ints = np.zeros(64, np.int64)
        """The source that brought it."""
        self.running: Ints = np.zeros(64, np.int64)
        """1 where the slot has an episode."""

    def __len__(self) -> int:
        return len(self.keys)

    def slots_of(self, codes: Ints, keys: list[str]) -> Ints:
        """The slot of each event, given codes into keys; unknown keys get new slots."""
        present = np.flatnonzero(np.bincount(codes, minlength=len(keys)))
        wanted = [keys[code] for code in present.tolist()]
        if not self.slots.keys() >= set(wanted):
            for key in wanted:
                if key not in self.slots:
                    self.slots[key] = len(self.keys)
                    self.keys.append(key)
        found = [self.slots[key] for key in wanted]
        slot_of_code = np.zeros(len(keys), np.int64)
        slot_of_code[present] = found
        self._grow()
        slots: Ints = slot_of_code[codes]
        return slots

    def keep(self, kept: Ints) -> Ints:
        """Forget slots that are not in ``kept`` (ascending); gives old slot → new slot or -1."""
        moved = np.full(len(self.keys), -1, np.int64)
        moved[kept] = np.arange(len(kept))
        self.episodes = {
            int(moved[slot]): episode for slot, episode in self.episodes.items() if moved[slot] >= 0
        }
        self.keys = [self.keys[slot] for slot in kept.tolist()]
        self.slots = {key: slot for slot, key in enumerate(self.keys)}
        for name in COLUMNS:
            column = np.zeros(max(64, len(kept)), np.int64)
            column[: len(kept)] = getattr(self, name)[kept]
            setattr(self, name, column)
        return moved

    def _grow(self) -> None:
        if len(self.keys) <= len(self.newest):
            return
        size = 2 * len(self.keys)
        for name in COLUMNS:
            old = getattr(self, name)
            column = np.zeros(size, np.int64)
            column[: len(old)] = old
            setattr(self, name, column)
