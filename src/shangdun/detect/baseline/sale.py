"""Announced sales: while one runs, what looks like a rush is taken for one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

Which = Literal["all", "routes", "products"]


class Sale(msgspec.Struct, frozen=True, kw_only=True):
    """A rush that people expect: from when to when, of what, and how much of it."""

    name: str
    since: int
    until: int
    """Milliseconds since the epoch; ``since <= t < until``."""
    which: Which = "all"
    names: tuple[str, ...] = ()
    """routes: beginnings of paths; products: identifiers. Empty with ``all``."""
    factor: float = 10.0

    def covers(self, since: int, until: int, key: str) -> bool:
        """Whether it is about an entity at some time between two moments."""
        if not (self.since < until and since < self.until):
            return False
        if self.which == "all":
            return True
        if self.which == "routes":
            return any(_within(key, name) for name in self.names)
        words = re.split(r"[/_\-. ·]", key)
        return any(key == name or name in words for name in self.names)


def raised_by(sales: Iterable[Sale], since: int, until: int, keys: Sequence[str]) -> float:
    """By how much the sales that are about any of the entities raise a bound; 1: not at all."""
    factors = [
        sale.factor
        for sale in sales
        if any(sale.covers(since, until, key) for key in (keys or [""]))
    ]
    return max([1.0, *factors])


def _within(path: str, prefix: str) -> bool:
    """``/product/*/`` and ``/product/12`` are within ``/product``; ``/products`` is not."""
    prefix = prefix.rstrip("/")
    return path == prefix or path.startswith(f"{prefix}/")
