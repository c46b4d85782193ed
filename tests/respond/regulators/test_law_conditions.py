"""Conditions in three values: what is unknown never passes for no."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.kernel.errors import RuleError
from shangdun.respond.regulators.conditions import (
    Condition,
    Group,
    Leaf,
    read_condition,
    read_leaf,
    ways,
    weigh,
)

NAMES = ("a", "b", "c")
leaves = st.builds(Leaf, st.sampled_from(NAMES), st.sampled_from(("is", "not")))
conditions: st.SearchStrategy[Condition] = st.recursive(
    leaves,
    lambda inner: st.builds(
        Group, st.booleans(), st.lists(inner, min_size=1, max_size=3).map(tuple)
    ),
    max_leaves=6,
)
situations = st.fixed_dictionaries(dict.fromkeys(NAMES, st.sampled_from((True, False, None))))


@given(conditions, situations)
def test_an_answer_holds_however_the_unknown_turns_out(
    condition: Condition, situation: dict[str, bool | None]
) -> None:
    verdict = weigh(condition, situation)
    unknown = [name for name, value in situation.items() if value is None]
    if verdict.answer is not None:
        for bits in range(2 ** len(unknown)):
            filled = situation | {n: bool(bits >> i & 1) for i, n in enumerate(unknown)}
            assert weigh(condition, filled).answer is verdict.answer
    else:
        assert verdict.missing
        assert set(verdict.missing) <= set(unknown)


positive: st.SearchStrategy[Condition] = st.recursive(
    st.builds(Leaf, st.sampled_from(NAMES)),
    lambda inner: st.builds(
        Group, st.booleans(), st.lists(inner, min_size=1, max_size=3).map(tuple)
    ),
    max_leaves=6,
)


@given(positive, situations)
def test_each_way_leads_to_a_yes(condition: Condition, situation: dict[str, bool | None]) -> None:
    found = ways(condition, situation)
    assert bool(found) is (weigh(condition, situation).answer is not True)
    for way in found:
        after = situation | {leaf.name: True for leaf in way}
        assert weigh(condition, after).answer is True


@pytest.mark.parametrize("text", ["people >= 1000000", "personal_data", "not harm_averted",
                                  "type = data_breach"])  # fmt: skip
def test_a_comparison_is_its_own_text(text: str) -> None:
    assert str(read_leaf(text)) == text


@pytest.mark.parametrize("raw", ["", "not a >= 2", "a > 2", {"all": []}, {"none": ["a"]}, 7, None])
def test_what_is_no_condition_says_so(raw: object) -> None:
    with pytest.raises(RuleError) as caught:
        read_condition(raw, "law.yml")
    assert caught.value.code == "law.condition"


def test_a_name_that_nobody_knows_is_an_error_and_not_unknown() -> None:
    with pytest.raises(RuleError):
        weigh(read_leaf("poeple >= 3"), {"people": 3})
