"""What a person relies on: when a hit comes, what it carries, what is counted and forgotten."""

from __future__ import annotations

import subprocess
import sys

import msgspec
import numpy as np
import polars as pl
import pytest

from shangdun.detect.correlation.correlator import Correlator
from shangdun.detect.correlation.state import Limits
from shangdun.kernel.errors import RuleError, StoreError

from .feeding import SECOND, START, Match, Rule, burst, feed, frame, matches, plain, spec_of
from .reference import Event


def test_a_window_slides_and_is_no_bucket():
    """Three events around a full minute are three in a minute."""
    hits = feed(Correlator([spec_of(gte=3)]), burst("x", [50, 65, 109]), [])
    assert [(hit.count, hit.value) for hit in hits] == [(3, 3)]
    assert not feed(Correlator([spec_of(gte=3)]), burst("x", [0, 59, 61]), [])


def test_both_ends_belong_to_the_window():
    assert feed(Correlator([spec_of(gte=2)]), burst("x", [0, 60]), [])
    assert not feed(Correlator([spec_of(gte=2)]), burst("x", [0, 61]), [])


def test_one_hit_an_episode_and_a_new_one_after_a_whole_quiet_timespan():
    times = [0, 1, 2, 3, 50, 62, 130, 131, 132]
    hits = feed(Correlator([spec_of(gte=3)]), burst("x", times), [])
    assert [(hit.begins, hit.count, hit.rows.tolist()) for hit in hits] == [
        (True, 6, [0, 1, 2, 3, 4, 5]),
        (True, 3, [6, 7, 8]),
    ]
    assert hits[0].last_time == START + 62 * SECOND


def test_an_episode_that_goes_on_keeps_its_name_and_grows():
    correlator = Correlator([spec_of(gte=3)])
    hits = feed(correlator, burst("x", [0, 1, 2, 3, 4]), [2, 3, 4])
    assert [(hit.begins, hit.count) for hit in hits] == [(True, 3), (False, 4), (False, 5)]
    assert len({hit.episode for hit in hits}) == 1
    assert {hit.first_time for hit in hits} == {START}


def test_the_beginning_of_an_episode_is_named_though_it_was_fed_before():
    hits = feed(Correlator([spec_of(gte=3)]), burst("x", [0, 1, 2]), [2])
    assert [(ref.file, ref.line, ref.offset) for ref in hits[0].earlier] == [
        ("log", 1, 100),
        ("log", 2, 200),
    ]
    assert hits[0].rows.tolist() == [0]


def test_groups_do_not_mix_and_events_without_group_are_counted_apart():
    events = [*burst("x", [0, 1]), *burst("y", [2, 3], first_line=3)]
    correlator = Correlator([spec_of(gte=3)])
    assert not feed(correlator, events, [])
    nameless = frame(burst("x", [4, 5, 6])).with_columns(group=pl.lit(None, pl.String))
    assert not correlator.feed(nameless, matches(burst("x", [4, 5, 6])))
    assert correlator.figures["corr"].ungrouped_events == 3


def test_distinct_values_are_counted_not_events():
    spec = spec_of("value_count", gte=3)
    same = [Event(line, "x", START + line * SECOND, "a") for line in range(1, 9)]
    assert not feed(Correlator([spec]), same, [])
    mixed = [Event(9, "x", START + 9 * SECOND, "b"), Event(10, "x", START + 10 * SECOND, "c")]
    assert [hit.value for hit in feed(Correlator([spec]), [*same, *mixed], [])] == [3]


def test_group_by_several_fields_and_a_field_mapped_to_its_column():
    events = pl.DataFrame(
        {
            "time": [START] * 4,
            "src_endpoint.ip": ["192.0.2.1"] * 4,
            "user.name": ['王"伟', '王"伟', "ann", None],
        }
    )
    spec = msgspec.structs.replace(spec_of(gte=2), group_by=("c-ip", "user.name"))
    hits = Correlator([spec]).feed(events, [Match(Rule("a"), np.arange(4))])
    assert [hit.group for hit in hits] == [{"c-ip": "192.0.2.1", "user.name": '王"伟'}]


def test_an_alias_joins_fields_that_rules_name_differently():
    events = pl.DataFrame(
        {"time": [START, START + 1], "buyer": ["u7", None], "user.name": [None, "u7"]}
    )
    spec = msgspec.structs.replace(
        spec_of(gte=2, rules=("pay", "login")),
        group_by=("who",),
        aliases={"who": {"pay": "buyer", "login": "user.name"}},
    )
    found = [Match(Rule("pay"), np.array([0])), Match(Rule("login"), np.array([1]))]
    assert [hit.group for hit in Correlator([spec]).feed(events, found)] == [{"who": "u7"}]


def test_an_event_that_two_rules_match_counts_once():
    events = burst("x", [0, 1])
    spec = spec_of(gte=3, rules=("a", "b"))
    twice = [Match(Rule(name), np.arange(2)) for name in "ab"]
    assert not Correlator([spec]).feed(frame(events), twice)


def test_stages_count_only_in_their_order():
    spec = spec_of("temporal_ordered", rules=("a", "b"))
    forth = [Event(1, "x", START, stage=0), Event(2, "x", START + SECOND, stage=1)]
    back = [Event(1, "x", START, stage=1), Event(2, "x", START + SECOND, stage=0)]
    assert feed(Correlator([spec]), forth, [1], ("a", "b"))
    assert not feed(Correlator([spec]), back, [1], ("a", "b"))
    both = [Match(Rule(name), np.array([0])) for name in "ab"]
    assert not Correlator([spec]).feed(frame(forth[:1]), both), "an event follows upon itself"


