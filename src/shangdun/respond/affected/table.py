"""The rows of an uploaded list, CSV or XLSX, one at a time and within bounds.

A CSV streams: memory holds one chunk and one row. An XLSX is a zip and is taken whole (64 MiB at
most, and what it unpacks to is checked before). Formulas count as what they last showed; nothing in
a file is ever run. Raises ``ParseError`` (codes ``affected.…``) with the row and the fix.
"""

from __future__ import annotations

import codecs
import csv
import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from shangdun.kernel.errors import ParseError
from shangdun.respond.workbook import LAST_ROW, bomb

MOST_ROWS = 5_000_000
MOST_COLUMNS = 60
LONGEST_CELL = 1 << 17
"""Characters; reports of scanners have longer ones, lists of people have not."""
LONGEST_LINE = 1 << 20
LARGEST_CSV = 1 << 30
LARGEST_XLSX = 64 << 20
LARGEST_UNPACKED = 768 << 20
MOST_TEXTS = 4_000_000
MOST_CELLS = 20_000_000
SAMPLE = 64 << 10
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

Row = tuple[int, list[str]]
"""The row's number as a spreadsheet shows it, from 1, and its cells as text."""


def rows_in(chunks: Iterable[bytes]) -> Iterator[Row]:
    """Every row that is not empty, the header too."""
    stream = iter(chunks)
    first = next(stream, b"")
    while len(first) < 8 and (more := next(stream, b"")):
        first += more
    if not first:
        raise ParseError("the file is empty", code="affected.empty", fix="choose another file")
    if first.startswith(_OLE):
        raise ParseError(
            "this is an old .xls, or a workbook with a password",
            code="affected.xls",
            fix="save it as .xlsx without a password, or as CSV",
        )
    whole = chain([first], stream)
    return _of_xlsx(whole) if first.startswith(_ZIP) else _of_csv(whole)


def _of_csv(chunks: Iterator[bytes]) -> Iterator[Row]:
    first = next(chunks)
    while len(first) < SAMPLE and (more := next(chunks, b"")):
        first += more
    encoding, skip = _encoding(first)
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    text = (decoder.decode(piece) for piece in chain([first[skip:]], chunks))
    lines = _lines(text)
    head = next(lines, "")
    fed = 0

    def counted() -> Iterator[str]:
        nonlocal fed
        for line in chain([head], lines):
            fed += len(line)
            if fed > LONGEST_LINE:
                raise csv.Error("a row without an end")
            yield line

    reader = csv.reader(counted(), delimiter=_delimiter(head), strict=False)
    number = 0
    try:
        for cells in reader:
            _ended(cells)
            number, fed = reader.line_num, 0
            if any(cell.strip() for cell in cells):
                yield _bounded(number, cells)
    except csv.Error as error:
        raise ParseError(
            "a cell never ends: a quotation mark is not closed",
            code="affected.quote",
            where=f"row {number + 1}",
            fix="export the file anew as CSV, or correct that row",
        ) from error


def _ended(cells: list[str]) -> None:
    if max(map(len, cells), default=0) > LONGEST_CELL:
        raise csv.Error("a cell without an end")


def _encoding(sample: bytes) -> tuple[str, int]:
    """UTF-8 or UTF-16 by their marks, UTF-8 where the sample is, else GB 18030."""
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return name, len(mark)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return "gb18030", 0
    return "utf-8", 0


def _lines(pieces: Iterable[str]) -> Iterator[str]:
    r"""Lines with their ends, however the pieces fall; ``\r`` alone ends one too."""
    pending = ""
    for piece in pieces:
        pending += piece
        if len(pending) > LONGEST_LINE and "\n" not in pending and "\r" not in pending:
            raise ParseError(
                "a line of more than a million characters is no list",
                code="affected.line",
                fix="choose a CSV with one row a line",
            )
        held = "\r" if pending.endswith("\r") else ""  # its \n may come with the next piece
        *whole, rest = io.StringIO(
            pending[: len(pending) - len(held)], newline=None
        ).readlines() or [""]
        if rest.endswith("\n"):
            whole, rest = [*whole, rest], ""
        yield from whole
        pending = rest + held
    if pending:
        yield pending


def _delimiter(head: str) -> str:
    return max(",;\t|", key=head.count)


def _of_xlsx(chunks: Iterator[bytes]) -> Iterator[Row]:
    whole = io.BytesIO()
    for piece in chunks:
        whole.write(piece)
        if whole.tell() > LARGEST_XLSX:
            raise ParseError(
                "the workbook is larger than 64 MB",
                code="affected.large",
                fix="save the sheet as CSV: that may have any length up to 1 GB",
            )
    _check_zip(whole)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that are not read anyway
            book = openpyxl.load_workbook(whole, read_only=True, data_only=True, keep_links=False)
            yield from _of_sheet(book)
    except (
        InvalidFileException, KeyError, ValueError, TypeError, AttributeError, IndexError,
        zipfile.BadZipFile, zlib.error, SyntaxError, EOFError, OverflowError, RecursionError,
        NotImplementedError, struct.error, AssertionError, OSError,
    ) as error:  # fmt: skip  # whatever a hostile workbook makes the reader stumble over
        raise ParseError(
            "this workbook cannot be read",
            code="affected.workbook",
            fix="open it, save it as .xlsx or CSV again and upload that",
        ) from error


def _of_sheet(book: openpyxl.Workbook) -> Iterator[Row]:
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not visible:
        raise ParseError(
            "the workbook has no visible sheet", code="affected.empty", fix="unhide the list"
        )
    sheet = visible[0]
    sheet.reset_dimensions()  # what the file says of its own size need not be so
    rows = sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)
    for number, values in enumerate(rows, start=1):
        if number > LAST_ROW:  # a row may claim any number, and those before it come empty
            raise ParseError(
                "no sheet has so many rows",
                code="affected.bomb",
                where=f"row {number}",
                fix="save the sheet alone as CSV",
            )
        if all(value is None for value in values):
            continue
        cells = [_text(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield _bounded(number, cells)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))  # a telephone number that a spreadsheet took for a quantity
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value).strip()


def _bounded(number: int, cells: Sequence[str]) -> Row:
    if number > MOST_ROWS:
        raise ParseError(
            "a list has at most five million rows",
            code="affected.rows",
            where=f"row {number}",
            fix="split the file",
        )
    return number, list(cells[:MOST_COLUMNS])


def _check_zip(file: io.BytesIO) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
        too_much = bomb(file, unpacked=LARGEST_UNPACKED, texts=MOST_TEXTS, cells=MOST_CELLS)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise ParseError(
            "the workbook is damaged", code="affected.workbook", fix="upload it again"
        ) from error
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    if too_much or (unpacked > 64 << 20 and unpacked / packed > 300):
        raise ParseError(
            "the workbook unpacks to far more than a list needs",
            code="affected.bomb",
            fix="save the sheet alone as CSV",
        )
    if any(part.flag_bits & 1 for part in parts):
        raise ParseError(
            "the workbook has a password", code="affected.xls", fix="save it without one"
        )
    file.seek(0)
