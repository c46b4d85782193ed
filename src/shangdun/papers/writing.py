"""Writing the markup of ``papers.markup`` from texts that somebody else chose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_MARKS = re.compile(r"([\\`*_{}\[\]<>|&])")
_FIRST = re.compile(r"^(?:([#+\-=~])|(\d{1,9})([.)]))")
"""What means something at a line's beginning: a heading, a list, a rule."""
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def plain(text: object, longest: int = 120) -> str:
    """A text that somebody else chose, for one line of the markup: it can only be read as itself.

    Line ends become spaces, marks that turn text around are left out, every sign that the markup
    could read is escaped, and what is longer is cut.
    """
    line = _BREAKS.sub(" ", _TURNING.sub("", str(text))).strip()
    if len(line) > longest:
        line = line[: longest - 1].rstrip() + "…"
    return _FIRST.sub(_escaped, _MARKS.sub(r"\\\1", line))


def _escaped(found: re.Match[str]) -> str:
    sign, number, stop = found.groups()
    return f"\\{sign}" if sign else f"{number}\\{stop}"


def table(
    head: Sequence[object], rows: Iterable[Sequence[object]], right: Iterable[int] = ()
) -> str:
    """A table of the markup: ``head`` and cells are escaped here; ``right``: columns of numbers."""
    aligned = set(right)
    marks = ["---:" if number in aligned else "---" for number in range(len(head))]
    lines = [_row(plain(cell) for cell in head), _row(marks)]
    lines += [_row(plain(cell) for cell in row) for row in rows]
    return "\n".join(lines)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