def test_a_correlation_feeds_another_and_is_silent_unless_generate_is_said():
    many = spec_of(uid="many", gte=3)
    then = spec_of("temporal_ordered", uid="then", rules=("many by name", "login"))
    names = {"many by name": "many"}
    events = burst("x", [0, 1, 2, 3])
    found = [Match(Rule("a"), np.arange(3)), Match(Rule("login"), np.array([3]))]
    hits = Correlator([then, many], names=names).feed(frame(events), found)
    assert [(hit.rule, hit.rows.tolist()) for hit in hits] == [("then", [2, 3])]
    loud = msgspec.structs.replace(then, generate=True)
    hits = Correlator([loud, many], names=names).feed(frame(events), found)
    assert [hit.rule for hit in hits] == ["many", "then"]


def test_rules_in_a_circle_are_refused():
    specs = [spec_of(uid="a", gte=1, rules=("b",)), spec_of(uid="b", gte=1, rules=("a",))]
    with pytest.raises(RuleError, match="itself"):
        Correlator(specs)


def test_an_event_that_is_late_completes_the_window_it_belongs_to():
    late = burst("x", [0, 30, 15])
    assert len(feed(Correlator([spec_of(gte=3)]), late, [1, 2])) == 1
    correlator = Correlator([spec_of(gte=3)], limits=Limits(lateness=10 * SECOND))
    assert not feed(correlator, late, [1, 2])
    assert correlator.figures["corr"].late_events == 1


def test_memory_is_bounded_and_what_it_costs_is_counted():
    limits = Limits(groups=50, events=200, fresh=0)
    correlator = Correlator([spec_of(gte=3)], limits=limits)
    for at in range(40):
        burst_of_strangers = [
            Event(n, f"g{at}-{n}", START + at * SECOND, "v") for n in range(1, 11)
        ]
        feed(correlator, burst_of_strangers, [])
    figures = correlator.figures["corr"]
    assert figures.groups <= 50
    assert figures.events <= 200
    assert figures.evicted_groups + figures.groups == 400
    assert figures.evicted_events + figures.events == 400


def test_who_was_active_last_stays_when_room_is_needed():
    correlator = Correlator([spec_of(gte=3)], limits=Limits(groups=20, fresh=0))
    hits = []
    for at in range(9):
        feed(correlator, [Event(n, f"{at}-{n}", START + at, "v") for n in range(1, 6)], [])
        if at % 3 == 0:
            hits += feed(correlator, burst("steady", [at]), [])
    assert [hit.group for hit in hits] == [{"group": "steady"}]
    assert correlator.figures["corr"].evicted_groups > 0


def test_the_past_is_forgotten_without_being_counted_as_lost():
    correlator = Correlator([spec_of(gte=3)], limits=Limits(fresh=0))
    for day in range(20):
        events = [Event(n, f"{day}-{n}", START + day * 86_400 * SECOND, "v") for n in range(1, 9)]
        feed(correlator, events, [])
    figures = correlator.figures["corr"]
    assert figures.groups == 8
    assert (figures.evicted_groups, figures.evicted_events) == (0, 0)


def test_a_group_keeps_its_newest_events():
    correlator = Correlator([spec_of(gte=3)], limits=Limits(group_events=10, fresh=0))
    hits = feed(correlator, burst("x", [0] * 50), [])
    assert hits[0].value == 50
    figures = correlator.figures["corr"]
    assert (figures.events, figures.trimmed_events) == (10, 40)


def test_a_changed_rule_begins_anew_and_the_others_go_on():
    old = [spec_of(uid="kept", gte=3), spec_of(uid="changed", gte=3)]
    first = Correlator(old)
    feed(first, burst("x", [0, 1]), [])
    second = Correlator([old[0], msgspec.structs.replace(old[1], span=99)])
    assert second.restore(first.snapshot()) == ["changed"]
    assert [hit.rule for hit in feed(second, burst("x", [2], first_line=3), [])] == ["kept"]


def test_bytes_that_are_no_snapshot_are_refused():
    with pytest.raises(StoreError, match="cannot be read"):
        Correlator([]).restore(b"garbage")


def test_a_snapshot_of_another_version_begins_anew_and_says_so(caplog):
    before = {"version": 1, "rules": {"corr": {}}, "files": [""], "sources": [], "feeds": 0}
    correlator = Correlator([spec_of(gte=3)])
    assert correlator.restore(msgspec.msgpack.encode(before)) == ["corr"]
    assert "version 1" in caplog.text
    assert feed(correlator, burst("x", [0, 1, 2]), [])


def test_the_same_frames_give_the_same_hits():
    events = burst("x", [0, 1, 2, 3, 80, 81, 82])
    runs = [feed(Correlator([spec_of(gte=3)]), events, [2, 5]) for _ in range(2)]
    assert [plain(hit) for hit in runs[0]] == [plain(hit) for hit in runs[1]]


def test_events_without_time_are_counted_apart():
    correlator = Correlator([spec_of(gte=1)])
    timeless = frame(burst("x", [0])).drop("time")
    assert not correlator.feed(timeless, matches(burst("x", [0])))
    assert correlator.figures["corr"].untimed_events == 1


def test_values_are_recognised_after_a_restart_in_another_process():
    """Values are kept as hashes, which must not depend on the process."""
    program = (
        "import polars as pl; from shangdun.detect.correlation.batch import Frame;"
        "print(Frame(pl.DataFrame({'f': ['优惠', 'b']})).hashed('f')[0].tolist())"
    )
    runs = {
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        .stdout
        for _ in range(2)
    }  # fmt: skip
    assert len(runs) == 1
    assert "[" in runs.pop()
