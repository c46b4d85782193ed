"""The response: an incident's room and the lists of incidents at size."""

from __future__ import annotations

from tests.bench.in_empty_home import measured
from tests.bench.row import Row


def measure() -> list[Row]:
    return measured("response_at_scale")
