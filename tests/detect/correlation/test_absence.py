"""A and then no B: when it is certain, whom it names, how it is counted."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from shangdun.detect.correlation.clock import FAR
from shangdun.detect.correlation.correlator import Correlator
from shangdun.detect.correlation.state import Limits
from shangdun.detect.detector import Detector
from shangdun.detect.rules import load_rules
from shangdun.lake.block import Block
from shangdun.lake.parse import get_parser

from .feeding import SECOND, START, feed, spec_of
from .reference import Event

RULES = ("a", "b")
ABSENCE = spec_of("absence", uid="missing", rules=RULES)
LATE = 30


def correlator_of(*specs, **limits) -> Correlator:
    return Correlator(specs or [ABSENCE], limits=Limits(lateness=LATE * SECOND, **limits))


def events_of(*steps: tuple[int, str], source: str = "s") -> list[Event]:
    """Seconds and what: ``a`` reserves, ``b`` pays, ``.`` is anything else, a letter who."""
    found = []
    for line, (at, what) in enumerate(steps, 1):
        stage = RULES.index(what[0]) if what[0] in RULES else None
        who = what[1:] or "x"
        found.append(Event(line, who, START + at * SECOND, stage=stage, buyer="buyer " + who,
                           source=source))  # fmt: skip
    return found


def found(correlator: Correlator, *steps: tuple[int, str], cuts=()) -> list[str]:
    return [hit.group["group"] for hit in feed(correlator, events_of(*steps), list(cuts), RULES)]


def test_nothing_is_certain_before_the_time_and_the_lateness_are_over():
    assert not found(correlator_of(), (0, "a"), (90, "."))
    assert found(correlator_of(), (0, "a"), (91, ".")) == ["x"]


def test_an_answer_counts_to_the_last_moment_and_only_after_the_question():
    assert not found(correlator_of(), (0, "a"), (60, "b"), (500, "."))
    assert not found(correlator_of(), (0, "a"), (0, "b"), (500, "."))
    assert found(correlator_of(), (0, "a"), (61, "b"), (500, ".")) == ["x"]
    assert found(correlator_of(), (0, "b"), (1, "a"), (500, ".")) == ["x"]


def test_somebody_elses_answer_is_none():
    assert found(correlator_of(), (0, "ax"), (1, "by"), (500, ".")) == ["x"]


def test_an_answer_that_arrives_late_or_before_its_question_is_one():
    assert not found(correlator_of(), (0, "a"), (80, "."), (55, "b"), (500, "."), cuts=[1, 2, 3])
    assert not found(correlator_of(), (20, "b"), (5, "a"), (500, "."), cuts=[1, 2])
    late = correlator_of()
    assert found(late, (0, "a"), (80, "."), (45, "b"), (500, "."), cuts=[1, 2, 3]) == ["x"]
    assert late.figures["missing"].late_events == 1


def test_the_event_is_named_with_its_time_its_place_and_its_fields():
    correlator = Correlator([ABSENCE], limits=Limits(lateness=0), kept={"buyer"})
    (hit,) = feed(correlator, events_of((0, "a"), (70, ".")), [1], RULES)
    assert (hit.begins, hit.count, hit.value, hit.rows.tolist()) == (True, 1, 1, [])
    assert (hit.first_time, hit.last_time) == (START, START + 60 * SECOND)
    (ref,) = hit.earlier
    assert (ref.source, ref.file, ref.line, ref.time) == ("s", "log", 1, START)
    assert ref.fields == {"buyer": "buyer x"}
    (same,) = feed(correlator_of(), events_of((0, "a"), (99, ".")), [], RULES)
    assert same.rows.tolist() == [0], "in the frame at hand its row is given"


def test_absences_of_one_group_are_one_episode():
    steps = [(0, "a"), (10, "a"), (20, "a"), (500, "a"), (700, ".")]
    hits = feed(correlator_of(), events_of(*steps), [4], RULES)
    assert [(hit.count, hit.begins) for hit in hits] == [(3, True), (1, True)]


def test_absences_are_counted_by_a_correlation_over_them_by_another_field():
    """Orders that nobody pays, counted by who placed them."""
    orders = msgspec.structs.replace(ABSENCE, group_by=("group",))
    many = spec_of(uid="many", rules=("missing",), gte=3, span=600, group_by=("buyer",))
    events = [
        Event(n, f"order {n}", START + n * 20 * SECOND, stage=0, buyer="u1") for n in range(1, 5)
    ]
    events.append(Event(9, "order 2", START + 85 * SECOND, stage=1, buyer="u1"))
    events.append(Event(10, "-", START + 900 * SECOND, stage=None))
    for cuts in ([], [1, 2, 3, 4, 5]):
        (hit,) = feed(correlator_of(orders, many), events, cuts, RULES)
        assert (hit.rule, hit.group, hit.value) == ("many", {"buyer": "u1"}, 3)
        assert hit.last_time == START + 140 * SECOND, "when the last could still have been paid"


def test_a_silent_source_is_moved_on_by_hand():
    correlator = correlator_of()
    assert not found(correlator, (0, "a"))
    assert not correlator.advance(START + 90 * SECOND)
    assert not correlator.advance(START + 999 * SECOND, sources=["another"])
    (hit,) = correlator.advance(START + 91 * SECOND, sources=["s"])
    assert hit.group == {"group": "x"}
    assert not correlator.advance(START + 999 * SECOND)


def test_the_time_of_another_source_does_not_count():
    correlator = correlator_of()
    assert not found(correlator, (0, "a"))
    assert not feed(correlator, events_of((999, "."), source="other"), [], RULES)
    assert found(correlator, (91, ".")) == ["x"]


def test_one_event_from_the_future_makes_nothing_certain():
    ahead = FAR // SECOND + 9
    assert not found(correlator_of(), (0, "a"), (ahead, "."), (1, "."), (ahead, "."))
    assert found(correlator_of(), (0, "a"), (ahead, "."), (ahead + 1, ".")) == ["x"]


def test_what_waits_is_bounded_and_what_that_costs_is_counted():
    correlator = correlator_of(waiting=10)
    names = [(n, f"a{n}") for n in range(25)]
    assert found(correlator, *names, (500, "."), cuts=[25]) == [f"{n}" for n in range(15, 25)]
    assert correlator.figures["missing"].evicted_events == 15


def test_answers_are_forgotten_when_nothing_can_ask_for_them():
    correlator = correlator_of()
    for day in range(4):
        steps = [(day * 86_000 + n % 50, f"b{day}-{n}") for n in range(3_000)]
        found(correlator, *steps)
    figures = correlator.figures["missing"]
    assert figures.events < 7_000
    assert figures.trimmed_events == figures.evicted_events == 0


DOCUMENT = """
title: Reserved
id: 11111111-0000-4000-8000-000000000001
name: reserved
logsource: {product: shop, category: order}
detection:
    selection: {activity_name: Reserve}
    condition: selection
