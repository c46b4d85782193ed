"""How much of a value was written for people: injections are short, tickets and reviews are not."""

from __future__ import annotations

import re
from itertools import islice

LIMIT = 40
"""Words beyond this many say nothing new."""

# A word as people write it: letters alone, blanks before, blanks or punctuation behind. One class
# and fixed-width looks only: the scan never goes back.
_WORD = re.compile(
    r"(?<![^\s(\"'\u201c])[A-Za-z\u00c0-\u024f\u0370-\u052f]{2,}(?=[\s,.;:!?)\"'\u201d]|$)"
    r"|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2}"
)


def words(text: str, start: int = 0, end: int | None = None) -> int:
    """Natural words in ``text[start:end]``, at most ``LIMIT``; two CJK characters are a word."""
    stop = len(text) if end is None else end
    return sum(1 for _ in islice(_WORD.finditer(text, start, stop), LIMIT))


def lines(text: str) -> int:
    """Lines that hold something, counted up to ``LIMIT``."""
    if "\n" not in text:
        return 1
    return sum(1 for line in text.split("\n", LIMIT)[:LIMIT] if line and not line.isspace())
