"""Letters without their case, the same way wherever values are compared.

Sigma compares without regard to case and does not say which letters that means. Here a letter
equals another if their lower cases are the same single letter; an ASCII letter equals ASCII
letters only, so that the Kelvin sign is no ``k`` and ASCII patterns need no Unicode to match.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from functools import cache


def fold_letter(letter: str) -> str:
    """The letter that stands for all cases of this one."""
    lower = letter.lower()
    if len(lower) != 1 or (lower.isascii() and not letter.isascii()):
        return letter
    return lower


def fold(text: str) -> str:
    """The text with every letter folded."""
    return text.lower() if text.isascii() else "".join(map(fold_letter, text))


@cache
def _cases() -> dict[str, str]:
    groups: dict[str, list[str]] = defaultdict(list)
    for number in range(0x80, sys.maxunicode + 1):
        letter = chr(number)
        folded = fold_letter(letter)
        if folded != letter:
            groups[folded].append(letter)
    return {folded: folded + "".join(others) for folded, others in groups.items()}


def cases(letter: str) -> str:
    """Every letter that folds to what this letter folds to; for letters that are not ASCII."""
    folded = fold_letter(letter)
    return _cases().get(folded, folded)
