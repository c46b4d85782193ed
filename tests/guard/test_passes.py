"""Challenges: solved by work or by waiting, good for one sender and a while, forged by nobody."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun_guard.passes import ANSWER_SECONDS, Passes
from shangdun_guard.throttle import Throttle

NOW = 1_760_000_000.0
PASSES = Passes("a secret", bits=8, pass_seconds=3600, wait_seconds=10)


def solve(passes: Passes, text: str, sender: str, now: float) -> str:
    return next(str(n) for n in itertools.count() if passes.solved(text, str(n), sender, now))


def test_work_earns_a_pass_that_holds_for_its_sender_and_for_its_time() -> None:
    text = PASSES.ask("203.0.113.7", NOW).text
    answer = solve(PASSES, text, "203.0.113.7", NOW + 1)
    assert not PASSES.solved(text, answer, "203.0.113.8", NOW + 1)
    assert not PASSES.solved(text, answer, "203.0.113.7", NOW + ANSWER_SECONDS + 1)
    cookie = PASSES.grant("203.0.113.7", NOW)
    assert PASSES.holds(cookie, "203.0.113.7", NOW + 3599)
    assert not PASSES.holds(cookie, "203.0.113.7", NOW + 3600)
    assert not PASSES.holds(cookie, "203.0.113.8", NOW)


def test_a_solution_is_as_rare_as_it_was_asked_to_be() -> None:
    text = PASSES.ask("x", NOW).text
    tries = 256 * 40
    solved = sum(PASSES.solved(text, str(n), "x", NOW) for n in range(tries))
    assert 15 <= solved <= 75  # 40 expected, six standard deviations


def test_waiting_earns_a_pass_where_it_may() -> None:
    text = PASSES.ask("x", NOW).text
    assert not PASSES.waited(text, "x", NOW + 9)
    assert PASSES.waited(text, "x", NOW + 10)
    assert not PASSES.waited(text, "y", NOW + 10)
    never = Passes("a secret", bits=8, pass_seconds=3600, wait_seconds=0)
    assert not never.waited(text, "x", NOW + 60)


def test_machines_with_one_secret_believe_each_other_and_no_others() -> None:
    cookie = PASSES.grant("x", NOW)
    same = Passes("a secret", bits=20, pass_seconds=60, wait_seconds=0)
    other = Passes("another", bits=8, pass_seconds=3600, wait_seconds=10)
    assert same.holds(cookie, "x", NOW)
    assert not other.holds(cookie, "x", NOW)


def test_a_challenge_made_easier_is_not_ours() -> None:
    head, _, signature = PASSES.ask("x", NOW).text.rpartition(".")
    easier = f"{head[:-1]}1.{signature}"
    assert not any(PASSES.solved(easier, str(n), "x", NOW) for n in range(50))


@given(st.text(max_size=60), st.text(max_size=20))
def test_nothing_that_is_made_up_is_believed_or_raises(text: str, answer: str) -> None:
    assert not PASSES.holds(text, "x", NOW)
    assert not PASSES.solved(text, answer, "x", NOW)
    assert not PASSES.waited(text, "x", NOW)


@pytest.mark.parametrize("answer", ["", "-1", "1e3", "\u0661", "1" * 17, " 1"])
def test_an_answer_is_a_plain_number(answer: str) -> None:
    text = PASSES.ask("x", NOW).text
    assert not PASSES.solved(text, answer, "x", NOW)


def test_a_throttle_grants_its_rate_and_a_little_at_once() -> None:
    throttle, granted = Throttle(), 0
    for tenth in range(6000):  # ten minutes, ten tries a second
        granted += throttle.wait("d", "x", 60, NOW + tenth / 10) == 0.0
    assert 600 <= granted <= 612  # one a second, and ten seconds' worth at the beginning
    assert throttle.wait("d", "x", 60, NOW + 600.5) <= 1
    wait = throttle.wait("d", "x", 60, NOW + 600.5)
    assert 0 < wait <= 1
    assert throttle.wait("d", "y", 60, NOW + 600) == 0.0
    assert throttle.wait("d", "z", 0, NOW) == 60.0
    assert throttle.wait("e", "x", 1, NOW) == 0.0
    assert throttle.wait("e", "x", 1, NOW) == pytest.approx(60)


def test_a_flood_of_senders_does_not_fill_the_table() -> None:
    throttle = Throttle(most=1000)
    for n in range(5000):
        throttle.wait("d", str(n), 60, NOW)
    assert len(throttle) == 1000
