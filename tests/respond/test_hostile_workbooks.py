"""Workbooks that would keep a reader busy for hours, fill the memory, or read our files."""

from __future__ import annotations

import io
import random
import resource
import time
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from shangdun.kernel.errors import ParseError, UsageError
from shangdun.respond.affected.table import rows_in
from shangdun.respond.supply_sheet import read_sheet

SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
READERS: dict[str, tuple[Callable[[bytes], object], type[Exception]]] = {
    "a list of the affected": (lambda content: list(rows_in(iter([content]))), ParseError),
    "an inventory": (read_sheet, UsageError),
}
MUTATIONS = (
    b"99999999999", b"-1", b'"', b"<", b">", b"&x;", b"nan", b"1e999", b"\x00", b"\xff", b't="d"',
    b't="b"', b't="e"', b't="inlineStr"', b'r="ZZZZZ9"', b's="99999"', b"2958466",
)  # fmt: skip


def parts() -> dict[str, bytes]:
    book = openpyxl.Workbook()
    book.active.append(["name", "kind", "quantity", "email"])
    for _ in range(3):
        book.active.append(["sandbags", "material", 3, "x@mail.example"])
    file = io.BytesIO()
    book.save(file)
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(content: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, part in content.items():
            archive.writestr(name, part)
    return file.getvalue()


@pytest.fixture(params=READERS)
def reader(request: pytest.FixtureRequest) -> tuple[Callable[[bytes], object], type[Exception]]:
    return READERS[request.param]


def refused_soon(reader, content: bytes) -> None:
    read, error = reader
    began, memory = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(error):
        read(content)
    assert time.process_time() - began < 8
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
    assert grown < 600 << 10, "KiB"


def test_a_few_kilobytes_of_shared_texts_are_no_gigabytes_of_memory(reader) -> None:
    many = b"<sst " + MAIN + b">" + b"<si/>" * 9_000_000 + b"</sst>"
    content = packed({**parts(), TEXTS: many})
    assert len(content) < 200_000
    refused_soon(reader, content)


def test_one_row_of_millions_of_cells(reader) -> None:
    row = b"<worksheet " + MAIN + b"><sheetData><row>" + b"<c/>" * 22_000_000
    refused_soon(reader, packed({**parts(), SHEET: row + b"</row></sheetData></worksheet>"}))


def test_a_row_may_claim_any_number(reader) -> None:
    read, error = reader
    content = parts()
    content[SHEET] = content[SHEET].replace(b'<row r="4"', b'<row r="99999999999"')
    assert b"99999999999" in content[SHEET]
    began = time.process_time()
    try:
        found = read(packed(content))
    except error:
        found = ()
    assert len(list(found)) <= 4
    assert time.process_time() - began < 8


@pytest.mark.parametrize("kind", ["billion laughs", "a file of ours"])
def test_no_entity_is_ever_resolved(kind: str, reader, tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("TOP-SECRET")
    declared = (
        "<!DOCTYPE a [<!ENTITY a '" + "x" * 1000 + "'>"
        + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(7)) + "]>"
        if kind == "billion laughs"
        else f"<!DOCTYPE a [<!ENTITY h SYSTEM 'file://{secret}'>]>"
    )  # fmt: skip
    texts = f"{declared}<sst {MAIN.decode()}><si><t>&h;</t></si></sst>".encode()
    read, error = reader
    try:
        told = str(read(packed({**parts(), TEXTS: texts})))
    except error:
        told = ""
    assert "TOP-SECRET" not in told
    assert len(told) < 100_000


def test_whatever_is_broken_in_it_is_told_and_never_thrown(reader) -> None:
    read, error = reader
    chance = random.Random(5)
    whole = parts()
    refused = 0
    for _ in range(250):
        content = dict(whole)
        for _ in range(chance.randint(1, 3)):
            name = chance.choice(list(content))
            part = bytearray(content[name])
            place = chance.randrange(len(part) + 1)
            part[place : place + chance.randint(0, 8)] = chance.choice(MUTATIONS)
            if chance.random() < 0.1:
                del content[name]
                break
            content[name] = bytes(part)
        try:
            read(packed(content))
        except error:
            refused += 1
    assert 50 < refused < 250
