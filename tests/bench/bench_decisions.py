"""Decisions: 100,000 in force, the stream that enforcers follow, storms, simulations."""

from __future__ import annotations

from tests.bench.in_empty_home import measured
from tests.bench.row import Row


def measure() -> list[Row]:
    return measured("decisions_at_scale")
