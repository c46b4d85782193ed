"""Searching pages: what is looked for in a text, and the place to show of it.

Chinese has no spaces between words, so a page fits when it holds every part of the question as it
was typed, wherever it stands: no dictionary decides what a word is, two letters (预案) are found as
well as ten, and databases need no extension. A question in several parts needs them all.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice
from typing import NamedTuple

LONGEST_QUESTION = 100
MOST_PARTS = 8
AROUND = 48
_QUOTED = re.compile(r"[\"“”「」](.+?)[\"“”「」]|(\S+)")


def folded(text: str) -> str:
    """The text as it is searched: full-width letters as plain ones (NFKC), without case."""
    return unicodedata.normalize("NFKC", text).casefold()


def parts(question: str) -> tuple[str, ...]:
    """What a page must hold, folded; words in quotation marks belong together."""
    found = (one[0] or one[1] for one in _QUOTED.findall(question[:LONGEST_QUESTION]))
    cleaned = (folded(one).strip('"“”「」,，。;；') for one in found)
    return tuple(dict.fromkeys(one for one in cleaned if one))[:MOST_PARTS]


class Piece(NamedTuple):
    """A run of an excerpt; ``hit`` where it is what was looked for."""

    text: str
    hit: bool


def excerpt(text: str, wanted: tuple[str, ...], around: int = AROUND) -> list[Piece]:
    """The place where most of what was looked for stands, as runs; the beginning if none does."""
    line = " ".join(text.split())
    low = folded(line)
    if len(low) != len(line):  # a letter that folds into two: places would not fit
        line = low
    # Of each part as many as can stand in what is shown: a page of nothing else has thousands.
    hits = sorted(
        (found.start(), found.end())
        for part in wanted
        for found in islice(re.finditer(re.escape(part), low), 3 * around + 1)
    )
    begin = max(0, (hits[0][0] if hits else 0) - around // 2)
    end = min(len(line), begin + 3 * around)
    pieces = [Piece("…", hit=False)] if begin else []
    at = begin
    for first, last in hits:
        if first < at or last > end:
            continue
        if first > at:
            pieces.append(Piece(line[at:first], hit=False))
        pieces.append(Piece(line[first:last], hit=True))
        at = last
    if at < end:
        pieces.append(Piece(line[at:end], hit=False))
    if end < len(line):
        pieces.append(Piece("…", hit=False))
    return pieces
