"""The machine as data: every legal move, everything else refused."""

from __future__ import annotations

from itertools import product

import pytest

from shangdun.kernel.errors import UsageError
from shangdun.respond.state import MOVES, State, check_move, moves_from

LEGAL = {(move.source, move.target): move for move in MOVES}


@pytest.mark.parametrize(("source", "target"), list(product(State, State)))
def test_every_pair_of_states(source: State, target: State) -> None:
    if (source, target) in LEGAL:
        move = check_move(source, target, note="because", verdict="true_positive")
        assert move in moves_from(source)
    else:
        with pytest.raises(UsageError) as caught:
            check_move(source, target, note="because", verdict="true_positive")
        assert caught.value.code == "incident.move"


def test_every_state_is_reached_from_reported_and_can_be_left() -> None:
    reached = {State.REPORTED}
    for _ in State:
        reached |= {move.target for state in reached for move in moves_from(state)}
    assert reached == set(State)
    assert all(moves_from(state) for state in State)


@pytest.mark.parametrize("move", [move for move in MOVES if move.target is State.CLOSED])
def test_closing_always_needs_verdict_and_note(move) -> None:
    with pytest.raises(UsageError, match="verdict"):
        check_move(move.source, move.target, note="x")
    with pytest.raises(UsageError, match="note"):
        check_move(move.source, move.target, note=" \n", verdict="true_positive")


def test_reopening_needs_a_note() -> None:
    with pytest.raises(UsageError, match="note"):
        check_move(State.CLOSED, State.ACTIVE)
