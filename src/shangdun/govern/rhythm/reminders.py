"""Which reminder a day asks for: only the newest, however long nobody looked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta


def step_due(today: date, due: date, ahead: Sequence[int], late_every: int, most: int) -> str:
    """The step that ``today`` has reached: none, or ``ahead:3``, ``due``, ``late:1`` and so on.

    ``ahead`` are days before the day, ``late_every`` the days between reminders after it, ``most``
    how many of those there are. Whoever was away for weeks gets the last one, not all of them.
    """
    left = (due - today).days
    if left > 0:
        passed = [days for days in ahead if left <= days]
        return f"ahead:{min(passed)}" if passed else ""
    late = min(-left // late_every, most)
    return f"late:{late}" if late else "due"


def begins(due: date, ahead: Sequence[int]) -> date:
    """The first day on which anybody is reminded."""
    return due - timedelta(days=max(ahead, default=0))
