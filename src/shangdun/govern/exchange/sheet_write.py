"""A plan as a workbook that people edit and bring back."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from shangdun.govern.exchange.columns import COLUMNS, KINDS, READ_ONLY, RECKONED
from shangdun.govern.exchange.plan import SharedLink, SharedPlan, SharedTask
from shangdun.govern.schedule.activity import LinkKind

_WIDTHS = {"title": 48, "note": 40, "links": 20, "owner": 16, "id": 8, "code": 8, "kind": 10}
_WRITTEN = {name: words for name, words in COLUMNS.items() if name not in READ_ONLY}
_DATES = {"not_before", "due", "began_on", "done_on", *(RECKONED - {"slack"})}


def write_sheet(plan: SharedPlan, *, chinese: bool) -> bytes:
    """XLSX, one row a task; every text is a text, whatever it begins with.

    Columns on grey are reckoned and not taken in again.
    """
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("计划" if chinese else "Plan")
    sheet.freeze_panes = "D2"
    for place, name in enumerate(_WRITTEN, 1):
        width = _WIDTHS.get(name, 13)
        sheet.column_dimensions[get_column_letter(place)].width = width
    grey = PatternFill("solid", fgColor="EEEEEE")
    heading = []
    for name, words in _WRITTEN.items():
        cell = WriteOnlyCell(sheet, value=words[1 if chinese else 0])
        cell.font = Font(bold=True)
        if name in RECKONED:
            cell.fill = grey
        heading.append(cell)
    sheet.append(heading)
    _choices(sheet, len(plan.tasks), chinese)
    waits = _waits(plan)
    for task in plan.tasks:
        sheet.append(list(_cells(sheet, task, waits.get(task.uid, ""), chinese)))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def link_text(code: str, link: SharedLink) -> str:
    """``1.2``, ``1.2SS``, ``1.2FS+3``: as Project writes its predecessors, in working days."""
    lag = f"{link.lag:+d}" if link.lag else ""
    kind = "" if link.kind is LinkKind.FS and not lag else link.kind.value
    return f"{code}{kind}{lag}"


def _waits(plan: SharedPlan) -> dict[str, str]:
    codes = {task.uid: task.code or task.uid for task in plan.tasks}
    found: dict[str, list[str]] = {}
    for link in plan.links:
        found.setdefault(link.after, []).append(link_text(codes[link.before], link))
    return {uid: "; ".join(texts) for uid, texts in found.items()}


def _choices(sheet: Any, rows: int, chinese: bool) -> None:  # noqa: ANN401, FBT001 - openpyxl's write-only sheet
    words = ",".join(names[1 if chinese else 0] for names in KINDS.values())
    choice = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True)
    letter = get_column_letter(list(_WRITTEN).index("kind") + 1)
    choice.add(f"{letter}2:{letter}{rows + 200}")
    sheet.data_validations.append(choice)


def _cells(sheet: Any, task: SharedTask, waits: str, chinese: bool) -> Iterable[Any]:  # noqa: ANN401, FBT001 - openpyxl's
    values: dict[str, Any] = {
        "id": task.own,
        "kind": KINDS[task.kind][1 if chinese else 0],
        "links": waits,
    }
    for name in _WRITTEN:
        value = values.get(name, getattr(task, name, None))
        cell = WriteOnlyCell(sheet, value=_plain(value))
        if isinstance(value, str):
            cell.data_type = "s"
        elif name in _DATES and value:
            cell.number_format = "yyyy-mm-dd"
        yield cell


def _plain(value: object) -> Any:  # noqa: ANN401 - what a sheet takes
    # Control characters have no place in XML; openpyxl refuses the whole book for one.
    if isinstance(value, str):
        kept = (c for c in value if c in "\n\t" or (c >= " " and not "\ud800" <= c <= "\udfff"))
        return "".join(c for c in kept if c not in "\ufffe\uffff")
    return value
