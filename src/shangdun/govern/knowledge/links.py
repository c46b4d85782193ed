"""``[[Title]]`` and ``[[Title|what is read]]``: links from page to page by their titles.

They are read before the markup: what is no link to a page stays as it was typed, and nothing inside
code is a link. The markup then sees an ordinary link to an address of ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

LONGEST_TITLE = 200
_LINK = re.compile(r"\[\[([^\[\]|\n]{1,200})(?:\|([^\[\]|\n]{1,200}))?\]\]")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_TICKS = re.compile(r"`+")
_MARKS = re.compile(r"([\\`*_\[\]<>{}|])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def fold(title: str) -> str:
    """The title as links find it: case and width of spaces do not count."""
    return " ".join(_CONTROL.sub(" ", title).split()).casefold()[:LONGEST_TITLE]


def targets(text: str) -> list[str]:
    """The folded titles that a text links to, each once, in their order."""
    found: dict[str, None] = {}

    def note(match: re.Match[str]) -> str:
        if folded := fold(match[1]):
            found.setdefault(folded)
        return match[0]

    _outside_code(text, note)
    return list(found)


def resolved(text: str, address: Callable[[str], str]) -> str:
    """The text with its links as links of the markup; ``address`` takes a folded title.

    Where it gives nothing (no such page, or none that may be seen) the words stand alone, in
    emphasis, so that a reader sees that a page is still to be written.
    """

    def replace(match: re.Match[str]) -> str:
        folded = fold(match[1])
        words = _MARKS.sub(r"\\\1", (match[2] or match[1]).strip())
        if not folded or not words:
            return match[0]
        where = address(folded)
        return f"[{words}]({where})" if where else f"*{words}*"

    return _outside_code(text, replace)


def _outside_code(text: str, change: Callable[[re.Match[str]], str]) -> str:
    lines = []
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            closes = mark and mark[1][0] == fence[0] and len(mark[1]) >= len(fence)
            lines.append(line)
            fence = "" if closes else fence
            continue
        if mark:
            fence = mark[1]
            lines.append(line)
            continue
        lines.append(_in_line(line, change))
    return "\n".join(lines)


def _in_line(line: str, change: Callable[[re.Match[str]], str]) -> str:
    made, at = [], 0
    for begin, end in _codes(line):
        made += [_LINK.sub(change, line[at:begin]), line[begin:end]]
        at = end
    return "".join([*made, _LINK.sub(change, line[at:])])


def _codes(line: str) -> Iterator[tuple[int, int]]:
    """Where code stands: from a run of backticks to the next one of the same length.

    Each run is looked at once: a pattern that tries every length at every place takes minutes for
    a line of nothing but backticks.
    """
    runs = [found.span() for found in _TICKS.finditer(line)]
    closing: list[int] = [-1] * len(runs)
    nearest: dict[int, int] = {}
    for place in range(len(runs) - 1, -1, -1):
        length = runs[place][1] - runs[place][0]
        closing[place] = nearest.get(length, -1)
        nearest[length] = place
    place = 0
    while place < len(runs):
        last = closing[place]
        if last >= 0:
            yield runs[place][0], runs[last][1]
        place = max(place, last) + 1
