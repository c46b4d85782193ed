"""Logistics by the clock: what is short or runs out is told."""

from __future__ import annotations

from shangdun.actions.supplies.warn import warn_supplies
from shangdun.kernel.clock import Clock


def remind_of_supplies(clock: Clock) -> None:
    """Tell logistics what needs a look; safe to repeat."""
    warn_supplies(clock.now())
