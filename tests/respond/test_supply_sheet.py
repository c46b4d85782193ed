"""An inventory as a sheet: both languages, row by row, hostile cells, and the suggested list."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import openpyxl
import pytest

from shangdun.kernel.errors import UsageError
from shangdun.respond.starter_supplies import starters
from shangdun.respond.supplies import SupplyKind
from shangdun.respond.supply_sheet import read_sheet, write_csv, write_xlsx

HEAD = ["名称", "类别", "数量", "有效期至", "消耗品"]


def test_both_kinds_of_file_and_both_languages_are_read():
    rows = [
        HEAD,
        ["备用交换机", "设备", 2, date(2027, 1, 31), ""],
        [],
        ["餐食", "物资", "40", "", "是"],
    ]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    text = "Name,Type,Quantity,Expiry\r\nSpare switch,equipment,2,2027/1/31\r\n"
    first, second = read_sheet(file.getvalue())
    assert first.values["expires_on"] == date(2027, 1, 31)
    assert (first.values["kind"], first.values["quantity"]) == (SupplyKind.EQUIPMENT, 2)
    assert (second.number, second.values["consumable"]) == (4, True)
    (english,) = read_sheet(text.encode())
    assert english.values["expires_on"] == date(2027, 1, 31)
    (chinese,) = read_sheet("名称,类别\n交换机,设备\n".encode("gb18030"))
    assert chinese.values["name"] == "交换机"


def test_each_row_tells_what_is_wrong_with_it():
    text = "name,kind,quantity,expires on\nA,spaceship,two,31.12.2026x\n,material,-1,\nB,room,1,\n"
    first, second, third = read_sheet(text.encode())
    assert first.problems == {"kind": "spaceship", "quantity": "two", "expires_on": "31.12.2026x"}
    assert second.problems == {"name": "", "quantity": "-1"}
    assert (third.number, third.problems) == (4, {})


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "inventory.columns"),
        (b"\x00\x01\x02", "inventory.file"),
        (b"PK\x03\x04 no book", "inventory.file"),
        (b"a,b\n1,2\n", "inventory.columns"),
        (b"name,kind\n" + b"x,room\n" * 5001, "inventory.many"),
    ],
)
def test_what_is_no_list_is_refused(content, code):
    with pytest.raises(UsageError) as caught:
        read_sheet(content)
    assert caught.value.code == code


def test_a_book_that_unpacks_to_gigabytes_is_not_unpacked():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (101 << 20))
    with pytest.raises(UsageError):
        read_sheet(file.getvalue())


def test_no_cell_becomes_a_formula_and_the_list_comes_back():
    hostile = '=HYPERLINK("http://evil.example")'
    rows = [[hostile, "material", 3], ["@SUM(A1)", "room", 1]]
    text = write_csv(["name", "kind", "quantity"], rows).decode("utf-8-sig")
    assert "\n\"'=HYPERLINK" in text.replace("\r", "")
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(["name", "kind", "quantity"], rows)))
    cell = book.active["A2"]
    assert (cell.value, cell.data_type) == (hostile, "s")
    again = read_sheet(write_xlsx(["name", "kind", "quantity"], rows))
    assert [line.values["name"] for line in again] == [hostile, "@SUM(A1)"]


def test_the_suggested_list_is_whole_in_both_languages():
    found = starters()
    assert len({one.id for one in found}) == len(found) >= 35
    assert {one.kind for one in found} == set(SupplyKind)
    for one in found:
        assert one.zh
        assert one.en.isascii()
        assert bool(one.note_zh) is bool(one.note_en)
        assert one.minimum <= one.quantity
