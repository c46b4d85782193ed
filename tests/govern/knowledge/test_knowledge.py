"""Links between pages and searching in both languages."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.govern.knowledge.links import fold, resolved, targets
from shangdun.govern.knowledge.searching import excerpt, folded, parts
from shangdun.papers.markup import read


def address(title: str) -> str:
    return "https://page.invalid/7" if title == "restore a backup" else ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see [[Restore a backup]]", "see [Restore a backup](https://page.invalid/7)"),
        ("[[restore  A backup|here]]", "[here](https://page.invalid/7)"),
        ("[[Nobody wrote it]]", "*Nobody wrote it*"),
        ("`[[Restore a backup]]`", "`[[Restore a backup]]`"),
        ("```\n[[Restore a backup]]\n```", "```\n[[Restore a backup]]\n```"),
        ("[[]] [[ ]] [[a\nb]]", "[[]] [[ ]] [[a\nb]]"),
        ("``a ` [[Nobody]]`` [[b]]", "``a ` [[Nobody]]`` *b*"),
        ("``a ` [[b]] ```", "``a ` *b* ```"),
    ],
)
def test_links(text: str, expected: str) -> None:
    assert resolved(text, address) == expected


@pytest.mark.parametrize(
    "line",
    ["x " + "`" * 100_000, "x " + " ".join("`" * (500 - n) for n in range(500)), "x `a`" * 9],
)
def test_a_line_of_backticks_takes_no_time(line: str) -> None:
    began = time.process_time()
    assert targets(f"{line}\n[[after]]") == ["after"]
    assert time.process_time() - began < 1


def test_the_place_is_found_in_a_page_of_nothing_else() -> None:
    began = time.process_time()
    for _turn in range(20):
        found = excerpt("b" + " a" * 100_000, tuple("a"))
    assert time.process_time() - began < 4
    assert sum(one.hit for one in found) == 71
    assert [one.text for one in excerpt("x " * 300 + "a b", ("a", "b"))][-3:] == ["a", " ", "b"]


def test_words_of_a_link_are_read_as_themselves() -> None:
    found = resolved("[[restore a backup|**b** (x) <i> `c\\]]", address)
    [span] = read(found)[0].text  # type: ignore[union-attr]
    assert (span.text, span.link) == ("**b** (x) <i> `c\\", "https://page.invalid/7")


def test_targets_once_each_in_order() -> None:
    assert targets("[[B]] [[A|x]] [[b]] `[[C]]`") == ["b", "a"]
    assert fold("  Ａ \u202eb  C ") == "ａ b c"


@given(st.text(max_size=200))
def test_any_text_is_resolved_and_read(text: str) -> None:
    read(resolved(text, lambda title: "https://page.invalid/1"))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("应急预案", ("应急预案",)),
        ("Backup  restore", ("backup", "restore")),
        ("“应急 预案” 备份", ("应急 预案", "备份")),
        ("ＡＢＣ，", ("abc",)),
        ("  ", ()),
    ],
)
def test_parts(question: str, expected: tuple[str, ...]) -> None:
    assert parts(question) == expected


def test_excerpt_marks_every_hit_and_cuts_around_the_first() -> None:
    text = "前言" * 60 + "请先核对备份，再恢复备份数据。" + "结语" * 60
    pieces = excerpt(text, ("备份",))
    assert [one.text for one in pieces if one.hit] == ["备份", "备份"]
    assert pieces[0].text == "…"
    assert pieces[-1].text == "…"
    assert "".join(one.text for one in excerpt("Kurz", ("nothing",))) == "Kurz"


@given(st.text(max_size=80), st.text(min_size=1, max_size=5))
def test_excerpts_never_fail(text: str, question: str) -> None:
    excerpt(text, parts(question))
    assert folded(folded(text)) == folded(folded(folded(text)))
