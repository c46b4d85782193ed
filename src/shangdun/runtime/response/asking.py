"""The clock's part in asking leadership: who does not answer in time is passed over."""

from __future__ import annotations

from shangdun.actions.orders.asking import pass_on_all
from shangdun.kernel.clock import Clock


def pass_on(clock: Clock) -> None:
    """Ask the next, or all again, wherever the time to answer is over."""
    pass_on_all(clock)
