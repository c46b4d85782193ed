"""A list of those to be invited, row by row; what is made of it goes back, nothing is kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import msgspec

from shangdun.kernel.errors import UsageError
from shangdun.lake.query.export import safe_cell

MOST = 20_000
LARGEST = 2 << 20
LONGEST = 200


class Roster(msgspec.Struct, frozen=True):
    """Rows that can be invited, and what is wrong with the others by row number (from 1)."""

    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wrong: tuple[tuple[int, str], ...]
    """``empty``, ``twice``, ``long``."""

    @property
    def names(self) -> list[str]:
        return [row[0] for row in self.rows]


def decoded(content: bytes) -> str:
    """The text of a file, UTF-8 or GB 18030. Raises ``UsageError`` (``survey.list``)."""
    if len(content) > LARGEST or b"\x00" in content:
        raise UsageError("this is no list", code="survey.list", fix="CSV of at most 2 MB")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageError("this is no list", code="survey.list", fix="CSV in UTF-8")


def read_roster(text: str, *, heading: bool) -> Roster:
    """Lines, or columns parted by tabs, commas or semicolons; the first column names somebody."""
    first = text.partition("\n")[0]
    mark = next((mark for mark in "\t;," if mark in first), ",")
    try:
        lines = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=mark))
    except csv.Error as error:
        raise UsageError("this is no list", code="survey.list", fix="CSV in UTF-8") from error
    head = tuple(cell.strip() for cell in lines[0]) if heading and lines else ()
    rows: list[tuple[str, ...]] = []
    wrong: list[tuple[int, str]] = []
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        if (heading and number == 1) or not any(cell.strip() for cell in line):
            continue
        cells = tuple(cell.strip() for cell in line)
        problem = _problem(cells[0], seen)
        if problem:
            wrong.append((number, problem))
            continue
        seen.add(cells[0].casefold())
        rows.append(cells)
    if len(rows) > MOST:
        raise UsageError("too many rows", code="survey.count", fix=f"{MOST} at once")
    return Roster(head, tuple(rows), tuple(wrong))


def _problem(name: str, seen: set[str]) -> str:
    if not name:
        return "empty"
    if len(name) > LONGEST:
        return "long"
    return "twice" if name.casefold() in seen else ""


def written(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """CSV with a byte order mark, as spreadsheets need it; no cell is run as a formula."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    if heading:
        writer.writerow([safe_cell(cell) for cell in heading])
    writer.writerows([[safe_cell(cell) for cell in row] for row in rows])
    return b"\xef\xbb\xbf" + file.getvalue().encode("utf-8", "replace")
