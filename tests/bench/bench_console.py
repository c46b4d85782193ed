"""The console: pages over a million findings, from request to rendered answer."""

from __future__ import annotations

from tests.bench.in_empty_home import measured
from tests.bench.row import Row


def measure() -> list[Row]:
    return measured("console_at_scale")
