"""What an asset is worth, 1 (very low) to 5 (very high): GB/T 20984-2022, 5.2.1.

The standard asks for a "comprehensive calculation" of the rated properties and leaves the formula
to whoever assesses. Ours takes the logarithmic mean that the 2007 edition proposed for
confidentiality, integrity and availability: one property rated 5 is not averaged away by two
rated 1. A system asset is worth at least what the business it bears gives it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log2
from typing import NamedTuple

from shangdun.kernel.errors import UsageError

LEAST, MOST = 1, 5


class Rating(NamedTuple):
    """Confidentiality, integrity, availability: each 1–5, or None while nobody rated it."""

    confidentiality: int | None
    integrity: int | None
    availability: int | None

    @property
    def complete(self) -> bool:
        return None not in self


class Borne(NamedTuple):
    """A business that an asset bears: its importance, and how closely it hangs on it; both 1–5."""

    importance: int
    bearing: int


def mean_of(rating: Rating) -> int | None:
    """``round(log2((2^C + 2^I + 2^A) / 3))``; None while one of the three is not rated."""
    given = [_checked(one) for one in rating if one is not None]
    if len(given) < 3:
        return None
    return round(log2(sum(2**one for one in given) / 3))


def borne_value(borne: Sequence[Borne]) -> int | None:
    """What the businesses give what bears them: the highest of importance lowered by looseness.

    Bearing 5 (it stops at once) gives the importance whole, each step below takes one off, never
    below 1. None: it bears no business that is rated.
    """
    given = [max(LEAST, _checked(one.importance) - (MOST - _checked(one.bearing))) for one in borne]
    return max(given, default=None)


def business_value(importance: int | None) -> int | None:
    """业务重要性赋值 is a business's value itself."""
    return None if importance is None else _checked(importance)


def system_value(rating: Rating, borne: Sequence[Borne]) -> int | None:
    """The higher of what its own properties and what its businesses say; None: not rated."""
    own = mean_of(rating)
    if own is None:
        return None
    return max(own, borne_value(borne) or LEAST)


def component_value(rating: Rating) -> int | None:
    """Of confidentiality, integrity and availability alone (5.2.1.4)."""
    return mean_of(rating)


def _checked(value: int) -> int:
    if not LEAST <= value <= MOST:
        raise UsageError("no such rating", code="asset.rating", where=str(value), fix="1 to 5")
    return value
