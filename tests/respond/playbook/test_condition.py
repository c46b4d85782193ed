"""Conditions: the part of STIX patterning that is read, and nothing else."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.respond.playbook.condition import ConditionError, asked, holds, switched

VALUES = {"__n__": "10", "__s__": "abc", "__b__": "True", "__ip__": "203.0.113.9", "__e__": ""}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("__n__:value = 10", True),
        ("__n__:value == 10.0", True),
        ("__n__:value > 9", True),
        ("__n__:value < 9", False),
        ("__n__:value <> 9 AND __s__:value = 'abc'", True),
        ("__s__:value != 'abc' OR __n__:value >= 10", True),
        ("NOT __s__:value = 'abc'", False),
        ("(__n__:value = 1 OR __n__:value = 10) AND __b__:value = true", True),
        ("[__s__:value IN ('x', 'abc')]", True),
        ("__s__:value NOT IN ('x', 'abc')", False),
        ("__s__:value LIKE 'a%'", True),
        ("__s__:value LIKE '_b_'", True),
        ("__s__:value LIKE 'a*'", False),
        ("__ip__:value ISSUBSET '203.0.113.0/24'", True),
        ("__ip__:value ISSUBSET '2001:db8::/32'", False),
        ("EXISTS __s__:value", True),
        ("EXISTS __e__:value", False),
        ("NOT EXISTS __never__:value", True),
        (r"__s__:value = 'a\'c'", False),
        ("__s__:value = __s__:value", True),
    ],
)
def test_truth(text: str, wanted: bool) -> None:
    assert holds(text, VALUES) is wanted


def test_a_text_is_no_number() -> None:
    assert not holds("__n__:value = '10.0'", VALUES, {"__n__": "string"})
    assert holds("__n__:value = '10.0'", VALUES, {"__n__": "integer"})


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("", 1), ("__n__:value =", 14), ("__n__:value = 1 2", 17), ("n = 1", 1),
        ("__n__:value MATCHES 'x'", 13), ("__import__('os')", 11), ("(__n__:value = 1", 17),
        ("__n__:value = 'x", 15), ("(" * 50 + "__n__:value = 1" + ")" * 50, 21), ("x" * 3000, 1),
    ],
)  # fmt: skip
def test_what_cannot_be_read_has_its_column(text: str, column: int) -> None:
    with pytest.raises(ConditionError) as caught:
        holds(text, VALUES)
    assert caught.value.code == "condition.syntax"
    assert caught.value.where == str(column)


def test_unknown_values_are_said() -> None:
    with pytest.raises(ConditionError) as caught:
        holds("__never__:value = 1", VALUES)
    assert caught.value.code == "condition.unknown"
    assert asked("__a__:value = 1 AND __b__:value = __a__:value") == ("__a__", "__b__")
    assert switched("__a__:value") == "__a__"


@given(st.text(max_size=60))
def test_any_text_is_a_condition_or_an_error(text: str) -> None:
    with suppress(ConditionError):
        assert holds(text, VALUES) in {True, False}
