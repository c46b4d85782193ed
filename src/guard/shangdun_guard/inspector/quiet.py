"""A bounded memory of values without any sign: user agents, paths and searches come again."""

from __future__ import annotations

from collections.abc import Hashable

REMEMBERED = 4096
"""Entries of each of two generations."""
LONGEST = 512
"""Characters of a text that is worth remembering: bounds the memory to a few megabytes."""


class QuietValues:
    """Two generations: what is asked for again moves to the young one, the old one is dropped.

    An attacker who fills it makes it forget, which costs time and changes no verdict.
    """

    __slots__ = ("_capacity", "_old", "young")

    def __init__(self, capacity: int = REMEMBERED) -> None:
        self._capacity = capacity
        self.young: dict[Hashable, None] = {}
        """May be asked first, where a call costs too much; replaced when it is full."""
        self._old: dict[Hashable, None] = {}

    def __contains__(self, key: Hashable) -> bool:
        if key in self.young:
            return True
        if key in self._old:
            self.add(key)
            return True
        return False

    def __len__(self) -> int:
        return len(self.young) + len(self._old)

    def add(self, key: Hashable) -> None:
        """Remember; forgets the older generation when the younger one is full."""
        if len(self.young) >= self._capacity:
            self._old, self.young = self.young, {}
        if self._capacity:
            self.young[key] = None
