"""One enforcer along the stream: catching up, failing, being lost, being changed by others."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import UTC, datetime, timedelta

import pytest
from tests.protect.enforcers.decisions import NOW, decision

from shangdun.kernel.clock import FixedClock, to_millis
from shangdun.kernel.errors import StoreError
from shangdun.protect.decision import Measure
from shangdun.protect.enforcers.due import Due, Range, Slot
from shangdun.protect.enforcers.enforcer import EnforcerError, Present
from shangdun.protect.enforcers.settings import EnforcerSettings
from shangdun.protect.target import TargetKind
from shangdun.runtime.enforce_follow import COMPARE_SECONDS, LONGEST_DELAY, Follower
from shangdun.runtime.enforce_source import Pulled

ABLE = Range(frozenset(Measure), frozenset({TargetKind.ADDRESS}))


class Memory:
    """An enforcer that keeps in mind what is in force, and fails when told to."""

    able = ABLE
    rest_seconds = 0.0

    def __init__(self) -> None:
        self.there: dict[Slot, int | None] = {}
        self.broken = ""
        self.trouble = ""
        self.calls: list[str] = []
        self.left_out: set[Slot] = set()

    def replace(self, due, now) -> None:
        self._do("replace")
        self.there = dict(due.slots())

    def apply(self, change, due, now) -> None:
        self._do("apply")
        for slot in change.drop:
            self.there.pop(slot)
        self.there |= change.put

    def present(self):
        return Present(frozenset(self.there), self.trouble)

    def clear(self, now) -> None:
        self._do("clear")
        self.there = {}

    def _do(self, what: str) -> None:
        self.calls.append(what)
        if self.broken:
            raise EnforcerError(self.broken)


class Stream:
    """A source of decisions with its numbers, as the records are one."""

    def __init__(self) -> None:
        self.changes: list[tuple[object, str]] = []
        self.away = False
        self.kept_from = 0
        self.reports: list = []
        self.closed = False

    def add(self, *made) -> None:
        self.changes += [(one, "") for one in made]

    def remove(self, *made) -> None:
        self.changes += [(None, one.uid) for one in made]

    def pull(self, after: int) -> Pulled:
        if self.away:
            raise StoreError("the disk is gone")
        head = len(self.changes)
        if after == 0 or after < self.kept_from or after > head:
            held = {}
            for one, uid in self.changes:
                held.pop(uid or one.uid, None)
                if one:
                    held[one.uid] = one
            return Pulled(head, True, list(held.values()), [], False)
        later = self.changes[after : after + 3]
        latest = {}
        for one, uid in later:
            latest[uid or one.uid] = one
        added = [one for one in latest.values() if one]
        removed = [uid for uid, one in latest.items() if one is None]
        return Pulled(after + len(later), False, added, removed, after + len(later) < head)

    def tell(self, report) -> None:
        self.reports.append(report)

    def close(self) -> None:
        self.closed = True


class AtOnce:
    """Does in the foreground what takes a while elsewhere."""

    def submit(self, call) -> Future:
        done: Future = Future()
        try:
            done.set_result(call())
        except EnforcerError as error:
            done.set_exception(error)
        return done


class World:
    background = AtOnce()

    def __init__(self, **settings) -> None:
        self.clock = FixedClock(datetime.fromtimestamp(NOW / 1000, UTC))
        self.seconds = 1000.0
        self.stream = Stream()
        self.stream.add(decision(1, "address", "203.0.113.1"))
        self.enforcer = Memory()
        self.told: list[str] = []
        self.settings = EnforcerSettings(name="memory", **settings)
        self.begin()

    def begin(self) -> None:
        """A process starts; the enforcer's world is as it was."""
        self.follower = Follower(
            self.settings,
            self.enforcer,
            self.stream,
            clock=self.clock,
            tell=lambda change, said, fields: self.told.append(change),
            background=self.background,
            monotonic=lambda: self.seconds,
        )

    def turn(self, seconds: float = 0.2) -> None:
        self.seconds += seconds
        self.clock.move(timedelta(seconds=seconds))
        self.follower.turn()

    @property
    def right(self) -> bool:
        due = Due(ABLE)
        away, self.stream.away = self.stream.away, False
        due.fill(self.stream.pull(0).added, to_millis(self.clock.now()))
        self.stream.away = away
        return self.enforcer.there == dict(due.slots())

    @property
    def report(self):
        return self.stream.reports[-1]


@pytest.fixture
def world():
    return World()


def test_it_begins_with_everything_and_goes_on_with_changes(world):
    world.turn()
    assert world.enforcer.calls == ["replace"]
    second = decision(2, "address", "203.0.113.2")
    world.stream.add(second)
    world.turn()
    world.stream.remove(second)
    world.turn()
    world.turn()
    assert world.enforcer.calls == ["replace", "apply", "apply"]
    assert world.right
    assert world.report.acknowledged == 3


def test_nothing_decided_is_put_in_force_once(world):
    world.stream.changes.clear()
    for _ in range(3):
        world.turn()
    assert world.enforcer.calls == ["replace"]
    world.stream.add(decision(1, "address", "203.0.113.1"))
    world.turn()
    assert world.right
    assert len(world.enforcer.there) == 1


def test_many_changes_come_in_one_turn(world):
    world.turn()
    world.stream.add(*(decision(n, "address", f"203.0.113.{n}") for n in range(2, 40)))
    world.turn()
    assert world.right
    assert world.enforcer.calls == ["replace", "apply"]


def test_what_runs_out_goes_though_nobody_says_so(world):
    world.stream.add(decision(2, "address", "203.0.113.2", until=NOW + 5000))
    world.turn()
    assert len(world.enforcer.there) == 2
    world.stream.away = True
    world.turn(6)
    assert len(world.enforcer.there) == 1


