"""CSV and XLSX as rows of cells, with the places that a reader of meanings must know of.

Nothing of a sheet is ever reckoned: a formula stays the text it is, and its place is told; so are
the cells that a merged one covers. What is hostile (bombs, broken zips) is refused as unreadable.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import openpyxl
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from shangdun.kernel.errors import UsageError
from shangdun.respond.workbook import bomb

MOST_COLUMNS = 250
csv.field_size_limit(64 << 20)
"""Of one cell: a scanner's proof is longer than the 128 KB that stand there; files are bounded."""
_LEADING = 20
"""Rows by which it is known whether a sheet is the one that is looked for."""
_UNPACKED = 200 << 20
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z0-9:]{2,20})"')
_MOST_MERGED = 10_000
_PIECE = 1 << 18
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, SyntaxError, KeyError, ValueError, IndexError,
    TypeError, AttributeError, EOFError, OverflowError, RecursionError, NotImplementedError,
    RuntimeError, AssertionError, InvalidFileException, OSError,
)  # fmt: skip
"""Whatever a hostile workbook makes the reader stumble over."""


class Spreadsheet(NamedTuple):
    """One sheet; places are 0-based (row, column)."""

    form: str
    """``csv`` or ``xlsx``."""
    rows: list[list[Any]]
    formulas: frozenset[tuple[int, int]]
    merged: frozenset[tuple[int, int]]
    """Cells that a merged one covers, its own left out."""
    name: str = ""
    """Of the sheet, where the workbook has several that are shown."""


_MOST_SHEETS = 50
"""Among which the one that is looked for is sought."""
Fits = Callable[[Sequence[Sequence[Any]]], bool]


def read_spreadsheet(
    content: bytes, *, most_rows: int, largest: int, fits: Fits | None = None
) -> Spreadsheet:
    """A CSV file (UTF-8, UTF-16 or GB 18030; comma, semicolon or tab) or a sheet of an XLSX.

    Of a workbook the first sheet that is shown and whose leading rows are what ``fits`` looks for
    (a cover may stand before it), else the first that is shown.

    Raises ``UsageError``: ``spreadsheet.large`` above ``largest`` bytes, ``spreadsheet.many`` above
    ``most_rows`` rows, ``spreadsheet.file`` for what is neither.
    """
    if len(content) > largest:
        raise UsageError(
            "the file is too large", code="spreadsheet.large", fix=f"at most {largest >> 20} MB"
        )
    zipped = content[:4] == b"PK\x03\x04"
    sheet = _xlsx(content, most_rows, fits) if zipped else csv_rows(content, most_rows)
    if len(sheet.rows) > most_rows:
        raise UsageError("too many rows", code="spreadsheet.many", fix=f"at most {most_rows}")
    return sheet


def csv_rows(content: bytes, most: int) -> Spreadsheet:
    """Of a CSV file, at most one row more than ``most``. Raises ``UsageError``."""
    text = _decoded(content)
    rows: list[list[Any]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), _dialect(text)):
            rows.append(list(row[:MOST_COLUMNS]))
            if len(rows) > most:
                break
    except csv.Error as error:
        raise _unreadable() from error
    return Spreadsheet("csv", rows, frozenset(), frozenset())


def _decoded(content: bytes) -> str:
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _unreadable()


def _dialect(text: str) -> type[csv.Dialect]:
    """The sign that a line among the first ones has most of: a title may stand above the table."""
    leading = text[: 1 << 16].splitlines()[:_LEADING]
    best = max(",;\t", key=lambda sign: max((line.count(sign) for line in leading), default=0))

    class Found(csv.excel):
        delimiter = best

    return Found


def _xlsx(content: bytes, most: int, fits: Fits | None) -> Spreadsheet:
    cells = (most + 1) * 50
    rows: list[list[Any]] = []
    formulas: set[tuple[int, int]] = set()
    try:
        if bomb(io.BytesIO(content), unpacked=_UNPACKED, texts=cells, cells=cells):
            raise _unreadable()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that are not read anyway
            book = openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=False, keep_links=False
            )
            sheet, name = chosen_sheet(book, fits)
            for at, row in enumerate(sheet.iter_rows(max_row=most + 1, max_col=MOST_COLUMNS)):
                rows.append([cell.value for cell in row])
                formulas.update((at, place) for place, one in enumerate(row) if _reckoned(one))
            merged = merged_cells(content, str(sheet._worksheet_path))  # noqa: SLF001 - nothing public names the part
    except _DAMAGED as error:
        raise _unreadable() from error
    return Spreadsheet("xlsx", rows, frozenset(formulas), merged, name)


def chosen_sheet(book: Any, fits: Fits | None) -> tuple[Any, str]:  # noqa: ANN401 - openpyxl's workbook
    """The sheet to be read, and its name if there was a choice."""
    shown = [one for one in book.worksheets if one.sheet_state == "visible"] or book.worksheets
    for sheet in shown[:_MOST_SHEETS] if fits else ():
        rows = sheet.iter_rows(max_row=_LEADING, max_col=MOST_COLUMNS, values_only=True)
        if fits and fits([list(row) for row in rows]):
            return sheet, sheet.title if len(shown) > 1 else ""
    return shown[0], shown[0].title if len(shown) > 1 else ""


def _reckoned(cell: Any) -> bool:  # noqa: ANN401 - a cell of openpyxl
    return getattr(cell, "data_type", "") == "f"


def merged_cells(content: bytes, part: str) -> frozenset[tuple[int, int]]:
    """Places, 0-based (row, column), that merged cells of a sheet cover, their own left out.

    Of the sheet's XML (``part``: its name in the zip), which the reader of rows passes over:
    ``mergeCell`` stands at its end. Raises ``ValueError`` where more are covered than anybody
    merges.
    """
    covered: set[tuple[int, int]] = set()
    before = b""
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(part.lstrip("/")) as stream:
        while piece := stream.read(_PIECE):
            joined = before + piece
            for hit in _MERGED.finditer(joined):
                covered |= _covered(hit.group(1).decode())
                if len(covered) > _MOST_MERGED:
                    raise ValueError(part)
            before = joined[-80:]
    return frozenset(covered)


def _covered(reference: str) -> set[tuple[int, int]]:
    left, top, right, bottom = (number or 1 for number in range_boundaries(reference))
    cells = {
        (row - 1, column - 1)
        for row in range(top, min(bottom, top + _MOST_MERGED) + 1)
        for column in range(left, min(right, MOST_COLUMNS) + 1)
    }
    return cells - {(top - 1, left - 1)}


def _unreadable() -> UsageError:
    return UsageError(
        "no sheet can be read here", code="spreadsheet.file", fix="save as CSV or XLSX"
    )
