"""Sheets of assets: every row is taken as it is meant, or what is wrong with it is said."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shangdun.assess.columns import Flaw, columns_of, day_of, decimal_number, text_of, whole_number
from shangdun.assess.inventory.layers import AssetKind
from shangdun.assess.inventory.sheet import COLUMNS, read_assets
from shangdun.kernel.errors import UsageError
from shangdun.respond.spreadsheet import read_spreadsheet


def _xlsx(*rows: list[object], merge: str = "") -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if merge:
        book.active.merge_cells(merge)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _lines(content: bytes):
    sheet = read_spreadsheet(content, most_rows=5_000, largest=10 << 20)
    return read_assets(sheet.rows, formulas=sheet.formulas, merged=sheet.merged)


def test_a_usual_sheet_below_its_title():
    content = _xlsx(
        ["资产清单（2026）"],
        ["资产名称 *", "资产类别", "保密性", "完整性", "可用性", "主机", "承载", "责任人"],
        ["订单数据库", "数据库", 5, "5", 4.0, "10.0.0.5；db-1", "订单数据", "李雷"],
        [],
        ["订单数据", "数据资源", None, None, None, None, None, None],
        merge="A1:H1",
    )
    first, second = _lines(content)
    assert (first.number, first.name, first.kind) == (3, "订单数据库", AssetKind.SOFTWARE)
    assert first.ratings == {"confidentiality": 5, "integrity": 5, "availability": 4}
    assert [mark.value for mark in first.marks or ()] == ["10.0.0.5", "db-1"]
    assert first.bears == ("订单数据",)
    assert first.owner == "李雷"
    assert not first.problems
    assert (second.number, second.ratings["integrity"], second.bears) == (5, None, ())


def test_each_flaw_is_named_with_its_column():
    content = _xlsx(
        ["name", "kind", "confidentiality", "integrity", "hosts"],
        ["", "unit", 3, 3, ""],
        ["A", "spaceship", 3, 3, ""],
        ["B", "unit", 6, "viel", ""],
        ["C", "unit", "=1+2", 3, "not a host!"],
        ["D", "unit", 4, 3, ""],
        ["E", "unit", None, 3, ""],
        ["D", "unit", 4, 3, ""],
        ["F" * 201, "unit", 4, 3, ""],
        merge="C6:C7",
    )
    lines = {line.number: line for line in _lines(content)}
    flaws = {number: [(p.field, p.flaw) for p in line.problems] for number, line in lines.items()}
    assert flaws == {
        2: [("name", Flaw.MISSING)],
        3: [("kind", Flaw.UNKNOWN)],
        4: [("confidentiality", Flaw.NUMBER), ("integrity", Flaw.NUMBER)],
        5: [("confidentiality", Flaw.FORMULA), ("hosts", Flaw.UNKNOWN)],
        6: [],
        7: [("confidentiality", Flaw.MERGED)],
        8: [("name", Flaw.TWICE)],
        9: [("name", Flaw.LONG)],
    }
    assert lines[8].problems[0].value == "6"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_csv_as_programs_write_it(encoding, sign):
    text = sign.join(("名称", "层次", "业务重要性")) + "\r\n" + sign.join(("销售", "业务", "5"))
    [line] = _lines(text.encode(encoding))
    assert (line.name, line.kind, line.ratings) == ("销售", AssetKind.BUSINESS, {"importance": 5})


def test_the_layer_says_which_category_is_meant():
    rows = [["name", "kind", "layer"], ["a", "system", "system"], ["b", "service", "component"],
            ["c", "data", "component"], ["d", "", "business"]]  # fmt: skip
    kinds = [line.kind for line in read_assets(rows)]
    assert kinds == [AssetKind.INFORMATION_SYSTEM, AssetKind.OTHER, None, AssetKind.BUSINESS]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x00\x01\x02", "spreadsheet.file"),
        (b"PK\x03\x04 no zip", "spreadsheet.file"),
        (b"\xff\xfe\x00\x00", "spreadsheet.file"),
        (b"a,b\n1,2\n", "assets.columns"),
        (b"", "assets.columns"),
        (b"name,kind\n" + b"x,unit\n" * 5_001, "spreadsheet.many"),
        (b"x" * (10 << 20) + b"yz", "spreadsheet.large"),
    ],
)
def test_what_is_no_sheet_is_said(content, code):
    with pytest.raises(UsageError) as caught:
        _lines(content)
    assert caught.value.code == code


def test_named_columns_win():
    found = columns_of(["Bezeichnung", "Art", "Name"], COLUMNS, {"name": "Bezeichnung"})
    assert found["name"] == 0


@given(st.lists(st.lists(st.text(max_size=12), max_size=6), max_size=6))
@settings(max_examples=60, deadline=None)
def test_any_cells_are_read_or_refused(rows):
    head = ["name", "kind", "integrity", "hosts", "bears", "owner"]
    for line in read_assets([head, *rows]):
        assert line.problems or (line.name and line.kind)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (datetime(2026, 3, 1, 12), date(2026, 3, 1)),  # noqa: DTZ001 - a cell of a sheet has no zone
        (date(2026, 3, 1), date(2026, 3, 1)),
        ("2026/3/1", date(2026, 3, 1)),
        ("2026年3月1日", date(2026, 3, 1)),
        (" 2026.03.01 ", date(2026, 3, 1)),
        ("", None),
    ],
)
def test_days_as_people_write_them(cell, day):
    assert day_of(cell) == day


@pytest.mark.parametrize("cell", ["3/4/26", "2026-13-01", "soon", "1-2", "2026-02-30", "x" * 99])
def test_a_day_is_never_guessed(cell):
    with pytest.raises(ValueError):  # noqa: PT011 - any text of the cell
        day_of(cell)


def test_numbers():
    assert whole_number("1,200", 0, 9999) == 1200
    assert whole_number(3.0, 0, 5) == 3
    assert decimal_number("7,5", Decimal(0), Decimal(10)) == Decimal("7.5")
    assert text_of(4.0) == "4"
    for wrong in ("NaN", "1e9999", "-1", "٣" * 50):
        with pytest.raises(ValueError):  # noqa: PT011 - any text of the cell
            decimal_number(wrong, Decimal(0), Decimal(10))
