"""What the one pass over many values must not get wrong."""

from __future__ import annotations

import re
import time

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.detect import ir, regex
from shangdun.detect.fold import cases, fold
from shangdun.detect.pattern import matcher_of
from shangdun.detect.regex import SafeRegex
from shangdun.detect.scan import Compiled, Scanner, compile_matchers
from shangdun.detect.superset import superset_of
from shangdun.detect.value import text_test


def text(shape: ir.Shape, value: str, *, cased: bool = False) -> ir.Text:
    matcher = matcher_of(ir.Text("f", "", shape, value, cased))
    assert isinstance(matcher, ir.Text)
    return matcher


def wildcard(value: str) -> ir.Text:
    return text(ir.Shape.WILDCARD, value)


def scan(matchers: list[ir.Text | ir.Regex], values: list[str]) -> set[tuple[int, int]]:
    scanner = Scanner(matchers, compile_matchers(matchers))
    hits = scanner.scan(pl.Series(values, dtype=pl.String))
    return set(zip(hits.matcher.tolist(), hits.value.tolist(), strict=True))


# values are joined: every way a pattern could reach over an edge
EDGES = [
    (text(ir.Shape.CONTAINS, "ab"), ["a", "b", "ab", "xab"]),
    (text(ir.Shape.CONTAINS, "\nb"), ["b", "a\nb", "a\n", "\nb"]),
    (text(ir.Shape.CONTAINS, "a\n"), ["a", "a\n", "a\nb", "\n"]),
    (text(ir.Shape.ENDS, "\n"), ["", "a", "a\n", "\n"]),
    (text(ir.Shape.STARTS, "\n"), ["", "a", "\na", "\n"]),
    (text(ir.Shape.EXACT, ""), ["", "\n", "\n\n", "a"]),
    (text(ir.Shape.EXACT, "a"), ["a", "a\n", "\na", "A", "aa"]),
    (wildcard("a*b"), ["a", "b", "a\nb", "axb", "axbx", "xab"]),
    (wildcard("*a?"), ["a", "ab", "aé", "a\n", "xaa", "a中"]),
    (wildcard("*?"), ["", "a", "é"]),
    (wildcard("?"), ["", "a", "é", "中", "😀", "ab", "\n"]),
    (wildcard("*a*b*"), ["ab", "a", "b", "xaxbx", "ba"]),
    (wildcard("a\\*b*"), ["a*b", "axb", "a*bc"]),
    (text(ir.Shape.CONTAINS, "Éß中Ж"), ["éß中ж", "ÉSS中Ж", "xÉß中Жx"]),
    (text(ir.Shape.CONTAINS, "k"), ["K", "\u212a", "ſk"]),
    (text(ir.Shape.CONTAINS, "K", cased=True), ["k", "K"]),
    (ir.Regex("", "", "^ab$"), ["ab", "ab\n", "xab", "a\nab"]),
    (ir.Regex("", "", "^ab$", "m"), ["a\nab", "ab\nx", "abx"]),
    (ir.Regex("", "", "a.b"), ["a\nb", "axb", "a", "b", "a中b"]),
    (ir.Regex("", "", "a.b", "s"), ["a\nb", "axb"]),
    (ir.Regex("", "", "a[^x]b"), ["a\nb", "axb", "ayb", "aéb"]),
    (ir.Regex("", "", "risk", "i"), ["RISK", "ri\u017fk", "ris\u212a", "riks"]),
    (ir.Regex("", "", "r(?i:isk)"), ["rISK", "RISK", "ri\u017fk"]),
    (ir.Regex("", "", "ab(?!c)"), ["abc", "abd", "ab"]),
    (ir.Regex("", "", "(a)(b)\\2"), ["abb", "aba"]),
    (ir.Regex("", "", "(?:^|,)ab(?:,|$)"), ["ab", "x,ab", "xab", "ab,", "ab\n"]),
    (ir.Regex("", "", "(?:^|a)+bc"), ["bc", "abc", "xbc"]),
    (ir.Regex("", "", "ab{50,60}c"), ["a" + "b" * 55 + "c", "abc", "a" + "b" * 61 + "c"]),
]


@pytest.mark.parametrize(("matcher", "values"), EDGES, ids=lambda value: repr(value)[:60])
def test_a_scan_says_what_each_value_alone_would(
    matcher: ir.Text | ir.Regex, values: list[str]
) -> None:
    test = text_test(matcher)
    compiled = compile_matchers([matcher])
    expected = {(0, row) for row, value in enumerate(values) if test(value)}
    assert compiled.scanned
    assert scan([matcher], values) == expected
    turned = {(0, len(values) - 1 - row) for _, row in expected}
    assert scan([matcher], values[::-1]) == turned


