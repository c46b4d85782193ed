"""The markup of documents: what is read, what stays text, and that nothing breaks it."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shangdun.papers.blocks import (
    Bullets,
    Callout,
    Heading,
    Item,
    Literally,
    Numbered,
    PageBreak,
    Span,
    Text,
    plain,
)
from shangdun.papers.errors import PaperError
from shangdun.papers.markup import LONGEST, Slot, fill, read, slots


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("## 一、总则", (Heading((Span("一、总则"),), 1),)),
        ("###### x", (Heading((Span("x"),), 4),)),
        ("甲\n乙", (Text((Span("甲乙"),)),)),
        ("one\ntwo", (Text((Span("one two"),)),)),
        ("a  \nb", (Text((Span("a\nb"),)),)),
        ("a **b**", (Text((Span("a "), Span("b", strong=True))),)),
        ("`c` *d*", (Text((Span("c", code=True), Span(" "), Span("d", emphasis=True))),)),
        ("---", (PageBreak(),)),
        ("```\n$ x\n  y\n```", (Literally("$ x\n  y"),)),
        ("{{ contacts }}", (Slot("contacts", 1),)),
        ("see {{contacts}}", (Text((Span("see {{contacts}}"),)),)),
        ("3. a\n4. b", (Numbered((Item((Span("a"),)), Item((Span("b"),))), start=3),)),
        ("> x", (Callout((Span("x"),)),)),
        ("> [!danger] 注意\n> 快", (Callout((Span("快"),), title="注意", tone="danger"),)),
    ],
)  # fmt: skip
def test_what_is_read(text, blocks):
    assert read(text) == blocks


def test_lists_within_lists():
    (outer,) = read("- a\n  1. b\n- c")
    inner = Numbered((Item((Span("b"),)),))
    assert outer == Bullets((Item((Span("a"),), (inner,)), Item((Span("c"),))))


def test_tables():
    (table,) = read("| 名 | 数 |\n|---|--:|\n| a | 1 |\n| b |")
    assert table.columns == ("名", "数")
    assert [[plain(cell) for cell in row] for row in table.rows] == [["a", "1"], ["b", ""]]
    assert table.right == (1,)
    assert len(table.widths) == 2


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "![x](https://evil.example/x.png)",
        "[x](javascript:alert(1))",
        "[x](data:text/html,x)",
        "[x](file:///etc/passwd)",
        "<javascript:alert(1)>",
        "[x]: https://evil.example\n[x]",
    ],
)
def test_html_pictures_and_strange_links_are_text(text):
    found = [span for block in read(text) for span in block.text]
    assert all(
        not span.link or span.link.startswith("https://evil.example/x.png") for span in found
    )
    assert "alert" not in text or any("alert(1)" in span.text for span in found)


def test_a_box_of_no_known_kind_is_told_with_its_line():
    with pytest.raises(PaperError) as caught:
        read("x\n\n> [!boom] y")
    assert (caught.value.code, caught.value.where) == ("paper.box", "line 3")


def test_slots_are_filled_or_left_out():
    parts = read("a\n\n{{grades}}\n\n{{history}}")
    assert [(slot.name, slot.line) for slot in slots(parts)] == [("grades", 3), ("history", 5)]
    filled = fill(parts, {"grades": (PageBreak(),)})
    assert filled == (Text((Span("a"),)), PageBreak())


def test_too_long():
    with pytest.raises(PaperError):
        read("x" * (LONGEST + 1))


@given(st.text(st.sampled_from("#*_`[]()<>!|-\n \\{}&;1.x甲:~+=\"'"), max_size=300))
@settings(max_examples=300, deadline=None)
def test_whatever_is_typed_is_read(text):
    with suppress(PaperError):  # a box of no known kind
        assert isinstance(read(text), tuple)


@pytest.mark.parametrize(
    "piece", ["[", "*", ">", "- ", "|", "`", "a\n|-\n", "[a](<b", "*a_ ", "> - ", "**a*", "\\"]
)
def test_no_text_takes_long(piece):
    text = piece * (100_000 // len(piece))
    began = time.process_time()
    read(text)
    assert time.process_time() - began < 10
