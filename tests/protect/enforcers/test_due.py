"""What should be in force, change by change, is what it would be if it were reckoned at once."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.protect.enforcers.decisions import HOUR, NOW, decision

from shangdun.kernel.config import Config
from shangdun.kernel.errors import ConfigError
from shangdun.protect.decision import Measure
from shangdun.protect.enforcers.due import Change, Due, Range, Slot
from shangdun.protect.enforcers.registry import enforcer_settings, kinds
from shangdun.protect.target import TargetKind

ABLE = Range(frozenset(Measure), frozenset({TargetKind.ADDRESS, TargetKind.RANGE}))
ONE = Slot(Measure.BLOCK, TargetKind.ADDRESS, "203.0.113.9")


def filled(*decisions, now=NOW):
    due = Due(ABLE)
    due.fill(decisions, now)
    return due


def test_only_what_it_can_do_and_only_everywhere():
    due = filled(
        decision(1, "address", "203.0.113.9"),
        decision(2, "session", "abc"),
        decision(3, "address", "203.0.113.10", where="/checkout"),
        decision(4, "address", "203.0.113.11", until=NOW),
    )
    assert [slot for slot, _until in due.slots()] == [ONE]
    assert due.elsewhere == 3


def test_two_decisions_for_one_slot_hold_it_until_the_later_ends():
    due = filled(decision(1, "address", "203.0.113.9", until=NOW + 10))
    longer = decision(2, "address", "203.0.113.9", until=NOW + HOUR)
    assert due.take([longer], [], NOW) == Change({ONE: NOW + HOUR}, set())
    assert due.take([], [longer.uid], NOW) == Change({ONE: NOW + 10}, set())
    assert due.expire(NOW + 9) == Change.none()
    assert due.expire(NOW + 10) == Change({}, {ONE})
    assert len(due) == 0


def test_a_decision_without_end_is_told_without_one():
    due = filled(decision(1, "address", "203.0.113.9", until=None))
    assert list(due.slots()) == [(ONE, None)]
    assert not due.expire(NOW * 10)


def test_an_end_that_moved_replaces_the_old_one():
    due = filled(decision(1, "address", "203.0.113.9"))
    sooner = decision(1, "address", "203.0.113.9", until=NOW + 5)
    assert due.take([sooner], [], NOW) == Change({ONE: NOW + 5}, set())
    assert due.expire(NOW + 5) == Change({}, {ONE})
    assert not due.expire(NOW + HOUR), "the former end does nothing any more"


def test_changes_one_after_the_other():
    other = Slot(Measure.BLOCK, TargetKind.ADDRESS, "203.0.113.10")
    first = Change({ONE: 1, other: 2}, set())
    assert first.then(Change({}, {ONE})) == Change({other: 2}, {ONE})
    assert Change({}, {ONE}).then(Change({ONE: 7}, set())) == Change({ONE: 7}, set())
    assert not Change.none()


def test_comparison():
    due = filled(decision(1, "address", "203.0.113.9"), decision(2, "address", "203.0.113.10"))
    stranger = Slot(Measure.BLOCK, TargetKind.ADDRESS, "198.51.100.1")
    missing, extra = due.compare([ONE, stranger])
    assert {slot.value for slot in missing} == {"203.0.113.10"}
    assert extra == {stranger}


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "remove", "wait"]),
        st.integers(1, 6),
        st.integers(0, 3),
        st.one_of(st.none(), st.integers(1, 50)),
    ),
    max_size=40,
)


@given(STEPS)
def test_changes_add_up_to_the_whole(steps):
    """Whatever comes and goes in whatever order: changes applied are the list as a whole."""
    due = Due(ABLE)
    held, enforced, now = {}, {}, NOW
    for what, number, place, length in steps:
        if what == "wait":
            now += number * 5
            change = due.expire(now)
            held = {u: d for u, d in held.items() if d.until is None or d.until > now}
        elif what == "add":
            until = None if length is None else now + length
            made = decision(number, "address", f"203.0.113.{place}", until=until)
            held[made.uid] = made
            change = due.take([made], [], now)
        else:
            uid = decision(number, "address", "203.0.113.1").uid
            held.pop(uid, None)
            change = due.take([], [uid], now)
        for slot in change.drop:
            enforced.pop(slot)
        enforced |= change.put
    change = due.expire(now)
    for slot in change.drop:
        enforced.pop(slot)
    enforced |= change.put
    whole = filled(*held.values(), now=now)
    assert enforced == dict(due.slots()) == dict(whole.slots())


def test_settings_say_what_is_wrong():
    assert list(kinds()) == ["nftables", "nginx", "webhook"]
    config = Config(
        protect={"enforcers": [{"kind": "nftables"}, {"kind": "nginx", "name": "edge"}]}
    )
    assert [one.called for one in enforcer_settings(config)] == ["nftables", "edge"]
    for wrong in (
        [{"kind": "nftables"}, {"kind": "nftables"}],
        [{"kind": "nftables", "table": "x; drop"}],
        [{"kind": "nginx", "folder": "/x; evil"}],
        [{"kind": "nginx", "variables": {"session": "$x; }"}}],
        [{"kind": "nginx", "contact": "'; evil"}],
        [{"kind": "webhook", "url": "https://x/", "secret": "short"}],
        [{"kind": "iptables"}],
        [{"kind": "nftables", "unknown": 1}],
    ):
        with pytest.raises(ConfigError):
            enforcer_settings(Config(protect={"enforcers": wrong}))


def test_a_decision_keeps_its_way_through_json():
    made = decision(1, "range", "203.0.113.0/24")
    assert msgspec.json.decode(msgspec.json.encode(made), type=type(made)) == made
