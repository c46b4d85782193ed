"""The matrix: levels before and after measures, and tables that make sense."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shangdun.assess.method.matrix import Effect, Level, Matrix, Rated, checked, default
from shangdun.assess.method.review import REVIEW_DAYS, Change, change
from shangdun.assess.method.starter import register
from shangdun.govern.controls.catalogue import measures
from shangdun.kernel.errors import UsageError

LEVEL = some.integers(1, 5)
RATED = some.builds(Rated, LEVEL, LEVEL, LEVEL, LEVEL)
EFFECT = some.builds(Effect, some.integers(0, 4), some.integers(0, 4))


def tables(matrix: Matrix) -> dict:
    return {"likelihood": matrix.likelihood, "loss": matrix.loss, "risk": matrix.risk}


def test_the_shipped_tables_pass_their_own_check():
    assert checked(tables(default())) == default()


def test_levels_of_named_cases():
    matrix = default()
    assert matrix.before(Rated(5, 5, 5, 5)) == Level(5, 5, 5)
    assert matrix.before(Rated(1, 1, 1, 1)) == Level(1, 1, 1)
    assert matrix.before(Rated(4, 4, 5, 5)) == Level(4, 5, 5)
    assert matrix.before(Rated(2, 3, 3, 3)) == Level(2, 3, 2)
    assert matrix.after(Rated(4, 4, 5, 5), [Effect(2, 0), Effect(0, 1)]) == Level(2, 4, 2)
    assert matrix.after(Rated(2, 2, 2, 2), [Effect(4, 4)] * 3) == Level(1, 1, 1)


@given(RATED, some.lists(EFFECT, max_size=4))
def test_measures_never_raise_a_risk(rated, effects):
    matrix = default()
    before, after = matrix.before(rated), matrix.after(rated, effects)
    assert after.level <= before.level
    assert matrix.after(rated, []) == before


@given(RATED, some.sampled_from(["threat", "ease", "asset", "harm"]))
def test_a_worse_rating_is_never_a_lower_risk(rated, name):
    worse = {one: getattr(rated, one) for one in rated.__struct_fields__}
    worse[name] = min(5, worse[name] + 1)
    assert default().before(Rated(**worse)).level >= default().before(rated).level


@pytest.mark.parametrize(
    ("row", "column", "value", "code"),
    [(2, 2, 0, "matrix.cell"), (2, 2, 6, "matrix.cell"), (4, 4, 1, "matrix.order")],
)
def test_a_wrong_cell_is_named(row, column, value, code):
    wrong = tables(default())
    wrong["risk"] = [list(line) for line in wrong["risk"]]
    wrong["risk"][row][column] = value
    with pytest.raises(UsageError) as error:
        checked(wrong)
    assert error.value.code == code
    assert error.value.where == f"risk {row + 1}×{column + 1}"


def test_a_table_of_another_size_is_refused():
    with pytest.raises(UsageError):
        checked(tables(default()) | {"loss": [[1] * 5] * 4})


@pytest.mark.parametrize(
    ("before", "after", "became"),
    [
        (None, 3, Change.NEW), (3, None, Change.GONE), (3, 3, Change.SAME),
        (3, 4, Change.WORSE), (3, 1, Change.BETTER),
    ],
)  # fmt: skip
def test_what_becomes_of_a_finding(before, after, became):
    assert change(before, after) == became


def test_worse_risks_are_reviewed_sooner():
    assert list(REVIEW_DAYS) == sorted(REVIEW_DAYS, reverse=True)


def test_the_register_to_begin_with_holds_together():
    found = register()
    assert [one.zh for one in found.factors] == [
        "网络安全攻击", "数据泄露", "内部人员违规操作", "法律法规变化", "技术更新迭代",
    ]  # fmt: skip
    assert [one.impact for one in found.factors] == [4, 4, 3, 3, 3]
    threats = {one.key for one in found.threats}
    keys = [one.key for factor in found.factors for one in (factor, *factor.risks)]
    assert len(keys) == len(set(keys))
    for factor in found.factors:
        assert factor.measures
        assert {one.threat for one in factor.risks} <= threats
        assert {one.control for one in factor.measures} <= set(measures())
        for one in factor.risks:
            assert all(1 <= level <= 5 for level in (one.ease, one.harm, one.value))
            assert one.loss_zh
            assert one.loss_en