def test_changes_while_it_rests_come_as_one(world):
    world.enforcer.rest_seconds = 0.34
    world.turn()
    for number in range(2, 6):
        world.stream.add(decision(number, "address", f"203.0.113.{number}"))
        world.turn(0.1)
    assert world.right
    assert world.enforcer.calls == ["replace", "apply"]


def test_after_a_failure_everything_is_put_in_force_anew(world):
    world.turn()
    world.enforcer.broken = "nginx refuses its configuration"
    world.stream.add(decision(2, "address", "203.0.113.2"))
    for _ in range(6):
        world.turn(0.4)
    assert world.told == ["failed"]
    assert "refuses" in world.report.problem
    assert world.report.acknowledged == 1, "what is not in force is not acknowledged"
    world.enforcer.broken = ""
    world.turn(LONGEST_DELAY)
    assert world.enforcer.calls[-1] == "replace"
    assert world.right
    assert world.told == ["failed", "recovered"]
    assert world.report.problem == ""
    assert world.report.acknowledged == 2


def test_it_tries_later_and_later_but_not_too_late(world):
    world.enforcer.broken = "no"
    for _ in range(1000):
        world.turn(1.0)
    assert 30 <= len(world.enforcer.calls) <= 50


def test_a_stream_that_was_cut_off_is_read_anew(world):
    world.turn()
    world.stream.add(*(decision(n, "address", f"203.0.113.{n}") for n in range(2, 9)))
    world.stream.kept_from = 5
    world.turn()
    assert world.enforcer.calls == ["replace", "replace"]
    assert world.right


def test_a_difference_is_told_once_it_is_certain_and_mended(world):
    world.turn()
    world.turn(COMPARE_SECONDS + 1)
    assert world.report.in_force == 1
    stranger = Slot(Measure.BLOCK, TargetKind.ADDRESS, "198.51.100.1")
    world.enforcer.there = {stranger: None}
    world.turn(COMPARE_SECONDS + 1)
    assert world.told == [], "it may be a moment's difference"
    world.turn(2.1)
    assert world.told == ["differs"]
    world.turn()
    assert world.right
    world.turn(3)
    assert world.report.problem == ""


def test_a_momentary_difference_is_not_told(world):
    world.turn()
    there = dict(world.enforcer.there)
    world.enforcer.there = {}
    world.turn(COMPARE_SECONDS + 1)
    world.enforcer.there = there
    world.turn(2.1)
    world.turn(COMPARE_SECONDS + 1)
    assert world.told == []


def test_trouble_that_lasts_is_told_once_and_shown_until_it_is_gone(world):
    world.turn()
    world.enforcer.trouble = "nginx does not run"
    for _ in range(10):
        world.turn(COMPARE_SECONDS + 1)
    assert world.told == ["differs"]
    assert "does not run" in world.report.problem
    world.enforcer.trouble = ""
    for _ in range(3):
        world.turn(COMPARE_SECONDS + 1)
    assert world.report.problem == ""


def test_what_cannot_be_written_is_no_difference(world):
    world.turn()
    slot = next(iter(world.enforcer.there))
    world.enforcer.left_out = {slot}
    world.enforcer.there = {}
    for _ in range(4):
        world.turn(COMPARE_SECONDS + 1)
    assert world.told == []


@pytest.mark.parametrize(("when_lost", "left"), [("keep", 1), ("open", 0)])
def test_without_decisions_it_does_what_is_configured(when_lost, left):
    world = World(when_lost=when_lost, lost_seconds=60)
    world.turn()
    world.stream.away = True
    world.turn(1)
    world.turn(30)
    assert len(world.enforcer.there) == 1
    assert "without decisions" in world.report.problem
    assert world.told == []
    world.turn(31)
    world.turn(1)
    assert len(world.enforcer.there) == left
    assert world.told == ["lost"]
    world.stream.away = False
    world.turn(1)
    world.turn(1)
    assert world.right
    assert world.told == ["lost", "recovered"]
    assert world.report.problem == ""


@pytest.mark.parametrize(("when_lost", "left"), [("keep", 1), ("open", 0)])
def test_a_clean_stop_does_what_is_configured(when_lost, left):
    world = World(when_lost=when_lost)
    world.turn()
    world.follower.stop()
    assert len(world.enforcer.there) == left
    assert world.stream.closed


def test_before_it_ever_knew_anything_it_changes_nothing(world):
    """A start without the records must not empty a firewall that is right."""
    world.turn()
    world.stream.away = True
    world.begin()
    for _ in range(5):
        world.turn(1)
    assert len(world.enforcer.there) == 1
    assert world.enforcer.calls == ["replace"]


def test_it_catches_up_after_having_been_down(world):
    world.turn()
    world.stream.remove(decision(1, "address", "203.0.113.1"))
    world.stream.add(*(decision(n, "address", f"203.0.113.{n}") for n in range(2, 9)))
    world.begin()
    world.turn()
    assert world.right


def test_what_changes_while_it_looks_is_no_difference(world):
    """And a look that takes long holds up no change."""

    class Slow:
        def submit(self, call):
            self.future, self.call = Future(), call
            return self.future

    world.background = Slow()
    world.begin()
    world.turn()
    world.turn(3)
    seen = world.background.call()
    world.stream.add(decision(2, "address", "203.0.113.2"))
    world.stream.remove(decision(1, "address", "203.0.113.1"))
    world.turn()
    assert world.right, "it did not wait for the look"
    world.background.future.set_result(seen)
    world.turn(0.2)
    for _ in range(5):
        world.turn(3)
    assert world.told == []
    assert world.report.in_force == 1
