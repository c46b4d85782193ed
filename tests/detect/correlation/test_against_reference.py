"""Any stream, in any order, cut into any frames, gives what the reference gives."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shangdun.detect.correlation import window
from shangdun.detect.correlation.correlator import Correlator
from shangdun.detect.correlation.state import Limits

from .feeding import SECOND, START, feed, fold, plain, shown, spec_of
from .reference import Event, Reference

LATENESS = 30 * SECOND
SPAN = 40
STAGES = ("a", "b", "c")
EXAMPLES = 40

STREAMS = st.lists(
    st.builds(
        lambda group, step, value, stage, also, buyer, source: (
            step,
            Event(0, group, 0, value, stage, also, buyer, source),
        ),
        st.sampled_from(["x", "x", "y", None]),
        st.one_of(st.integers(0, 12), st.integers(-45, 90)),
        st.sampled_from(["1", "2.5", " 30", "-4", "0.1", "word", None]),
        st.one_of(st.integers(0, 2), st.none()),
        st.sampled_from([None, None, 0, 1, 2]),
        st.sampled_from(["x", "y", None]),
        st.sampled_from("ssst"),
    ),
    max_size=50,
)
CUTS = st.lists(st.integers(0, 50), max_size=8)
FRESH = st.sampled_from([0, 9, 1_000])
"""How soon the past is forgotten; 1,000: never in these streams."""

ALIASES = {"who": {"b": "buyer", "a": "group"}}
RULES = {
    "event_count gte": spec_of(gte=3),
    "event_count of several rules": spec_of(gte=3, rules=STAGES),
    "event_count gt": spec_of(gt=4),
    "event_count eq": spec_of(eq=2),
    "event_count neq": spec_of(neq=2),
    "event_count range": spec_of(gte=3, lt=5),
    "event_count lte": spec_of(lte=2),
    "event_count without group": spec_of(gte=4, group_by=()),
    "value_count": spec_of("value_count", gte=3),
    "value_count lt": spec_of("value_count", lt=2),
    "value_count range": spec_of("value_count", gt=1, lte=3, rules=("a", "b")),
    "value_sum": spec_of("value_sum", gt=30),
    "value_sum lt": spec_of("value_sum", lt=0),
    "value_sum eq": spec_of("value_sum", eq=0.3, rules=STAGES),
    "value_avg": spec_of("value_avg", gte=2.5),
    "value_avg range": spec_of("value_avg", gt=-1, lt=1, rules=("a", "b")),
    "value_median": spec_of("value_median", gte=2),
    "value_median lte": spec_of("value_median", lte=0.1),
    "value_percentile": spec_of("value_percentile", gte=20, percentile=95.0),
    "value_percentile neq": spec_of("value_percentile", neq=-4, percentile=0.0),
    "temporal": spec_of("temporal", rules=STAGES),
    "temporal of two": spec_of("temporal", rules=STAGES, eq=2),
    "temporal lt": spec_of("temporal", rules=STAGES, lt=2),
    "temporal and not": spec_of("temporal", rules=STAGES, expression="a and b and not c"),
    "temporal or": spec_of("temporal", rules=STAGES, expression="a and (b or not c)"),
    "temporal only not": spec_of("temporal", rules=STAGES, expression="not (a and b or c)"),
    "temporal_ordered": spec_of("temporal_ordered", rules=STAGES),
    "temporal_ordered of two": spec_of("temporal_ordered", rules=STAGES, gte=2),
    "temporal_ordered lt": spec_of("temporal_ordered", rules=STAGES, lt=2),
    "temporal_ordered of one": spec_of("temporal_ordered", rules=("b", "b")),
    "temporal_ordered not": spec_of(
        "temporal_ordered", rules=STAGES, expression="a and c and not b"
    ),
    "temporal_ordered or": spec_of(
        "temporal_ordered", rules=STAGES, expression="(a or b) and c or not (a or c)"
    ),
    "absence": spec_of("absence", rules=("a", "b")),
    "absence by alias": spec_of("absence", rules=("a", "b"), group_by=("who",)),
    "temporal by alias": spec_of("temporal", rules=STAGES, group_by=("who", "value")),
    "value_sum by alias": spec_of("value_sum", gte=20, rules=("a", "b"), group_by=("who",)),
}  # fmt: skip
COUNTED = spec_of(uid="counted", gte=2, rules=("missing",), span=90)
CHAINS = {
    "a count of counts": [
        spec_of(uid="many", gte=2),
        spec_of(uid="counted", gte=2, rules=("many",), span=90),
    ],
    "a count, then an event": [
        spec_of(uid="many", gte=2),
        spec_of("temporal_ordered", uid="then", rules=("many", "b")),
    ],
    "absences counted": [spec_of("absence", uid="missing", rules=("a", "b")), COUNTED],
    "absences counted by another field": [
        spec_of("absence", uid="missing", rules=("a", "b"), group_by=("group", "value")),
        msgspec.structs.replace(COUNTED, group_by=("buyer",)),
    ],
    "an absence near an event": [
        spec_of("absence", uid="missing", rules=("a", "b")),
        spec_of("temporal", uid="near", rules=("missing", "c"), expression="missing and not c"),
        spec_of("temporal_ordered", uid="then", rules=("missing", "c")),
    ],
    "values of absences": [
        spec_of("absence", uid="missing", rules=("a", "b")),
        spec_of("value_sum", uid="sum", rules=("missing", "c"), gte=3),
        spec_of("value_count", uid="distinct", rules=("missing",), gte=2),
    ],
    "an absence of an absence": [
        spec_of("absence", uid="missing", rules=("a", "b"), span=10),
        spec_of("absence", uid="still", rules=("missing", "c"), span=20),
        spec_of(uid="counted", gte=2, rules=("still", "missing"), span=90),
    ],
    "an absence after many": [
        spec_of(uid="many", gte=2),
        spec_of("absence", uid="missing", rules=("many", "b"), span=10),
    ],
}  # fmt: skip


@pytest.fixture(autouse=True, scope="module", params=[1, 64], ids=["abreast", "one by one"])
def several(request):
    """These streams have few groups: measure even those together, and then each for itself."""
    before, window.SEVERAL = window.SEVERAL, request.param
    yield
    window.SEVERAL = before


def spanned(spec):
    """With the span and the aliases of this test."""
    aliases = ALIASES if "who" in spec.group_by else {}
    aliases = (
        {"who": {k: v for k, v in ALIASES["who"].items() if k in spec.rules}} if aliases else {}
    )
    return msgspec.structs.replace(spec, span=SPAN * SECOND, aliases=aliases)


def stream_of(steps: list[tuple[int, Event]], fresh: int = 1_000) -> list[Event]:
    """Steps in seconds from the event before, so that order and gaps both occur.

    Where the past is forgotten, nothing is later than the lateness behind the whole stream: of
    what is, but not behind its own group, it is not said whether it finds its group.
    """
    time, newest, events = START, START, []
    for line, (step, event) in enumerate(steps, 1):
        time += step * SECOND
        if fresh < 1_000:
            time = max(time, newest - LATENESS)
        newest = max(newest, time)
        fields = {name: getattr(event, name) for name in event.__dataclass_fields__}
        events.append(Event(**{**fields, "line": line, "time": time}))
    return events


def correlator_of(specs, fresh: int = 1_000) -> Correlator:
    return Correlator(specs, limits=Limits(lateness=LATENESS, fresh=fresh))


def quiet_of(specs) -> frozenset[str]:
    return frozenset(name for spec in specs for name in spec.rules)


@pytest.mark.parametrize("name", RULES)
@given(steps=STREAMS, cuts=CUTS, fresh=FRESH)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_partition_gives_the_episodes_of_the_reference(name, steps, cuts, fresh):
    spec, events = spanned(RULES[name]), stream_of(steps, fresh)
    hits = feed(correlator_of([spec], fresh), events, cuts, STAGES)
    assert fold(hits) == shown(Reference([spec], STAGES, LATENESS).feed(events))


@pytest.mark.parametrize("name", CHAINS)
@given(steps=STREAMS, cuts=CUTS, fresh=FRESH)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_chains_in_any_partition_give_the_episodes_of_the_reference(name, steps, cuts, fresh):
    specs, events = CHAINS[name], stream_of(steps, fresh)
    hits = feed(correlator_of(specs[::-1], fresh), events, cuts, STAGES)
    expected = Reference(specs, STAGES, LATENESS).feed(events)
    assert fold(hits) == shown(expected, quiet_of(specs))


@given(steps=STREAMS, cut=st.integers(0, 50), fresh=FRESH)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_restart_in_the_middle_changes_nothing(steps, cut, fresh):
    specs = [spanned(msgspec.structs.replace(spec, uid=name)) for name, spec in RULES.items()]
    for name, chain in CHAINS.items():
        own = {spec.uid: f"{name} {spec.uid}" for spec in chain}
        specs += [
            msgspec.structs.replace(
                spec, uid=own[spec.uid], rules=tuple(own.get(rule, rule) for rule in spec.rules)
            )
            for spec in chain
        ]
    events = stream_of(steps, fresh)
    once, first, second = (correlator_of(specs, fresh) for _ in range(3))
    whole = feed(once, events, [cut], STAGES)
    before = feed(first, events[:cut], [], STAGES)
    assert second.restore(first.snapshot()) == []
    after = feed(second, events[cut:], [], STAGES)
    assert [plain(hit) for hit in before + after] == [plain(hit) for hit in whole]
    assert counted(second) == counted(once)


def counted(correlator: Correlator) -> list[list[int]]:
    """The figures but for what is held now: a snapshot may tidy."""
    return [
        [value for name, value in msgspec.structs.asdict(figures).items() if "_" in name]
        for figures in correlator.figures.values()
    ]


@given(steps=STREAMS, cuts=CUTS, moments=st.lists(st.integers(0, 400), max_size=3))
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_time_that_goes_on_without_events_is_that_of_the_reference(steps, cuts, moments):
    specs, events = CHAINS["an absence near an event"], stream_of(steps)
    correlator, reference = correlator_of(specs), Reference(specs, STAGES, LATENESS)
    hits = []
    for at in range(0, len(events), 9):
        part = events[at : at + 9]
        hits += feed(correlator, part, cuts, STAGES)
        reference.feed(part)
        if moments:
            now = max(event.time for event in part) + moments.pop() * SECOND
            hits += correlator.advance(now, sources=["s"])
            if "s" in reference.clocks:
                reference.advance("s", now)
    assert fold(hits) == shown(reference.episodes, quiet_of(specs))
