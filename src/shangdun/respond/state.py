"""The life of an incident, as data: which moves there are and what each asks for.

The states follow the emergency plan: somebody or detection *reports*; leadership assesses
(*triaged*) and decides to start the plan (*active*); the groups act until the harm has stopped
(*contained*); what is cleaned up and judged is *closed*. A closed incident can be reopened, because
a verdict can turn out wrong.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from shangdun.kernel.errors import UsageError


class State(StrEnum):
    """Where an incident stands."""

    REPORTED = "reported"
    TRIAGED = "triaged"
    ACTIVE = "active"
    CONTAINED = "contained"
    CLOSED = "closed"


class Move(msgspec.Struct, frozen=True):
    """One step from state to state and what it asks of the person."""

    source: State
    target: State
    needs_note: bool = False
    needs_verdict: bool = False


MOVES: tuple[Move, ...] = (
    Move(State.REPORTED, State.TRIAGED),
    Move(State.REPORTED, State.ACTIVE),  # an obvious emergency does not wait for its assessment
    Move(State.TRIAGED, State.ACTIVE),
    Move(State.ACTIVE, State.CONTAINED),
    Move(State.CONTAINED, State.ACTIVE, needs_note=True),  # it broke out again
    # A false alarm is closed from wherever it is recognised.
    Move(State.REPORTED, State.CLOSED, needs_note=True, needs_verdict=True),
    Move(State.TRIAGED, State.CLOSED, needs_note=True, needs_verdict=True),
    Move(State.ACTIVE, State.CLOSED, needs_note=True, needs_verdict=True),
    Move(State.CONTAINED, State.CLOSED, needs_note=True, needs_verdict=True),
    Move(State.CLOSED, State.ACTIVE, needs_note=True),  # reopened
)

_BY_ENDS = {(move.source, move.target): move for move in MOVES}


def moves_from(state: State) -> tuple[Move, ...]:
    """The moves that lead out of ``state``, in the order a page offers them."""
    return tuple(move for move in MOVES if move.source is state)


def check_move(source: State, target: State, *, note: str = "", verdict: str = "") -> Move:
    """The move from ``source`` to ``target``.

    Raises ``UsageError`` with code ``incident.move`` when there is no such move, ``incident.note``
    when its note is missing or blank, and ``incident.verdict`` when its verdict is missing.
    """
    move = _BY_ENDS.get((source, target))
    if move is None:
        possible = ", ".join(m.target.value for m in moves_from(source))
        raise UsageError(
            f"an incident does not go from {source} to {target}",
            code="incident.move",
            fix=f"from {source} it goes to: {possible}",
        )
    if move.needs_verdict and not verdict:
        raise UsageError(
            "closing needs a verdict",
            code="incident.verdict",
            fix="say whether it was real, real but harmless, or a false alarm",
        )
    if move.needs_note and not note.strip():
        raise UsageError(
            f"going from {source} to {target} needs a note",
            code="incident.note",
            fix="say why in a sentence",
        )
    return move
