"""How a measure stands on a day, from the checks that were made of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from shangdun.govern.controls.rhythm import Rhythm, first_whole, period_before, period_of


class CheckState(StrEnum):
    """What one check found."""

    PASS = "pass"  # noqa: S105 - no password: it was found in place
    FAIL = "fail"
    UNKNOWN = "unknown"
    """It could not be told: nothing was proven either way."""


class Check(NamedTuple):
    """One check that was made."""

    day: date
    state: CheckState


class ControlState(StrEnum):
    """How a measure stands."""

    IN_PLACE = "in_place"
    FAILING = "failing"
    UNKNOWN = "unknown"
    OVERDUE = "overdue"
    """Its last whole period went by without a check that told anything."""
    UNCHECKED = "unchecked"
    """Never checked, and no check was due yet."""
    NOT_APPLICABLE = "not_applicable"


class Standing(NamedTuple):
    state: ControlState
    due_on: date
    """By when the next check is owed: the last day of a period."""
    last: Check | None
    failing_since: date | None
    """Of a failing measure: the day of the first of the checks in a row that failed."""

    @property
    def proven(self) -> bool:
        """Whether the newest check found it in place and none is owed."""
        return self.state is ControlState.IN_PLACE


def standing(rhythm: Rhythm, since: date, checks: Sequence[Check], today: date) -> Standing:
    """The state on ``today`` of a measure kept since ``since``; ``checks`` in their order.

    A failure weighs more than a check that is owed: what is known to be broken is not "overdue".
    A check that could not tell anything does not count as made.
    """
    known = [check for check in checks if check.day <= today]
    last = known[-1] if known else None
    owed = _owed(rhythm, since, known, today)
    due_on = _due(rhythm, since, known, today)
    state = _state(last, owed=owed)
    failing = _failing_since(known) if state is ControlState.FAILING else None
    return Standing(state, due_on, last, failing)


def judged(checks: Sequence[Check]) -> list[Check]:
    """Those that told something."""
    return [check for check in checks if check.state is not CheckState.UNKNOWN]


def _state(last: Check | None, *, owed: bool) -> ControlState:
    if last and last.state is CheckState.FAIL:
        return ControlState.FAILING
    if owed:
        return ControlState.OVERDUE
    if last is None:
        return ControlState.UNCHECKED
    unknown = last.state is CheckState.UNKNOWN
    return ControlState.UNKNOWN if unknown else ControlState.IN_PLACE


def _owed(rhythm: Rhythm, since: date, checks: Sequence[Check], today: date) -> bool:
    before = period_before(rhythm, today)
    if before.first < first_whole(rhythm, since).first:
        return False
    return not any(check.day >= before.first for check in judged(checks))


def _due(rhythm: Rhythm, since: date, checks: Sequence[Check], today: date) -> date:
    period = max(period_of(rhythm, today), first_whole(rhythm, since))
    if any(check.day >= period.first for check in judged(checks)):
        return period_of(rhythm, date.fromordinal(period.last.toordinal() + 1)).last
    return period.last


def _failing_since(checks: Sequence[Check]) -> date | None:
    """Checks that could not tell do not end a row of failures."""
    first = None
    for check in reversed(judged(checks)):
        if check.state is not CheckState.FAIL:
            break
        first = check.day
    return first
