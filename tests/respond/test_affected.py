"""Lists of the affected: hostile files, what columns hold, who is one and the same."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Iterator

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.kernel.errors import ParseError
from shangdun.respond.affected.columns import Field, guess, subjects_of
from shangdun.respond.affected.identity import (
    Identity,
    Kind,
    clean,
    email_of,
    joined,
    language_of,
    phone_of,
)
from shangdun.respond.affected.table import rows_in


def cells(content: bytes, size: int = 7) -> list[list[str]]:
    pieces = [content[n : n + size] for n in range(0, len(content), size)]
    return [row for _, row in rows_in(pieces)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_usual_encoding_reads_the_same(encoding: str) -> None:
    text = "姓名,邮箱\r\n张三,zhang@mail.example\r\n"
    assert cells(text.encode(encoding)) == [["姓名", "邮箱"], ["张三", "zhang@mail.example"]]


@given(
    st.lists(
        st.lists(
            st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp", "Cf"))).filter(
                str.strip
            ),
            min_size=2,
            max_size=2,
        ),
        min_size=1,
        max_size=8,
    ),
    st.integers(1, 50),
)
def test_pieces_may_fall_anywhere(rows: list[list[str]], size: int) -> None:
    import csv  # noqa: PLC0415 - beside its use

    out = io.StringIO()
    csv.writer(out).writerows([["a", "b"], *rows])
    content = "\ufeff".encode() + out.getvalue().encode()
    assert cells(content, size) == [["a", "b"], *rows]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "affected.empty"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "affected.xls"),
        (b"PK\x03\x04" + b"x" * 100, "affected.workbook"),
        (b'a,b\n"' + b"x" * 200_000, "affected.quote"),
        (b"x" * 3_000_000, "affected.line"),
    ],
)
def test_what_is_no_list_is_explained(content: bytes, code: str) -> None:
    with pytest.raises(ParseError) as refused:
        cells(content, 1 << 16)
    assert refused.value.code == code
    assert refused.value.fix


def test_a_zip_bomb_is_refused_before_it_unpacks() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (100 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(ParseError) as refused:
            cells(bomb.getvalue(), 1 << 20)
        assert tracemalloc.get_traced_memory()[1] < 20 << 20
    finally:
        tracemalloc.stop()
    assert refused.value.code == "affected.bomb"


def test_entities_in_a_workbook_expand_to_nothing() -> None:
    book = openpyxl.Workbook()
    book.active.append(["email"])
    plain = io.BytesIO()
    book.save(plain)
    hostile = io.BytesIO()
    laughs = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(hostile, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sheet1.xml"):
                content = laughs + content.replace(b"email", b"&b;")
            new.writestr(name, content)
    with pytest.raises(ParseError):
        cells(hostile.getvalue(), 1 << 16)


def test_formulas_and_numbers_of_a_workbook_are_text() -> None:
    book = openpyxl.Workbook()
    for row in (["phone", "name"], [13800000000.0, "=1+1"], [None, None], ["x", "y"]):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    assert [*rows_in([content.getvalue()])] == [
        (1, ["phone", "name"]), (2, ["13800000000"]), (4, ["x", "y"]),
    ]  # fmt: skip


def test_a_long_list_passes_in_bounded_memory() -> None:
    def pieces() -> Iterator[bytes]:
        yield b"email,phone\n"
        for start in range(0, 40_000, 1000):
            yield b"".join(
                b"c%d@mail.example,1380000%04d\n" % (n, n % 10_000)
                for n in range(start, start + 1000)
            )

    tracemalloc.start()
    try:
        count = sum(1 for _ in rows_in(pieces()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 40_001
    assert peak < 3 << 20  # the same for any length: nothing is kept of a row that has passed


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("138 0000 0000", "+8613800000000"),
        ("+86-138-0000-0000", "+8613800000000"),
        ("008613800000000", "+8613800000000"),
        ("8613800000000", "+8613800000000"),
        ("１３８００００００００", "+8613800000000"),
        ("13800000000.0", "+8613800000000"),
        ("+44 20 7946 0000", "+442079460000"),
        ("010-12345678", "01012345678"),
        ("1.38E+10", ""),
        ("12", ""),
        ("call me", ""),
    ],
)
def test_telephone_numbers_meet_however_they_are_written(written: str, meant: str) -> None:
    assert phone_of(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (" Li@Mail.Example ", "li@mail.example"),
        ("ｌｉ@mail.example", "li@mail.example"),
        ("li@mail", ""),
        ("a@b.cn\r\nBcc: x@y.cn", ""),
        ("a@b.cn, c@d.cn", ""),
        ("<a@b.cn>", ""),
        ("a..b@c.cn", ""),
    ],
)
def test_addresses_meet_or_are_none(written: str, meant: str) -> None:
    assert email_of(written) == meant


def test_columns_are_guessed_from_headings_in_either_language_or_from_content() -> None:
    assert guess([["User ID", "E-Mail", "手机号码"]]) == {"account": 0, "email": 1, "phone": 2}
    bare = guess([["a@b.cn", "张三", "13800000000"], ["c@d.cn", "李四", "13800000001"]])
    assert (bare, bare.heading) == ({"email": 0, "phone": 2}, False)
    assert guess([]) == {}


def test_a_row_names_a_customer_and_his_order_and_says_what_is_wrong() -> None:
    columns = {Field.EMAIL: 0, Field.PHONE: 1, Field.ORDER: 2}
    found, wrong = subjects_of(["li@mail.example", "none", "O-1"], columns)
    assert [(kind, one.email or one.reference) for kind, one in found] == [
        (Kind.PERSON, "li@mail.example"), (Kind.ORDER, "O-1"),
    ]  # fmt: skip
    assert wrong == [(Field.PHONE, "phone")]
    assert subjects_of(["", "", ""], columns) == ([], [("", "nobody")])
    assert subjects_of(["l\ufffdi@mail.example"], columns)[1][0] == (Field.EMAIL, "broken")


def test_two_mentions_complete_each_other_and_nothing_invisible_stays() -> None:
    one, other = Identity(reference="u1", name="李"), Identity(email="li@mail.example", name="王")
    assert joined(one, other) == Identity(reference="u1", name="李", email="li@mail.example")
    assert clean("a\u202eb\u200b\x00c\n d") == "abc d"
    assert [language_of(text) for text in ("zh-CN", "中文", "English", "fr")] == [
        "zh",
        "zh",
        "en",
        "",
    ]
