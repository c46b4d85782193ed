"""What a person relies on of each type: numbers as on paper, rules together and in order."""

from __future__ import annotations

import msgspec
import numpy as np
import polars as pl
import pytest

from shangdun.detect.correlation.correlator import Correlator

from .feeding import SECOND, START, Match, Rule, burst, feed, frame, matches, spec_of
from .reference import Event


def amounts(*values: str | None) -> list[Event]:
    return [Event(n, "x", START + n * SECOND, value) for n, value in enumerate(values, 1)]


def stages(*steps: tuple[int, int]) -> list[Event]:
    return [Event(n, "x", START + at * SECOND, stage=s) for n, (at, s) in enumerate(steps, 1)]


def values_of(spec, events, cuts=(), names=("a",)) -> list[float]:
    return [hit.value for hit in feed(Correlator([spec]), events, list(cuts), names)]


def test_decimal_amounts_add_up_as_on_paper():
    assert values_of(spec_of("value_sum", eq=1), amounts(*["0.1"] * 10)) == [1]
    assert values_of(spec_of("value_sum", gte=59.97), amounts(*["19.99"] * 3)) == [59.97]
    assert values_of(spec_of("value_avg", gte=0.1), amounts(*["0.1"] * 3), range(3))[-1] == 0.1


def test_a_sum_is_exact_whatever_passed_through_the_window():
    """A huge amount that has left the window leaves no rounding behind."""
    huge = [Event(1, "x", START, "9999999999999.5"), Event(2, "x", START + 61 * SECOND, "0.25")]
    assert values_of(spec_of("value_sum", eq=0.25), huge) == [0.25]


def test_median_and_percentiles_lie_between_values_in_proportion():
    five = amounts("1", "2", "3", "4", "10")
    assert values_of(spec_of("value_median", eq=3), five) == [3]
    assert values_of(spec_of("value_median", eq=2.5), five[:4]) == [2.5]
    ninety = spec_of("value_percentile", percentile=90.0, eq=7.6)
    assert values_of(ninety, five) == [7.6]
    least = spec_of("value_percentile", percentile=0.0, gte=1)
    assert values_of(least, five[1:]) == [2]


def test_what_is_no_number_is_left_out_and_counted():
    correlator = Correlator([spec_of("value_sum", gte=7)])
    events = amounts("3", " 4 ", "many", "", "nan", "1e99", None)
    assert [hit.value for hit in feed(correlator, events, [])] == [7]
    figures = correlator.figures["corr"]
    assert (figures.non_numeric_events, figures.ungrouped_events) == (4, 1)


@pytest.mark.parametrize("column", [[5, 6], [5.0, 6.0], ["5", "6.0"]])
def test_numbers_and_texts_that_spell_them_are_the_same(column):
    events = frame(burst("x", [0, 1])).with_columns(value=pl.Series(column))
    hits = Correlator([spec_of("value_avg", gt=5)]).feed(events, [Match(Rule("a"), np.arange(2))])
    assert [hit.value for hit in hits] == [5.5]


def test_yes_and_no_are_no_numbers():
    events = frame(burst("x", [0, 1])).with_columns(value=pl.Series([True, False]))
    correlator = Correlator([spec_of("value_sum", gte=0)])
    assert not correlator.feed(events, [Match(Rule("a"), np.arange(2))])
    assert correlator.figures["corr"].non_numeric_events == 2


def test_where_little_is_asked_for_the_least_is_told():
    assert values_of(spec_of("value_avg", lt=5), amounts("9", "0", "0", "6")) == [3]


def test_a_condition_that_holds_by_falling_is_asked_at_events_only():
    """Silence is no event: it is absence that asks for it."""
    few = spec_of(lt=2)
    hits = feed(Correlator([few]), burst("x", [0, 1, 200]), [])
    assert [(hit.first_time - START, hit.begins) for hit in hits] == [(0, True), (200_000, True)]


def test_rules_may_occur_in_any_order_within_the_span():
    spec = spec_of("temporal", rules=("a", "b"))
    for steps in ([(0, 0), (60, 1)], [(0, 1), (60, 0)]):
        assert values_of(spec, stages(*steps), (1,), ("a", "b")) == [2]
    assert not values_of(spec, stages((0, 0), (61, 1)), (1,), ("a", "b"))


def test_one_event_may_be_of_several_rules_and_counts_once():
    spec = spec_of("temporal", rules=("a", "b"))
    both = [Match(Rule(name), np.array([0])) for name in "ab"]
    hits = Correlator([spec]).feed(frame(stages((0, 0))), both)
    assert [(hit.value, hit.count) for hit in hits] == [(2, 1)]


def test_some_of_the_rules_may_suffice():
    two = spec_of("temporal", rules=("a", "b", "c"), gte=2)
    assert values_of(two, stages((0, 0), (1, 2)), (), ("a", "b", "c")) == [2]
    ordered = spec_of("temporal_ordered", rules=("a", "b", "c"), gte=2)
    assert values_of(ordered, stages((0, 0), (1, 2)), (), ("a", "b", "c")) == [2]
    assert not values_of(ordered, stages((0, 2), (1, 0)), (), ("a", "b", "c"))


def test_an_expression_asks_for_what_is_there_and_what_is_not():
    spec = spec_of("temporal", rules=("a", "b", "c"), expression="a and b and not c")
    names = ("a", "b", "c")
    assert values_of(spec, stages((0, 0), (9, 1)), (), names) == [2]
    assert not values_of(spec, stages((0, 2), (1, 0), (9, 1)), (), names)
    assert values_of(spec, stages((0, 2), (61, 0), (65, 1)), (), names) == [2]


def test_an_ordered_expression_asks_for_the_order_of_the_list():
    spec = spec_of("temporal_ordered", rules=("a", "b", "c"), expression="(a or b) and c")
    names = ("a", "b", "c")
    assert values_of(spec, stages((0, 1), (9, 2)), (), names) == [2]
    assert not values_of(spec, stages((0, 2), (9, 1)), (), names)


def test_several_counted_fields_are_counted_in_their_combinations():
    spec = spec_of("value_count", gte=3)
    condition = msgspec.structs.replace(spec.condition, fields=("value", "buyer"))
    spec = msgspec.structs.replace(spec, condition=condition)
    pairs = [("1", "x"), ("1", "y"), ("1", "x"), ("2", "x")]
    events = [
        Event(n, "x", START + n * SECOND, value, buyer=buyer)
        for n, (value, buyer) in enumerate(pairs, 1)
    ]
    assert values_of(spec, events, (1, 2, 3)) == [3]


def test_events_from_before_keep_their_source():
    correlator = Correlator([spec_of(gte=2)])
    one, two = burst("x", [0, 1])
    correlator.feed(frame([one]), matches([one]), file="access.log", source="web")
    hits = correlator.feed(frame([two]), matches([two]), file="orders.log", source="shop")
    assert [(ref.source, ref.file) for ref in hits[0].earlier] == [("web", "access.log")]


def test_time_spent_is_told_for_each_rule():
    correlator = Correlator([spec_of(uid="one", gte=2), spec_of(uid="two", gte=2, rules=("b",))])
    feed(correlator, burst("x", range(500)), [])
    costs = correlator.costs()
    assert set(costs) == {"one", "two"}
    assert costs["one"] > costs["two"] >= 0
