"""How often a person put something in without a name today: in memory alone.

A count on the disk would have a time, and the time would say who wrote what. So each process of the
console counts for itself and forgets with it: a bound, not an exact one.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from datetime import date

_KEY = secrets.token_bytes(32)
_COUNTS: Counter[bytes] = Counter()
_day = date.min


def take(user_id: int, day: date, most: int) -> bool:
    """Count one more; False where there were so many already."""
    global _day  # noqa: PLW0603 - the day of the counts, with them
    if day != _day:
        _COUNTS.clear()
        _day = day
    mark = hashlib.blake2b(str(user_id).encode(), key=_KEY, digest_size=16).digest()
    if _COUNTS[mark] >= most:
        return False
    _COUNTS[mark] += 1
    return True
