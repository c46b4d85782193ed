"""Whether data is whole: what is there against what the backup has, by counts and checksums."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from io import StringIO

import msgspec

from shangdun.kernel.errors import ParseError

MOST_LINES = 200_000
MOST_CHARACTERS = 50_000_000
SHOWN = 200
_SUM = re.compile(r"^([0-9a-fA-F]{32,128}) [ *](.+)$")
_NUMBER = re.compile(r"^\d{1,18}$")
_DIGEST = re.compile(r"^[0-9a-fA-F]{32,128}$")


class Measured(msgspec.Struct, frozen=True):
    """One table or file: how many records, and the checksum over them; either may be missing."""

    count: int | None = None
    checksum: str = ""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One item that is not the same; None: it is missing on that side."""

    item: str
    live: Measured | None
    backup: Measured | None


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """``compared`` items on both sides; the first of what differs, and how many there are."""

    compared: int
    differing: int
    differences: tuple[Difference, ...]

    @property
    def whole(self) -> bool:
        """Whether everything that the backup has is there unchanged, and nothing else."""
        return self.compared > 0 and self.differing == 0


def read_manifest(text: str) -> dict[str, Measured]:
    """A manifest by item: lines of ``sha256sum``, or CSV of name, count and optional checksum.

    Raises ``ParseError`` (code ``cleanup.manifest``) naming the line, for what is neither, for an
    item that stands twice, and for an empty text.
    """
    if len(text) > MOST_CHARACTERS:
        raise _wrong("the manifest is too long", 0, "compare fewer items at once")
    found: dict[str, Measured] = {}
    for number, item, measured in _items(text):
        if item in found:
            raise _wrong(f"{item!r:.80} stands twice", number, "leave one of them out")
        found[item] = measured
        if len(found) > MOST_LINES:
            raise _wrong("the manifest is too long", number, f"at most {MOST_LINES} lines")
    if not found:
        raise _wrong("the manifest is empty", 0, "paste what sha256sum or a count printed")
    return found


def compare(live: dict[str, Measured], backup: dict[str, Measured]) -> Comparison:
    """What differs; a count or checksum that only one side gives is a difference too."""
    differing = [
        Difference(item=item, live=live.get(item), backup=backup.get(item))
        for item in sorted(live.keys() | backup.keys())
        if live.get(item) != backup.get(item)
    ]
    return Comparison(
        compared=len(live.keys() & backup.keys()),
        differing=len(differing),
        differences=tuple(differing[:SHOWN]),
    )


def _items(text: str) -> Iterator[tuple[int, str, Measured]]:
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()  # noqa: PLW2901 - the same line without its margins
        if not line or line.startswith("#"):
            continue
        if summed := _SUM.match(line):
            yield number, summed[2], Measured(checksum=summed[1].lower())
        else:
            yield number, *_row(line, number)


def _row(line: str, number: int) -> tuple[str, Measured]:
    try:
        cells = [cell.strip() for cell in next(csv.reader(StringIO(line), strict=True))]
    except (csv.Error, StopIteration) as error:
        raise _wrong("this line cannot be read", number, "write it as name,count") from error
    if len(cells) not in (2, 3) or not cells[0] or not _NUMBER.match(cells[1]):
        raise _wrong(
            f"{line!r:.80} is no item",
            number,
            "write name,count or name,count,checksum, or paste what sha256sum printed",
        )
    checksum = cells[2] if len(cells) == 3 else ""
    if checksum and not _DIGEST.match(checksum):
        raise _wrong(f"{checksum!r:.80} is no checksum", number, "write it in hex")
    return cells[0], Measured(count=int(cells[1]), checksum=checksum.lower())


def _wrong(message: str, line: int, fix: str) -> ParseError:
    return ParseError(
        message, code="cleanup.manifest", where=f"line {line}" if line else "", fix=fix
    )
