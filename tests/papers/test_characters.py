"""Which characters can be drawn, and what stands for the others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from shangdun.papers.blocks import Layout, Paper, Span, Text
from shangdun.papers.characters import drawable, drawn, missing, repertoire, xml_text


def test_the_font_draws_what_our_documents_need():
    needed = (
        "商盾应急预案网络信息安全事件处置报告,。、;:?!“”‘’()《》【】〔〕—…·①②③⑩→←↑↓■□●○★☆✓×÷±≤≥≠℃"
        "¥€§©®™“–—•ABCabc0123456789äöüßéèñç"
    )
    assert missing(needed, repertoire()) == []


def test_more_than_the_table_of_general_characters():
    chinese = {one for one in repertoire() if "\u4e00" <= one <= "\u9fff"}
    assert len(chinese) > 6_763  # GB 2312 has so many


@pytest.mark.parametrize(
    ("typed", "drawn_as"),
    [
        ("a\u200bb\ufeffc", "abc"),
        ("Ⅳ級", "IV級"),
        ("✔ ✗", "✓ ×"),
        ("a\tb\r\nc\rd", "a    b\nc\nd"),
        ("👨\u200d👩", "[U+1F468][U+1F469]"),
        ("\u202egpj.exe", "[U+202E]gpj.exe"),
        ("\x00\x1b[31m", "[U+0000][U+001B][31m"),
        ("e\u0301", "é"),
        ("\ud800", "[U+D800]"),
    ],
)
def test_what_is_drawn(typed, drawn_as):
    assert drawn(typed, repertoire()) == drawn_as


@given(st.text())
def test_whatever_is_typed_can_be_drawn(text):
    assert repertoire().issuperset(drawn(text, repertoire()))


def test_addresses_of_links_are_left_alone():
    paper = Paper(
        title="t", language="en", blocks=(Text((Span("😀", link="https://a.example/😀"),)),)
    )
    made = drawable(paper, repertoire())
    assert made.blocks[0].text[0] == Span("[U+1F600]", link="https://a.example/😀")
    assert len(made.blocks) == 2


def test_a_layout_has_no_note():
    assert drawable(Layout(company="😀"), repertoire()) == Layout(company="[U+1F600]")


@given(st.text(st.characters()))
def test_xml_takes_it(text):
    element = etree.Element("t")
    element.text = xml_text(text)
    assert etree.fromstring(etree.tostring(element)).text == (element.text or None)
