"""A storm becomes one finding that counts what it stands for."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.detect.finding import Entity, Finding
from shangdun.respond.folding import WINDOW_MS, fold
from shangdun.respond.storm import (
    APART,
    SKETCH,
    gather,
    is_storm,
    joined,
    number_of,
    sketch_of,
)

MINUTE = 60_000


def finding(number: int, time: int, rule: str = "r", count: int = 1) -> Finding:
    return Finding(
        uid=f"{rule}-{number}",
        rule_uid=rule,
        title="t",
        severity_id=3,
        time=time,
        first_time=time,
        count=count,
        entities=[Entity("address", f"a{number}")],
    )


@given(
    st.lists(
        st.tuples(st.integers(0, 60 * MINUTE), st.sampled_from("rs"), st.integers(1, 5)),
        max_size=120,
    )
)
def test_no_event_is_lost_and_few_findings_remain(rows) -> None:
    findings = [finding(n, time, rule, count) for n, (time, rule, count) in enumerate(rows)]
    before = msgspec.json.encode(findings)
    out = gather(findings, {}, {})
    assert msgspec.json.encode(findings) == before
    remaining = [*out.apart, *out.fresh]
    assert sum(f.count for f in remaining) == sum(f.count for f in findings)
    assert len(out.apart) + out.gathered == len(findings)
    for rule in "rs":
        times = sorted(f.time for f in out.apart if f.rule_uid == rule)
        for start in times:
            assert sum(start <= time <= start + WINDOW_MS for time in times) <= APART + 1


def test_tens_of_thousands_of_subjects_are_one_finding_more() -> None:
    many = [finding(n, n) for n in range(30_000)]
    out = gather(fold(many, {}).fresh, {}, {})
    (storm,) = out.fresh
    assert len(out.apart) == APART
    assert is_storm(storm)
    assert storm.count == out.gathered == 30_000 - APART
    assert number_of(out.sketches[storm.uid]) == pytest.approx(30_000, rel=0.12)
    assert len(storm.entities) == 50
    assert storm.entities[0] == Entity("rule", "r")


def test_a_standing_storm_grows_and_one_that_ended_does_not() -> None:
    first = gather([finding(n, n) for n in range(APART + 5)], {}, {})
    (storm,) = first.fresh
    standing = {"r": (storm, first.sketches[storm.uid])}
    again = gather([finding(900, MINUTE), finding(APART, MINUTE)], {}, standing)
    assert again.fresh == []
    assert again.apart == []
    assert number_of(again.sketches[storm.uid]) == 6, "one subject more, one known"
    calm = gather([finding(901, storm.time + WINDOW_MS + 1)], {}, standing)
    assert [f.uid for f in calm.apart] == ["r-901"]


def test_what_stands_within_the_window_counts() -> None:
    recent = {"r": [0] * (APART - 1)}
    out = gather([finding(1, 1), finding(2, 2)], recent, {})
    assert ([f.uid for f in out.apart], out.gathered) == (["r-1"], 1)
    late = gather([finding(1, WINDOW_MS + 1)], {"r": [0] * APART}, {})
    assert late.gathered == 0


def test_findings_that_name_nobody_are_no_storm() -> None:
    nameless = [msgspec.structs.replace(finding(n, n), entities=[]) for n in range(100)]
    assert gather(nameless, {}, {}).gathered == 0


@given(st.sets(st.text(max_size=4), max_size=60), st.sets(st.text(max_size=4), max_size=60))
def test_sketches_of_parts_are_the_sketch_of_the_whole(one, two) -> None:
    whole = joined(sketch_of(one), sketch_of(two))
    assert whole == sketch_of(one | two) == joined(whole, sketch_of(two))
    assert number_of(whole) == len(one | two)


@pytest.mark.parametrize("size", [SKETCH * 2, 10_000, 200_000])
def test_the_estimate_is_near(size: int) -> None:
    assert number_of(sketch_of(map(str, range(size)))) == pytest.approx(size, rel=0.12)
