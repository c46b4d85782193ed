"""The schedule of a plan of 5,000 tasks."""

from __future__ import annotations

from tests.bench.in_empty_home import measured
from tests.bench.row import Row


def measure() -> list[Row]:
    return measured("schedule_at_scale")
