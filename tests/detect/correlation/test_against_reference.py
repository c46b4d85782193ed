"""Any stream, in any order, cut into any frames, gives what the reference gives."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shangdun.detect.correlation.correlator import Correlator
from shangdun.detect.correlation.state import Limits

from .feeding import SECOND, START, feed, fold, plain, shown, spec_of
from .reference import Event, episodes_of

LATENESS = 30 * SECOND

STREAMS = st.lists(
    st.tuples(
        st.sampled_from("xy"),
        st.one_of(st.integers(0, 12), st.integers(-45, 90)),
        st.sampled_from("abcd"),
        st.integers(0, 2),
    ),
    max_size=60,
)
CONDITIONS = [
    ("event_count", {"gte": 3}),
    ("event_count", {"gt": 4}),
    ("event_count", {"eq": 2}),
    ("event_count", {"neq": 2}),
    ("event_count", {"gte": 3, "lt": 5}),
    ("event_count", {"lte": 2}),
    ("value_count", {"gte": 2}),
    ("value_count", {"gte": 3}),
    ("value_count", {"lt": 2}),
    ("temporal_ordered", {}),
]


def stream_of(steps: list[tuple[str, int, str, int]]) -> list[Event]:
    """Steps in seconds from the event before, so that order and gaps both occur."""
    time, events = START, []
    for line, (group, step, value, stage) in enumerate(steps, 1):
        time += step * SECOND
        events.append(Event(line, group, time, value, stage))
    return events


@pytest.mark.parametrize(("kind", "bounds"), CONDITIONS)
@given(steps=STREAMS, cuts=st.lists(st.integers(0, 60), max_size=8), fresh=st.sampled_from([0, 9]))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_partition_gives_the_episodes_of_the_reference(kind, bounds, steps, cuts, fresh):
    rules = ("a", "b", "c") if kind == "temporal_ordered" else ("a",)
    spec = spec_of(kind, span=40, rules=rules, **bounds)
    events = stream_of(steps if len(rules) > 1 else [(*step[:3], 0) for step in steps])
    correlator = Correlator([spec], limits=Limits(lateness=LATENESS, fresh=fresh))
    hits = feed(correlator, events, [min(cut, len(events)) for cut in cuts], rules)
    assert fold(hits) == shown(episodes_of(spec, events, LATENESS))


@given(steps=STREAMS, cut=st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_a_restart_in_the_middle_changes_nothing(steps, cut):
    specs = [spec_of(gte=3, span=40), spec_of("value_count", uid="distinct", gte=3, span=40)]
    events = stream_of([(*step[:3], 0) for step in steps])
    whole = feed(Correlator(specs), events, [cut])
    first, second = Correlator(specs), Correlator(specs)
    before = feed(first, events[:cut], [])
    assert second.restore(first.snapshot()) == []
    after = feed(second, events[cut:], [])
    assert [plain(hit) for hit in before + after] == [plain(hit) for hit in whole]
