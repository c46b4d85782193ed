"""Texts of other people inside the markup: they can only be read as themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_MARKS = re.compile(r"([\\`*_{}\[\]<>|&])")
_FIRST = re.compile(r"^(?:([#+\-=~])|(\d{1,9})([.)]))")
"""What means something at a line's beginning: a heading, a list, a rule."""
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def line(text: object, longest: int = 2_000) -> str:
    """One line of it: line ends become spaces, signs of the markup are escaped, the rest is cut."""
    told = _BREAKS.sub(" ", _TURNING.sub("", str(text))).strip()
    if len(told) > longest:
        told = told[: longest - 1].rstrip() + "…"
    return _FIRST.sub(_escaped, _MARKS.sub(r"\\\1", told))


def lines(text: object, longest: int = 20_000) -> str:
    """Paragraphs of it: empty lines part them."""
    parts = re.split(r"\n\s*\n", str(text)[:longest])
    return "\n\n".join(told for told in map(line, parts) if told)


def table(
    head: Sequence[object],
    rows: Iterable[Sequence[object]],
    right: Iterable[int] = (),
    longest: int = 2_000,
) -> str:
    """A table of the markup; ``right``: columns of numbers, ``longest``: characters of a cell."""
    aligned = set(right)
    marks = ["---:" if number in aligned else "---" for number in range(len(head))]
    told = [
        [line(cell, longest) for cell in head],
        marks,
        *([line(cell, longest) for cell in row] for row in rows),
    ]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in told)


def _escaped(found: re.Match[str]) -> str:
    sign, number, stop = found.groups()
    return f"\\{sign}" if sign else f"{number}\\{stop}"
