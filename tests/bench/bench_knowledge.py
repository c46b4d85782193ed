"""The knowledge base: a search among 10,000 pages, in both languages."""

from __future__ import annotations

from tests.bench.in_empty_home import measured
from tests.bench.row import Row


def measure() -> list[Row]:
    return measured("knowledge_at_scale")
