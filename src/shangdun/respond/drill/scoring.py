"""How well a drill went: each expected action fully, partly or not, from what people really did."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from shangdun.respond.drill.scenario import Expected
from shangdun.respond.groups import Group

PARTLY = 0.5
"""What an action is worth that came too late, or was done in part."""


class Mark(StrEnum):
    """The four marks of an expected action."""

    FULLY = "fully"
    PARTLY = "partly"
    NOT = "not"
    NOT_APPLICABLE = "not_applicable"


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen of an expected action.

    ``minute`` is when it was done, by the drill's clock, None where it was not; ``share`` how much
    of it (0 to 1), ``applies`` False where it could not be asked for.
    """

    minute: float | None = None
    share: float = 0.0
    applies: bool = True


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """One expected action with its mark; ``actual`` minutes count from where ``target`` does."""

    key: str
    group: Group
    mark: Mark
    target: int
    actual: float | None = None


def score(expected: Expected, seen: Seen, start: float) -> Score:
    """``start`` is the minute from which its minutes count.

    Fully: all of it, in time. Partly: all of it too late, or a part of it. Not: nothing.
    """
    actual = None if seen.minute is None else max(0.0, seen.minute - start)
    return Score(
        key=expected.key,
        group=expected.group,
        mark=_mark(expected, seen, actual),
        target=expected.minutes,
        actual=None if actual is None else round(actual, 1),
    )


def _mark(expected: Expected, seen: Seen, actual: float | None) -> Mark:
    if not seen.applies:
        return Mark.NOT_APPLICABLE
    if seen.share >= 1.0 and actual is not None:
        return Mark.FULLY if actual <= expected.minutes else Mark.PARTLY
    return Mark.PARTLY if seen.share > 0.0 else Mark.NOT


def percent(marks: Iterable[Mark]) -> int | None:
    """One number of many marks, 0 to 100; None where nothing applied."""
    worth = {Mark.FULLY: 1.0, Mark.PARTLY: PARTLY, Mark.NOT: 0.0}
    counted = [worth[mark] for mark in marks if mark is not Mark.NOT_APPLICABLE]
    return round(100 * sum(counted) / len(counted)) if counted else None
