"""An inventory as a sheet: CSV or XLSX in, row by row with what is wrong; CSV or XLSX out.

Columns are found by their heading, in Chinese or English. Nothing of a sheet is ever reckoned: a
formula is read as text and written so that no program takes it for one.
"""

from __future__ import annotations

import csv
import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import InvalidFileException

from shangdun.kernel.errors import UsageError
from shangdun.lake.query.export import safe_cell
from shangdun.respond.supplies import SupplyKind
from shangdun.respond.workbook import bomb

MOST = 5_000
LARGEST = 10 << 20
_UNPACKED = 100 << 20
_TEXTS = _CELLS = 200_000
COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("name", "名称", "物资名称", "品名"),
    "kind": ("kind", "type", "类别", "类型", "种类"),
    "quantity": ("quantity", "数量"),
    "minimum": ("minimum", "least", "最低数量", "最低库存", "最低"),
    "unit": ("unit", "单位"),
    "consumable": ("consumable", "used up", "消耗品", "是否消耗品"),
    "place": ("place", "location", "存放地点", "地点", "位置"),
    "keeper": ("keeper", "保管人", "责任人"),
    "contact": ("contact", "联系方式", "联系电话"),
    "expires_on": ("expires on", "expiry", "expires_on", "有效期至", "有效期", "到期日"),
    "check_days": ("check every days", "check_days", "检查周期（天）", "检查周期(天)", "检查周期"),
    "note": ("note", "备注", "说明"),
}
KINDS: dict[SupplyKind, tuple[str, ...]] = {
    SupplyKind.MATERIAL: ("material", "materials", "物资", "耗材"),
    SupplyKind.EQUIPMENT: ("equipment", "设备", "器材"),
    SupplyKind.LICENCE: ("licence", "license", "许可", "授权", "软件授权"),
    SupplyKind.PERSON: ("person", "people", "人员"),
    SupplyKind.SUPPLIER: ("supplier", "vendor", "供应商", "服务商"),
    SupplyKind.PLACE: ("room", "place", "场所", "房间"),
}
LONGEST = {"name": 200, "unit": 20, "place": 200, "keeper": 100, "contact": 300, "note": 5000}
_YES = {"yes", "true", "1", "是", "y", "✓"}


class Line(NamedTuple):
    """One row: its number in the sheet, its values by column, and what is wrong, by column."""

    number: int
    values: dict[str, Any]
    problems: dict[str, str]


def read_sheet(content: bytes) -> list[Line]:
    """The rows of a CSV (UTF-8 or GB 18030) or XLSX file. Empty rows are left out.

    Raises ``UsageError``: ``inventory.file``, ``inventory.columns``, ``inventory.many``.
    """
    if len(content) > LARGEST:
        raise UsageError("the file is too large", code="inventory.many", fix="at most 10 MB")
    rows = _xlsx(content) if content[:4] == b"PK\x03\x04" else _csv(content)
    numbered = ((number, row) for number, row in enumerate(rows, 1) if any(map(_text, row)))
    first = next(numbered, None)
    columns = _columns(first[1]) if first else {}
    if not {"name", "kind"} <= set(columns):
        raise UsageError(
            "the first row names no columns", code="inventory.columns", fix="name and kind at least"
        )
    lines: list[Line] = []
    for number, row in numbered:
        if len(lines) >= MOST:
            raise UsageError("too many rows", code="inventory.many", fix=f"at most {MOST}")
        given = {name: row[place] if place < len(row) else "" for name, place in columns.items()}
        lines.append(_line(number, given))
    return lines


def _csv(content: bytes) -> list[list[Any]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        dialect = csv.excel_tab if "\t" in text.partition("\n")[0] else csv.excel
        try:
            return list(csv.reader(io.StringIO(text, newline=""), dialect))
        except csv.Error:
            break
    raise _unreadable()


def _xlsx(content: bytes) -> list[list[Any]]:
    try:
        if bomb(io.BytesIO(content), unpacked=_UNPACKED, texts=_TEXTS, cells=_CELLS):
            raise _unreadable()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that are not read anyway
            book = openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=False, keep_links=False
            )
            limit = book.worksheets[0].iter_rows(max_row=MOST + 100, max_col=50, values_only=True)
            return [list(row) for row in limit]
    except (
        zipfile.BadZipFile, zlib.error, struct.error, SyntaxError, KeyError, ValueError, IndexError,
        TypeError, AttributeError, EOFError, OverflowError, RecursionError, NotImplementedError,
        RuntimeError, AssertionError, InvalidFileException, OSError,
    ) as e:  # fmt: skip  # whatever a hostile workbook makes the reader stumble over
        raise _unreadable() from e


def _unreadable() -> UsageError:
    return UsageError("no sheet can be read here", code="inventory.file", fix="save as CSV or XLSX")


def _columns(heading: Sequence[Any]) -> dict[str, int]:
    names = {word: name for name, words in COLUMNS.items() for word in words}
    found: dict[str, int] = {}
    for place, cell in enumerate(heading):
        name = names.get(_text(cell).lower().rstrip("*"))
        if name and name not in found:
            found[name] = place
    return found


def _line(number: int, given: dict[str, Any]) -> Line:
    readers = {
        "kind": _kind,
        "quantity": _number,
        "minimum": _number,
        "check_days": _number,
        "consumable": lambda cell: _text(cell).lower() in _YES,
        "expires_on": _date,
    }
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, cell in given.items():
        try:
            value = readers.get(name, _text)(cell)
        except ValueError:
            problems[name] = _text(cell)[:100]
            continue
        if value is not None:
            values[name] = value
    for name, longest in LONGEST.items():
        if len(values.get(name, "")) > longest:
            problems[name] = values[name][:100]
    if not values.get("name"):
        problems["name"] = ""
    return Line(number, values, problems)


def _text(cell: Any) -> str:  # noqa: ANN401 - what a sheet holds
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _kind(cell: Any) -> SupplyKind:  # noqa: ANN401 - what a sheet holds
    text = _text(cell).lower()
    for kind, words in KINDS.items():
        if text in words:
            return kind
    raise ValueError(text)


def _number(cell: Any) -> int | None:  # noqa: ANN401 - what a sheet holds
    text = _text(cell).replace(",", "").replace("，", "")
    if not text:
        return None
    value = int(text)
    if not 0 <= value <= 1_000_000:
        raise ValueError(text)
    return value


def _date(cell: Any) -> date | None:  # noqa: ANN401 - what a sheet holds
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = _text(cell)
    if not text:
        return None
    for signs in ("年月日", "./／．"):
        for sign in signs:
            text = text.replace(sign, "-")
    year, month, day = (int(part) for part in text.strip("- ").split("-"))
    return date(year, month, day)


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """RFC 4180 in UTF-8 with a byte order mark; no cell is a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(headings)
    writer.writerows(list(_cells(row)) for row in rows)
    return text.getvalue().encode("utf-8-sig")


def write_xlsx(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """One sheet; every text is a text, whatever it begins with."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("inventory")
    sheet.append(list(headings))
    for row in rows:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=_plain(value))
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _plain(value: object) -> Any:  # noqa: ANN401 - what a sheet takes
    # Control characters have no place in XML; openpyxl refuses the whole book for one.
    if isinstance(value, str):
        return "".join(char for char in value if char in "\n\t" or char >= " ")
    return value


def _cells(row: Sequence[object]) -> Iterator[object]:
    for value in row:
        yield safe_cell(value) if not isinstance(value, date) else value.isoformat()
