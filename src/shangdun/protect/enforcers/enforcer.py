"""What every enforcer offers to the process that drives it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol

from shangdun.kernel.errors import StoreError
from shangdun.protect.enforcers.due import Change, Due, Range, Slot

Post = Callable[[str, dict[str, str], bytes], int]
"""Sends a body to an address with headers and gives the HTTP status; raises ``ShangdunError`` for
an address that is refused and ``OSError`` where nothing answers."""


class Present(NamedTuple):
    """What an enforcer found in force when it looked at the thing itself."""

    slots: frozenset[Slot]
    trouble: str = ""
    """What is wrong beside the slots: a rule that somebody took away, a server that is stopped."""


class EnforcerError(StoreError):
    """A change did not come into force; what was in force before still is."""

    default_code = "enforcer"


class Enforcer(Protocol):
    """One firewall, web server or other place where decisions take effect.

    Called by one thread. Each change comes into force as a whole or not at all. Times are in
    milliseconds since the epoch, UTC.
    """

    able: Range
    rest_seconds: float
    """So long it wants to be left alone after a change: changes meanwhile come as one."""

    @property
    def left_out(self) -> set[Slot]:
        """What is due and cannot be written there without the risk of meaning something else."""
        ...

    def replace(self, due: Due, now: int) -> None:
        """Put exactly this in force; raises ``EnforcerError``."""
        ...

    def apply(self, change: Change, due: Due, now: int) -> None:
        """Put a change in force; ``due`` has it already. Raises ``EnforcerError``."""
        ...

    def present(self) -> Present | None:
        """What is in force; None where that cannot be asked. Raises ``EnforcerError``."""
        ...

    def clear(self, now: int) -> None:
        """Turn nobody away any more; raises ``EnforcerError``."""
        ...


def refused(slots: Iterable[Slot]) -> str:
    """A sentence about values that an enforcer cannot write safely."""
    listed = [f"{slot.kind} {slot.value[:40]!r}" for slot in slots]
    more = f" and {len(listed) - 3} more" if len(listed) > 3 else ""
    return f"left out, for it cannot be written safely there: {', '.join(listed[:3])}{more}"
