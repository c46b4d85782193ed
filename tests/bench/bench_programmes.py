"""The pages of a programme of 5,000 tasks, in CPU time; see ``programmes_at_scale``."""

from __future__ import annotations

from tests.bench.in_empty_home import measured
from tests.bench.row import Row


def measure() -> list[Row]:
    return measured("programmes_at_scale")
