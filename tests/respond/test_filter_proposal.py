"""A filter is proposed for what false alarms share, and never for what was real."""

from __future__ import annotations

import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from shangdun.detect.engine import Engine
from shangdun.detect.rule_text import RuleText
from shangdun.detect.rules import load_rules
from shangdun.lake.block import LINE, OFFSET, Logsource, Parsed
from shangdun.respond.filter_proposal import (
    NARROW,
    Case,
    Condition,
    Proposal,
    Target,
    effect,
    propose,
    to_yaml,
)

TARGET = Target(
    rules=("5f1d0d4c-0001-4a10-9d55-6f6f7e000099",), judged=(),
    logsource={"category": "webserver"}, title="Not our monitoring",
)  # fmt: skip


def event(**changes: object) -> dict[str, object]:
    return {
        "time": 1,
        "src_endpoint.ip": "203.0.113.9",
        "http_request.url.path": "/health",
        "http_request.user_agent": "monitor/2",
        "http_response.code": 200,
    } | {name.replace("__", "."): value for name, value in changes.items()}


def cases(*events: dict[str, object]) -> list[Case]:
    return [Case(number, (one,)) for number, one in enumerate(events)]


def test_who_and_what_they_share() -> None:
    (proposal,) = propose(cases(event(), event(time=2), event(time=3)), [])
    assert proposal.conditions == (
        Condition("src_endpoint.ip", "", "203.0.113.9"),
        Condition("http_request.url.path", "", "/health"),
    )
    assert proposal.covers == (0, 1, 2)


def test_a_network_and_a_beginning_where_values_differ() -> None:
    events = [
        event(src_endpoint__ip=f"203.0.113.{n}", http_request__url__path=f"/health/db/{n}")
        for n in range(4)
    ]
    (proposal,) = propose(cases(*events), [])
    assert proposal.conditions == (
        Condition("src_endpoint.ip", "cidr", "203.0.113.0/30"),
        Condition("http_request.url.path", "startswith", "/health/db/"),
    )


def test_two_are_no_pattern_and_strangers_share_nothing() -> None:
    assert propose(cases(event(), event()), []) == []
    strangers = [
        {"src_endpoint.ip": f"{n}.0.0.1", "http_request.url.path": f"/{n}"} for n in range(1, 6)
    ]
    assert propose(cases(*strangers), []) == []


def test_some_of_many_are_enough() -> None:
    others = [event(src_endpoint__ip=f"{n}.9.9.9", http_request__url__path=f"/{n}",
                    http_request__user_agent=f"u{n}") for n in range(1, 4)]  # fmt: skip
    (first, *_) = propose(cases(event(), event(), event(), *others), [])
    assert first.covers == (0, 1, 2)


def test_it_grows_narrower_until_no_confirmed_event_meets_it() -> None:
    attack = Case(9, (event(http_response__code=500),))
    (proposal, *_) = propose(cases(event(), event(), event()), [attack])
    assert Condition("http_response.code", "", 200) in proposal.conditions
    assert effect(proposal, [attack]).kept == (9,)
    assert propose(cases(event(), event(), event()), [Case(9, (event(time=5),))]) == []


FIELDS = ("src_endpoint.ip", "http_request.url.path", "http_request.user_agent", "x", "y")
EVENTS = st.fixed_dictionaries(
    {},
    optional={
        name: st.sampled_from(["203.0.113.1", "203.0.113.2", "/a/bcdef/g", "/a/bcdef/h", "Q", "q"])
        for name in FIELDS
    },
)
CASES = st.lists(st.lists(EVENTS, min_size=1, max_size=3), max_size=8)


@given(CASES, CASES)
def test_never_a_confirmed_event_always_what_it_says_it_covers(false, real) -> None:
    wrong = [Case(n, tuple(events)) for n, events in enumerate(false)]
    sure = [Case(n, tuple(events)) for n, events in enumerate(real)]
    for proposal in propose(wrong, sure):
        assert len(proposal.conditions) >= NARROW
        assert len(proposal.covers) >= 3
        fate = effect(proposal, sure)
        assert (fate.removed, fate.thinned) == ((), ())
        assert set(proposal.covers) <= set(effect(proposal, wrong).removed)


def test_what_it_would_have_done_to_the_past() -> None:
    proposal = Proposal((Condition("a", "", "1"), Condition("b", "startswith", "/x")), ())
    meets, not_meets = {"a": "1", "b": "/X/1"}, {"a": "1", "b": "/y"}
    past = [
        Case(1, (meets, meets)),
        Case(2, (meets, not_meets)),
        Case(3, (not_meets,)),
        Case(4, ()),
    ]
    fate = effect(proposal, past)
    assert (fate.removed, fate.thinned, fate.kept, fate.unknown) == ((1,), (2,), (3,), (4,))


RULE = """
title: Any request
id: 5f1d0d4c-0001-4a10-9d55-6f6f7e000099
logsource:
    category: webserver
detection:
    selection:
        http_request.url.path|startswith: /
    condition: selection
level: low
"""


@pytest.mark.parametrize("path", ["/health", "/a*b?c", "/back\\slash\\*", "/说明", '/it\'s "so"'])
def test_the_engine_leaves_out_exactly_what_the_proposal_holds_for(path: str) -> None:
    wanted = event(http_request__url__path=path)
    (proposal,) = propose(cases(wanted, dict(wanted), dict(wanted)), [])
    text = to_yaml(proposal, TARGET, description="monitoring", date="2026-05-04")
    assert yaml.safe_load(text)["filter"]["condition"] == "not selection"
    texts = [RuleText("rule", RULE), RuleText("filter", text)]
    ruleset = load_rules([], builtin=False, texts=texts)
    assert not ruleset.errors
    (rule,) = ruleset.rules
    assert rule.filters
    others = [
        event(http_request__url__path="/aXbYc"),
        event(http_request__url__path="/healthy"),
        event(http_request__url__path=path, src_endpoint__ip="203.0.113.10"),
    ]
    events = [wanted, *others]
    frame = pl.DataFrame(events).with_columns(
        pl.Series(LINE, range(len(events)), pl.UInt32),
        pl.Series(OFFSET, range(len(events)), pl.UInt64),
    )
    (match,) = Engine(ruleset).evaluate(Parsed(frame, logsource=Logsource("webserver", "", "")))
    expected = [row for row, one in enumerate(events) if not proposal.holds(one)]
    assert match.rows.tolist() == expected == [1, 2, 3]
