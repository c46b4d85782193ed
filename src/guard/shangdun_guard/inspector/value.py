"""One value as it stood in its request, and the texts that it becomes below its encodings."""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

HEAD, METHOD, TARGET, BODY = -4, -3, -2, -1
"""Parts of a request; 0 and above are its headers in their order."""


class Value(NamedTuple):
    """Raw text of one value, bytes read as latin-1, and where it stood."""

    place: str
    """See ``sink.Slot``."""
    name: str
    text: str
    part: int
    """HEAD, METHOD, TARGET, BODY or the index of a header."""
    start: int
    """In that part, in bytes; ``end`` behind the last one."""
    end: int
    syntax: str = ""
    """How this place writes characters: ``query`` (percent and plus), ``percent``, ``json``,
    ``xml``, or empty for as they are."""


class Form(NamedTuple):
    """What a value reads as below some layers of encoding."""

    text: str
    layers: tuple[str, ...]
    """From the outermost to the innermost; empty: as it stands."""


Skip = Callable[[str], Any]
"""Asked of raw text: something true where the value need not be taken out at all."""


def never(text: str) -> bool:
    """The ``Skip`` that takes every value."""
    del text
    return False