@given(st.lists(st.text("ab\n中É", max_size=5), min_size=1, max_size=20))
def test_runs_of_a_few_bytes_give_the_same(values: list[str]) -> None:
    """Large columns are scanned in runs; where they are cut must not matter."""
    matchers = [text(ir.Shape.CONTAINS, "a"), text(ir.Shape.EXACT, "b"), wildcard("a*中")]
    scanner = Scanner(matchers, compile_matchers(matchers))
    whole = scanner.scan(pl.Series(values, dtype=pl.String))
    from shangdun.detect import scan as module  # noqa: PLC0415  the limit is changed for one call

    before, module.SLICE_BYTES = module.SLICE_BYTES, 7
    try:
        cut = scanner.scan(pl.Series(values, dtype=pl.String))
    finally:
        module.SLICE_BYTES = before
    np.testing.assert_array_equal(whole.matcher, cut.matcher)
    np.testing.assert_array_equal(whole.value, cut.value)


def test_a_database_of_nothing_finds_nothing() -> None:
    compiled = compile_matchers([ir.Regex("", "", ".*")])
    assert compiled == Compiled([], [], [], b"")
    assert not len(Scanner([ir.Regex("", "", ".*")], compiled).scan(pl.Series(["a"])).value)


def test_an_expression_that_hyperscan_refuses_is_left_out_and_the_others_stay() -> None:
    too_large = ir.Regex("", "", "ab" + "(?:[ab]|cd[^x]{3}){3}" * 400)
    matchers = [text(ir.Shape.CONTAINS, "x"), too_large]
    compiled = compile_matchers(matchers)
    assert 0 in compiled.scanned


# widening


@pytest.mark.parametrize(
    "pattern", ["", "a*", "a", ".{200,}", "[a-z]+", "^$", "\\w+\\d", "(", "[^a]b?"]
)
def test_what_might_be_found_everywhere_is_not_scanned_for(pattern: str) -> None:
    assert superset_of(pattern, "") is None


@pytest.mark.filterwarnings("ignore:Possible:FutureWarning")  # `[[` and its like are drawn too
@given(
    st.text("ab. |()[]?*+{}12,^$\\wd-", max_size=12),
    st.lists(st.text("ab1 \n-é", max_size=6), max_size=6),
)
def test_a_widened_expression_misses_nothing(pattern: str, values: list[str]) -> None:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return
    matcher = ir.Regex("", "", pattern)
    if superset_of(pattern, "") is None or not values:
        return
    test = SafeRegex(pattern, "").search
    expected = {(0, row) for row, value in enumerate(values) if test(value)}
    if compile_matchers([matcher]).scanned:
        assert scan([matcher], values) == expected


# expressions that could run away


def test_linear_expressions_do_not_run_away() -> None:
    started = time.process_time()
    assert not SafeRegex("(a+)+$", "").search("a" * 5000 + "b")
    assert time.process_time() - started < 1


RUNAWAY = "(?=a)(?:a|a|aa)+(?<!x)$"
SLOW_VALUE = "a" * 60 + "b"


def test_backtracking_is_cut_off_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regex, "TIMEOUT_SECONDS", 0.01)
    monkeypatch.setattr(regex, "CREDIT_SECONDS", 0.1)
    slow, before = SafeRegex(RUNAWAY, ""), regex.cut_off(RUNAWAY, "")
    started = time.process_time()
    for _ in range(3000):
        assert not slow.search(SLOW_VALUE)
    assert regex.cut_off(RUNAWAY, "") - before == 3000
    assert time.process_time() - started < 1
    # whoever floods it with slow values does not blind it for good
    answers = [slow.search("aaa") for _ in range(2 * regex.PAUSE)]
    assert not answers[0]
    assert answers[-1]


def test_honest_backtracking_is_never_cut_off() -> None:
    honest, before = SafeRegex(r"(?<!good)\.exe$", "i"), regex.cut_off(r"(?<!good)\.exe$", "i")
    assert all(honest.search(f"C:\\folder\\program{n}.EXE") for n in range(5000))
    assert regex.cut_off(r"(?<!good)\.exe$", "i") == before


@pytest.mark.parametrize(
    ("pattern", "flags", "value", "found"),
    [
        ("a$", "", "a\n", True),
        ("a$", "", "a\nb", False),
        ("a$", "m", "a\nb", True),
        ("^b", "m", "a\nb", True),
        ("^b", "", "a\nb", False),
        ("A", "i", "a", True),
        ("a.b", "s", "a\nb", True),
        ("a.b", "", "a\nb", False),
        ("(?<=x)a", "", "xa", True),
        ("(?<=x)a", "i", "XA", True),
    ],
)
def test_flags_and_anchors(pattern: str, flags: str, value: str, found: bool) -> None:
    assert SafeRegex(pattern, flags).search(value) is found


# letters


@given(st.characters())
def test_folding_is_stable_and_keeps_ascii_apart(letter: str) -> None:
    assert fold(fold(letter)) == fold(letter)
    assert fold(letter).isascii() == letter.isascii()
    if not letter.isascii():
        assert letter in cases(letter)
        assert all(fold(one) == fold(letter) for one in cases(letter))
