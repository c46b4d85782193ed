"""Templates: what they may hold, what is said of a mistake, what can never happen."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.govern.report_template import LONGEST, Names, Wrong, problems_of, read
from shangdun.kernel.errors import UsageError

NAMES = Names(frozenset({"incidents", "risks"}), frozenset({"period", "company"}))
VALUES = {"incidents": "| a |\n| --- |\n| 1 |", "risks": "none", "period": "Q1", "company": "C"}


def _fill(text: str, *, incidents: bool = True, risks: bool = True) -> str:
    return read(text, NAMES).fill(VALUES, {"incidents": incidents, "risks": risks})


def test_names_are_filled_and_conditions_kept_or_left_out() -> None:
    text = "# {{company}}, {{period}}\n\n{{if risks}}\n## R\n{{risks}}\n{{else}}\nno\n{{end}}\n"
    assert _fill(text) == "# C, Q1\n\n## R\nnone\n"
    assert _fill(text, risks=False) == "# C, Q1\n\nno\n"


def test_unless_and_conditions_in_conditions() -> None:
    text = (
        "{{unless incidents}}\nquiet\n{{end}}\n"
        "{{if risks}}\n{{if incidents}}\nboth\n{{end}}\n{{end}}"
    )
    assert _fill(text).strip() == "both"
    assert _fill(text, incidents=False).strip() == "quiet"


@pytest.mark.parametrize(
    ("text", "line", "wrong", "fix"),
    [
        ("a\n{{incident}}\n", 2, Wrong.UNKNOWN, "incidents"),
        ("a\n\n{{ 1 + 1 }}", 3, Wrong.TAG, ""),
        ("{{incidents.__class__}}", 1, Wrong.TAG, "incidents"),
        ("told: {{incidents}}", 1, Wrong.ALONE, ""),
        ("{{if incidents}}\na", 1, Wrong.UNCLOSED, "{{end}}"),
        ("a\n{{end}}", 2, Wrong.STRAY, "{{if …}}"),
        ("{{if risks}}\n{{else}}\n{{else}}\n{{end}}", 3, Wrong.TWICE, ""),
        ("{{if perod}}\n{{end}}", 1, Wrong.UNKNOWN, ""),
        ("a {{period\nb}}", 1, Wrong.BRACES, "{{…}}"),
        ("{% for x in y %}\n{{for x in risks}}", 2, Wrong.TAG, ""),
        ("   \n", 1, Wrong.EMPTY, ""),
        ("x" * (LONGEST + 1), 1, Wrong.LONG, str(LONGEST)),
        ("{{if risks}}\n" * 4 + "{{end}}\n" * 4, 4, Wrong.DEEP, ""),
    ],
)
def test_every_mistake_is_said_at_its_line(text: str, line: int, wrong: Wrong, fix: str) -> None:
    first = problems_of(text, NAMES)[0]
    assert (first.line, first.wrong) == (line, wrong)
    if fix:
        assert first.fix == fix
    with pytest.raises(UsageError) as raised:
        read(text, NAMES)
    assert (raised.value.code, raised.value.where) == (wrong.value, f"line {line}")


@pytest.mark.parametrize("line", ["{{", "x {{a", "{{a}", "{{{a}}"])
def test_a_line_of_braces_takes_no_time(line: str) -> None:
    began = time.process_time()
    assert problems_of(line * (LONGEST // len(line)), NAMES)
    assert time.process_time() - began < 1


def test_all_mistakes_are_found_at_once() -> None:
    found = problems_of("{{a}}\nok\n{{b}}\n{{if risks}}\n", NAMES)
    assert [one.line for one in found] == [1, 3, 4]


def test_what_is_filled_in_is_never_read_again() -> None:
    hostile = {**VALUES, "risks": "{{company}} {{if incidents}} {{end}}"}
    made = read("{{risks}}\n", NAMES).fill(hostile, {})
    assert made == "{{company}} {{if incidents}} {{end}}\n"


@given(st.text(max_size=300))
def test_any_text_is_read_or_said_wrong(text: str) -> None:
    if problems_of(text, NAMES):
        with pytest.raises(UsageError):
            read(text, NAMES)
    else:
        read(text, NAMES).fill(VALUES, {"incidents": True, "risks": False})


@given(st.lists(st.sampled_from(["{{if risks}}", "{{else}}", "{{end}}", "a", "{{period}}"])))
def test_conditions_close_or_are_said_not_to(lines: list[str]) -> None:
    text = "x\n" + "\n".join(lines)
    depth: list[bool] = []
    good = True
    for line in lines:
        if line == "{{if risks}}":
            depth.append(False)
            good &= len(depth) <= 3
        elif line == "{{end}}":
            good &= bool(depth)
            depth = depth[:-1]
        elif line == "{{else}}":
            good &= bool(depth) and not depth[-1]
            depth[-1:] = [True] if depth else []
    assert (not problems_of(text, NAMES)) == (good and not depth)
