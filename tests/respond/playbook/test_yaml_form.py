"""Compact YAML comes back word for word, and says line and fix where it cannot be read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.respond.playbook.made import AT, playbook, trees

from shangdun.respond.playbook import load
from shangdun.respond.playbook.built_in import built_in, sources
from shangdun.respond.playbook.yaml_form import from_yaml, read_any, to_yaml

LATER = datetime(2030, 1, 1, tzinfo=UTC)
GOOD = """\
playbook: one
name: 一
language: zh
steps:
  first:
    group: legal
    name: 第一步
    do: 做
"""


def test_built_in_come_back_and_are_readable() -> None:
    for one in built_in():
        text = to_yaml(one)
        again = from_yaml(text, LATER).playbook
        assert again is not None
        assert again.document == one.document
        assert "cacao:" not in text, one.name.en


def test_published_examples_come_back(examples: dict[str, Any]) -> None:
    for name, document in examples.items():
        text = to_yaml(load(document))
        again = from_yaml(text, LATER).playbook
        assert again is not None, name
        assert again.document == document, name
        assert not text.startswith("cacao:"), name


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(trees())
def test_what_is_made_comes_back(tree: list[Any]) -> None:
    one = playbook(tree)
    again = from_yaml(to_yaml(one), LATER).playbook
    assert again is not None
    assert again.document == one.document


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("group: legal", "group: chefs", 6, "there is no group chefs"),
        ("    group: legal\n", "", 5, "nobody does this step"),
        ("do: 做", "do: [1]", 8, "do is a text"),
        ("do: 做", "does: 做", 8, "a step has no 'does'"),
        ("do: 做", "do: 做\n    next: nowhere", 9, "there is no step 'nowhere'"),
        ("do: 做", "do: 做\n    timeout: soon", 9, "timeout is a time"),
        ("do: 做", "do: 做\n    do: 再做", 9, "'do' is there twice"),
        ("do: 做", "do: &a 做\n    name: *a", 8, "anchors and aliases are not used here"),
        (
            "do: 做",
            "do: !!python/name:os.system 做",
            8,
            "tag:yaml.org,2002:python/name:os.system is not read here",
        ),
        ("name: 一", "name: {zh: 一, fr: un}", 2, "name is a text"),
        ("name: 一\n", "", 1, "name is missing"),
        ("steps:", "stages:", 4, "a playbook has no 'stages'"),
        ("playbook: one", "playbook: one\nfor: [fire]", 2, "for names types of incidents"),
        ("    do: 做", "   do: 做", 8, ""),
    ],
)
def test_mistakes_have_their_line(old: str, new: str, line: int, message: str) -> None:
    assert from_yaml(GOOD, AT).problems == ()
    reading = from_yaml(GOOD.replace(old, new, 1), AT)
    assert reading.playbook is None
    problem = reading.problems[0]
    assert (problem.line, problem.message if message else "") == (line, message)
    assert problem.fix


def test_every_mistake_is_told_at_once() -> None:
    text = GOOD + "  second: {group: nobody, do: x}\n  third: {group: legal}\n"
    assert [problem.line for problem in from_yaml(text, AT).problems] == [9, 10]


def test_bombs_are_refused() -> None:
    levels = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 30))
    for text in (f"l0: &l0 x\n{levels}", "a: " + "[" * 5000, "x: " + "9" * 200_000):
        reading = from_yaml(text, AT)
        assert reading.playbook is None
        assert len(reading.problems) == 1


@given(st.text(max_size=200))
def test_any_text_is_a_playbook_or_problems(text: str) -> None:
    reading = read_any(text, AT)
    assert (reading.playbook is None) == bool(reading.problems)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(sources().values())), st.data())
def test_a_line_less_is_a_playbook_or_problems(text: str, data: st.DataObject) -> None:
    lines = text.splitlines(keepends=True)
    del lines[data.draw(st.integers(0, len(lines) - 1))]
    reading = from_yaml("".join(lines), AT)
    assert (reading.playbook is None) == bool(reading.problems)