---
title: Paid
id: 11111111-0000-4000-8000-000000000002
name: paid
logsource: {product: shop, category: order}
detection:
    selection: {activity_name: Pay}
    condition: selection
---
title: Reserved and not paid
id: 11111111-0000-4000-8000-000000000003
name: unpaid
correlation:
    type: absence
    rules: [reserved, paid]
    group-by: [order.uid]
    timespan: 30m
level: low
---
title: Many orders that nobody pays
id: 11111111-0000-4000-8000-000000000004
correlation:
    type: event_count
    rules: [unpaid]
    generate: true
    group-by: [user.name]
    timespan: 6h
    condition: {gte: 3}
level: high
"""


@pytest.fixture
def detector(tmp_path: Path) -> Detector:
    (tmp_path / "unpaid.yml").write_text(DOCUMENT, "utf-8")
    ruleset = load_rules([tmp_path], builtin=False, cache_dir=tmp_path / "cache")
    assert not ruleset.errors
    assert not ruleset.skipped
    return Detector(ruleset)


def process(detector: Detector, *events: dict) -> list:
    lines = "".join(
        json.dumps({"product": "shop", "category": "order", **event}) + "\n" for event in events
    )
    parsed = get_parser("json").parse(Block(lines.encode(), name="orders"))
    assert not parsed.dead
    return detector.process(parsed, source="shop", file_id="f", path="orders")


def order(minute: int, number: int, activity: str, user: str = "u1") -> dict:
    return {"time": START + minute * 60_000, "activity_name": activity,
            "order": {"uid": f"o{number}"}, "user": {"name": user}}  # fmt: skip


def test_findings_name_order_and_account_though_no_row_of_the_frame_does(detector):
    assert not process(detector, *(order(n, n, "Reserve") for n in range(4)))
    assert not process(detector, order(5, 2, "Pay"))
    found = process(detector, {"time": START + 60 * 60_000, "activity_name": "View"})
    by_title = {}
    for finding in found:
        by_title.setdefault(finding.title, []).append(finding)
    single = by_title["Reserved and not paid"]
    assert [(f.entities[0].value, f.count) for f in single] == [("o0", 1), ("o1", 1), ("o3", 1)]
    assert {("account", "u1")} <= {(e.kind, e.value) for e in single[0].entities}
    assert [(e.source, e.line, e.fields["user.name"]) for e in single[0].evidences] == [
        ("shop", 1, "u1")
    ]
    assert single[0].reasons[0].operator == "absence"
    assert single[0].reasons[0].pattern == "Paid within 30 min"
    (many,) = by_title["Many orders that nobody pays"]
    assert (many.entities[0].value, many.count, many.reasons[0].value) == ("u1", 3, "3")
    assert len({finding.uid for finding in found}) == 4


def test_a_detector_that_waits_goes_on_after_a_restart_and_in_silence(detector):
    process(detector, *(order(n, n, "Reserve") for n in range(3)))
    state = detector.snapshot()
    detector.restore(state)
    found = detector.advance(START + 60 * 60_000)
    assert sorted(f.title for f in found) == [
        "Many orders that nobody pays",
        *["Reserved and not paid"] * 3,
    ]
    assert detector.rule_figures()["11111111-0000-4000-8000-000000000003"].events == 0
