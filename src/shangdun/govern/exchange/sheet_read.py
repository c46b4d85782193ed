"""Reading a plan from a sheet, XLSX or CSV; each row says what is wrong with it, and where.

Nothing is reckoned: a formula has no value here. Of merged cells all but the first are empty in the
file, so they are named instead of being taken for empty.
"""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from shangdun.assess.columns import columns_of, no_row, text_of
from shangdun.govern.exchange.columns import COLUMNS
from shangdun.govern.exchange.plan import LARGEST, MOST, SharedPlan, checked
from shangdun.govern.exchange.sheet_rows import MERGED, RowReader
from shangdun.kernel.errors import UsageError
from shangdun.respond.spreadsheet import chosen_sheet, csv_rows, merged_cells
from shangdun.respond.workbook import bomb

_UNPACKED = 200 << 20
_TEXTS = _CELLS = 400_000
_WIDEST = 60
_HEADING_WITHIN = 20
"""Rows above the heading: a title, a date, somebody's name."""
Rows = Iterator[tuple[int, Sequence[Any]]]


def read_sheet(content: bytes) -> SharedPlan:
    """The plan of a CSV (UTF-8, UTF-16 or GB 18030) or XLSX file.

    Of a workbook the first sheet that is shown and that names its columns is read.

    Raises ``UsageError``: ``exchange.file``, ``exchange.columns`` (where: the headings that were
    found), ``exchange.large``, ``exchange.many``.
    """
    if len(content) > LARGEST:
        raise UsageError("the file is too large", code="exchange.large", fix="at most 20 MB")
    sheet = _xlsx(content) if content[:4] == b"PK\x03\x04" else _csv(content)
    columns, rows, heading = _below_heading(sheet)
    reader = RowReader(columns)
    texts = [text_of(cell) for cell in heading]
    filled: set[int] = set()
    for number, cells in rows:
        if no_row([None if cell is MERGED else cell for cell in cells], texts):
            continue
        if len(reader.tasks) >= MOST:
            raise UsageError("too many tasks", code="exchange.many", fix=f"at most {MOST}")
        reader.take(number, cells)
        filled |= {place for place, cell in enumerate(cells) if cell is not None and cell != ""}
    links = reader.links()
    rest = sorted(filled - set(columns.values()))
    plan = SharedPlan(
        title=sheet.title,
        tasks=reader.finished(),
        links=links,
        problems=reader.problems,
        given=reader.given(),
        sheet=sheet.chosen,
        columns_out=[texts[place][:60] for place in rest if place < len(texts) and texts[place]],
    )
    return checked(plan)


class _Sheet(NamedTuple):
    title: str
    rows: list[tuple[int, Sequence[Any]]]
    chosen: str = ""


def _below_heading(
    sheet: _Sheet,
) -> tuple[dict[str, int], list[tuple[int, Sequence[Any]]], Sequence[Any]]:
    seen: list[str] = []
    for place, (_number, cells) in enumerate(sheet.rows[:_HEADING_WITHIN]):
        plain = [None if cell is MERGED else cell for cell in cells]
        found = columns_of(plain, COLUMNS)
        if "title" in found:
            return found, sheet.rows[place + 1 :], plain
        seen = max(seen, [text_of(cell) for cell in plain if text_of(cell)], key=len)
    raise UsageError(
        "no row names the columns",
        code="exchange.columns",
        where=", ".join(text[:30] for text in seen[:12]),
        fix="a row of headings with at least the task's name",
    )


def _names_columns(rows: Sequence[Sequence[Any]]) -> bool:
    return any("title" in (found := columns_of(row, COLUMNS)) and len(found) > 1 for row in rows)


def _csv(content: bytes) -> _Sheet:
    try:
        rows = csv_rows(content, MOST + 200).rows
    except UsageError as error:
        raise _unreadable() from error
    return _Sheet("", [(number, row[:_WIDEST]) for number, row in enumerate(rows, 1)])


def _xlsx(content: bytes) -> _Sheet:
    try:
        if bomb(io.BytesIO(content), unpacked=_UNPACKED, texts=_TEXTS, cells=_CELLS):
            raise _unreadable()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that are not read anyway
            # Read-only: the other reader makes a cell of every place that a merge or a link covers,
            # and one reference of ten letters can cover all 17 thousand million of a sheet.
            book = openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=False, keep_links=False
            )
            sheet, name = chosen_sheet(book, _names_columns)
            merged = merged_cells(content, str(sheet._worksheet_path))  # noqa: SLF001 - nothing public names the part
            return _Sheet(sheet.title, list(_cells(sheet, merged)), name)
    except (
        zipfile.BadZipFile, zlib.error, struct.error, SyntaxError, KeyError, ValueError, IndexError,
        TypeError, AttributeError, EOFError, OverflowError, RecursionError, NotImplementedError,
        RuntimeError, AssertionError, InvalidFileException, OSError,
    ) as e:  # fmt: skip  # whatever a hostile workbook makes the reader stumble over
        raise _unreadable() from e


def _cells(sheet: Any, merged: frozenset[tuple[int, int]]) -> Rows:  # noqa: ANN401 - openpyxl's sheet
    rows = sheet.iter_rows(max_row=MOST + 200, max_col=_WIDEST, values_only=True)
    for number, values in enumerate(rows):
        yield (
            number + 1,
            [
                MERGED if (number, column) in merged else value
                for column, value in enumerate(values)
            ],
        )


def _unreadable() -> UsageError:
    return UsageError("no sheet can be read here", code="exchange.file", fix="save as XLSX or CSV")
