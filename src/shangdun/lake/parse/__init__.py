"""Formats: one module each, found by its file name; modules with ``_`` serve them.

Adding a format is adding ``<name>.py`` with a ``READER``, a subclass of ``_reader.Reader``.
"""

from __future__ import annotations

import importlib
import pkgutil
from datetime import UTC, tzinfo
from functools import cache

from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.lake.block import Block
from shangdun.lake.parse._json_spread import is_spread, spread_boundary
from shangdun.lake.parse._reader import Reader

__all__ = ["Reader", "format_names", "format_titles", "get_parser", "sniff"]

SAMPLE_LINES = 50


@cache
def format_names() -> tuple[str, ...]:
    """The formats that can be read, by name, in alphabetical order."""
    names = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in names if not name.startswith("_")))


def format_titles() -> dict[str, str]:
    """Each format's name with its title in English."""
    return {name: get_parser(name).title for name in format_names()}


def get_parser(name: str, *, clock: Clock | None = None, zone: tzinfo = UTC) -> Reader:
    """The parser of a format.

    ``clock`` gives the moment that completes a time written without a year, ``zone`` is meant
    where a time has none. Raises ``UsageError`` naming the formats there are.
    """
    if name not in format_names():
        raise UsageError(
            f"there is no format {name!r}",
            code="usage.format",
            fix=f"use one of {', '.join(format_names())}",
        )
    reader: type[Reader] = importlib.import_module(f"{__name__}.{name}").READER
    return reader(clock, zone)


def _head(sample: bytes) -> bytes:
    """The first lines; of objects that are not one a line, those that are whole."""
    if is_spread(sample):
        return sample[: spread_boundary(sample) or len(sample)]
    return b"".join(sample.splitlines(keepends=True)[:SAMPLE_LINES])


def sniff(sample: bytes) -> str | None:
    """The format that most of a sample's first lines are in; None where none reads half of them.

    Formats that read equally many lines are told apart by their precedence: a Suricata line is
    JSON too, but it says what it is.
    """
    best: tuple[float, int, str] | None = None
    for name in format_names():
        reader = get_parser(name)
        head = _head(sample)
        parsed = reader.parse(Block(head))
        read = parsed.events.height
        share = read / max(1, read + len(parsed.dead))
        if share < 0.5 or not reader.claims(parsed):
            continue
        best = max(best or (0.0, 0, ""), (share, reader.precedence, name))
    return best[2] if best else None
