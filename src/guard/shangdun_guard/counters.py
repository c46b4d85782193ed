"""How often what happened, since this process began."""

from __future__ import annotations

import threading


class Counters:
    """Named numbers that many threads raise; names come from the code, so they are few."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers: dict[str, int] = {}

    def add(self, name: str) -> None:
        """One more."""
        with self._lock:
            self._numbers[name] = self._numbers.get(name, 0) + 1

    def __getitem__(self, name: str) -> int:
        return self._numbers.get(name, 0)

    def as_dict(self) -> dict[str, int]:
        """All that are not zero."""
        with self._lock:
            return dict(sorted(self._numbers.items()))

    def after_fork(self) -> None:
        """The child counts from nothing, with a lock that nobody holds."""
        self._lock = threading.Lock()
        self._numbers = {}
