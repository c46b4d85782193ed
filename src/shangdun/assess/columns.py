"""Rows of a sheet by the meaning of their columns, with what is odd about single cells.

A sheet comes as rows of cells (texts, numbers, dates, None), beside it the places of cells that
hold a formula and of those that a merged cell covers: both 0-based (row, column). Which file they
were read from is the caller's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import NamedTuple

Cells = Sequence[Sequence[object]]
Places = Collection[tuple[int, int]]
HEADING_WITHIN = 20
_SPLIT = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
"""Chinese has no blanks: one inside a heading is where its cell was too narrow."""
_ASIDE = re.compile(r"\s*[(（\[【][^()（）]{0,60}[)）\]】]$")
_NOTE = re.compile(
    r"(?:注|备注|说明|合计|总计|小计|共计|note|notes|total|remark)s?\s*[0-9]?\s*(?:[:：]|\Z)",
    re.IGNORECASE,
)
"""How a line below a table begins that is none of its rows."""


class Flaw(StrEnum):
    """Why a cell cannot be taken as it stands."""

    FORMULA = "formula"
    """Nothing of a sheet is reckoned: the value itself is asked for."""
    MERGED = "merged"
    """It lies under a merged cell: which rows it means is not certain."""
    MISSING = "missing"
    UNKNOWN = "unknown"
    """A word that is none of the choices, or names nothing that is there."""
    NUMBER = "number"
    DATE = "date"
    LONG = "long"
    TWICE = "twice"
    """The same thing in an earlier row."""


class Problem(NamedTuple):
    """What is wrong in one cell: its field, why, and what stands there (shortened)."""

    field: str
    flaw: Flaw
    value: str = ""


class Row(NamedTuple):
    """One row that is not empty: its number as a person counts, its cells by field."""

    number: int
    cells: dict[str, object]
    problems: tuple[Problem, ...]
    """Formulas and merged cells; their cells are empty."""


def text_of(cell: object) -> str:
    """A cell as text; 3.0 is ``3``, a day is ``2026-03-01``."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(cell).strip()


def key_of(heading: object) -> str:
    """A heading as it is compared: small letters, without stars, colons and doubled blanks."""
    text = " ".join(text_of(heading).lower().replace("_", " ").strip("*:：＊ ").split())
    return _SPLIT.sub("", text)


def columns_of(
    heading: Sequence[object],
    words: Mapping[str, Sequence[str]],
    chosen: Mapping[str, str] | None = None,
) -> dict[str, int]:
    """Field → column. ``words``: what each field's column may be called, best first.

    ``chosen`` names the column of a field instead (its heading as it stands in the sheet); an
    empty name leaves the field out. The first of two columns with one name counts. What a heading
    says in brackets at its end (``风险等级（高/中/低）``) is no part of its name.
    """
    keys = [key_of(cell) for cell in heading]
    places: dict[str, int] = {}
    for shorter in (False, True):
        for place, key in enumerate(keys):
            if name := _ASIDE.sub("", key) if shorter else key:
                places.setdefault(name, place)
    found: dict[str, int] = {}
    for field, names in words.items():
        wanted = [chosen[field]] if chosen and field in chosen else names
        known = [places[key_of(name)] for name in wanted if key_of(name) in places]
        if known:
            found[field] = known[0]
    return found


def heading_of(
    cells: Cells,
    words: Mapping[str, Sequence[str]],
    enough: Callable[[AbstractSet[str]], bool],
    chosen: Mapping[str, str] | None = None,
) -> tuple[int, dict[str, int]]:
    """Which row names the columns, and those that it names: titles may stand above it.

    The first of the first ten rows that names ``enough`` of the fields; (0, {}) where none does.
    """
    for index, row in enumerate(cells[:HEADING_WITHIN]):
        columns = columns_of(row, words, chosen)
        if enough(columns.keys()):
            return index, columns
    return 0, {}


def rows_of(
    cells: Cells,
    columns: Mapping[str, int],
    *,
    after: int = 0,
    formulas: Places = (),
    merged: Places = (),
) -> Iterator[Row]:
    """The rows after the one that names the columns.

    Left out: empty ones, the headings said once more, and a note or sum below the table.
    """
    heading = [text_of(cell) for cell in cells[after]] if cells else []
    for index, row in enumerate(cells):
        if index <= after or no_row(row, heading):
            continue
        given: dict[str, object] = {}
        problems = []
        for field, place in columns.items():
            cell = row[place] if place < len(row) else None
            if (index, place) in formulas:
                problems.append(Problem(field, Flaw.FORMULA, text_of(cell)[:100]))
                cell = None
            elif (index, place) in merged:
                problems.append(Problem(field, Flaw.MERGED))
                cell = None
            given[field] = cell
        yield Row(index + 1, given, tuple(problems))


def left_out(cells: Cells, after: int, columns: Mapping[str, int]) -> tuple[str, ...]:
    """Headings of columns that hold something below them and that no field is read of."""
    taken = set(columns.values())
    filled = {
        place
        for row in cells[after + 1 :]
        for place, cell in enumerate(row)
        if cell is not None and cell != "" and place not in taken
    }
    named = (
        text_of(cells[after][place])[:60] for place in sorted(filled) if place < len(cells[after])
    )
    return tuple(one for one in named if one)[:100]


def no_row(row: Sequence[object], heading: Sequence[str]) -> bool:
    """Whether it is empty, the headings (as texts) once more, or a note or sum below the table."""
    texts = [text_of(cell) for cell in row]
    filled = [text for text in texts if text]
    return (
        not filled
        or (len(filled) == 1 and len(heading) > 1 and _NOTE.match(filled[0]) is not None)
        or texts == heading
    )


def whole_number(cell: object, least: int, most: int) -> int | None:
    """A whole number; None for an empty cell. Raises ``ValueError``."""
    text = text_of(cell).replace(",", "").replace("，", "")
    if not text:
        return None
    if len(text) > 20:
        raise ValueError(text[:20])
    value = int(text)
    if not least <= value <= most:
        raise ValueError(text)
    return value


def decimal_number(cell: object, least: Decimal, most: Decimal) -> Decimal | None:
    """A number; None for an empty cell. Raises ``ValueError``."""
    text = text_of(cell).replace(",", ".")
    if not text:
        return None
    try:
        value = Decimal(text[:40])
    except InvalidOperation as error:
        raise ValueError(text[:40]) from error
    if not value.is_finite() or not least <= value <= most:
        raise ValueError(text[:40])
    return value


def day_of(cell: object) -> date | None:
    """A day, also written as text (``2026/3/1``, ``2026年3月1日``). Raises ``ValueError``."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = text_of(cell)[:40]
    if not text:
        return None
    for sign in "年月日./／．":
        text = text.replace(sign, "-")
    parts = text.strip("- ").split("-")
    if len(parts) != 3 or len(parts[0].strip()) != 4:  # 3/4/26 may be March or April: not guessed
        raise ValueError(text)
    year, month, day = (int(part) for part in parts)
    return date(year, month, day)
