"""Folding loses no count, whatever comes in whatever order."""

from __future__ import annotations

from itertools import pairwise

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from shangdun.detect.finding import Entity, Evidence, Finding
from shangdun.respond.folding import (
    EVIDENCES_KEPT,
    LONGEST_MS,
    WINDOW_MS,
    fold,
    fold_key,
    kept_evidences,
)

MINUTE = 60_000


def finding(
    uid: int, time: int, who: str = "a", rule: str = "r", span: int = 0, count: int = 1
) -> Finding:
    evidence = Evidence(source="s", file="f", line=uid + 1, offset=0, time=time, raw=str(uid))
    return Finding(
        uid=str(uid),
        rule_uid=rule,
        title="t",
        severity_id=3,
        time=time,
        first_time=time - span,
        count=count,
        entities=[Entity("address", who)],
        evidences=[evidence],
    )


FINDINGS = st.lists(
    st.builds(
        dict,
        time=st.integers(0, 60 * MINUTE),
        who=st.sampled_from("ab"),
        rule=st.sampled_from("rs"),
        span=st.integers(0, 5 * MINUTE),
        count=st.integers(1, 9),
    ),
    max_size=30,
).map(lambda rows: [finding(uid, **row) for uid, row in enumerate(rows)])


@given(FINDINGS)
def test_nothing_is_lost_and_nothing_given_is_changed(findings: list[Finding]) -> None:
    before = msgspec.json.encode(findings)
    folding = fold(findings, {})
    assert msgspec.json.encode(findings) == before
    assert folding.grown == {}
    assert sum(f.count for f in folding.fresh) == sum(f.count for f in findings)
    assert {fold_key(f) for f in folding.fresh} == {fold_key(f) for f in findings}
    assert all(len(f.evidences) <= EVIDENCES_KEPT for f in folding.fresh)
    for key in {fold_key(f) for f in findings}:
        mine = [f for f in findings if fold_key(f) == key]
        out = [f for f in folding.fresh if fold_key(f) == key]
        assert max(f.time for f in out) == max(f.time for f in mine)
        assert min(f.first_time for f in out) == min(f.first_time for f in mine)


@given(FINDINGS)
def test_what_stays_apart_is_more_than_ten_minutes_apart(findings: list[Finding]) -> None:
    by_key: dict[str, list[Finding]] = {}
    for out in sorted(fold(findings, {}).fresh, key=lambda f: f.time):
        by_key.setdefault(fold_key(out), []).append(out)
    for apart in by_key.values():
        for earlier, later in pairwise(apart):
            assert later.time > earlier.time + WINDOW_MS


@given(FINDINGS, st.integers(0, 30))
def test_two_batches_add_up_like_one(findings: list[Finding], cut: int) -> None:
    findings.sort(key=lambda f: f.time)
    first = fold(findings[:cut], {}).fresh
    standing = {fold_key(f): f for f in sorted(first, key=lambda f: f.time)}
    second = fold(findings[cut:], standing)
    stored = {f.uid: f for f in [*first, *second.fresh]} | second.grown
    assert sum(f.count for f in stored.values()) == sum(f.count for f in findings)
    assert set(second.grown) <= {f.uid for f in first}


def test_the_window_counts_from_the_last_event_and_its_edge_belongs() -> None:
    assert len(fold([finding(1, 0), finding(2, WINDOW_MS)], {}).fresh) == 1
    assert len(fold([finding(1, 0), finding(2, WINDOW_MS + 1)], {}).fresh) == 2
    chain = [finding(n, n * WINDOW_MS) for n in range(6)]
    assert len(fold(chain, {}).fresh) == 1


def test_an_attack_that_never_pauses_gets_a_new_finding_a_day() -> None:
    count = 2 * LONGEST_MS // WINDOW_MS
    assert len(fold([finding(n, n * WINDOW_MS) for n in range(count)], {}).fresh) == 2


def test_a_late_finding_still_folds() -> None:
    standing = finding(1, 20 * MINUTE)
    folding = fold([finding(2, 15 * MINUTE)], {fold_key(standing): standing})
    assert folding.fresh == []
    assert (folding.grown["1"].first_time, folding.grown["1"].time) == (15 * MINUTE, 20 * MINUTE)


def test_how_it_began_and_how_it_stands_is_kept() -> None:
    evidences = [finding(n, n).evidences[0] for n in range(50)]
    assert [e.raw for e in kept_evidences(evidences)] == [
        str(n) for n in (*range(10), *range(40, 50))
    ]
    assert kept_evidences(evidences[:20]) == evidences[:20]
