"""The execution rate of protective measures (安全防护措施执行率) over a period.

A measure *falls due* in a period when a check of it was owed within it (a period of its rhythm
ended there) or one was made. It counts as *executed* when every check that was owed was made, and
the last one found it in place. Checks that could not tell anything count as not made. Measures that
do not apply are left out, and shown with their reason; so are those whose first check is not owed
yet. The rate is executed ÷ due: both numbers are kept, for a rate alone says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from shangdun.govern.controls.rhythm import Rhythm, Span, ended_in
from shangdun.govern.controls.standing import Check, CheckState, judged

NOT_WHOLE = Decimal("99.9")
"""The most per cent that is shown of what is not all there."""


class Outcome(StrEnum):
    """What became of a measure in a period."""

    EXECUTED = "executed"
    FAILED = "failed"
    """The last check found it missing."""
    MISSED = "missed"
    """A check that was owed was not made, or could not tell anything."""
    NOT_DUE = "not_due"
    NOT_APPLICABLE = "not_applicable"

    @property
    def counts(self) -> bool:
        return self in (Outcome.EXECUTED, Outcome.FAILED, Outcome.MISSED)


class Execution(NamedTuple):
    """One measure in one period: how many checks were owed and made, and what they found."""

    outcome: Outcome
    owed: int = 0
    made: int = 0
    """Of the owed ones."""
    passed: int = 0
    failed: int = 0
    unknown: int = 0

    @property
    def interrupted(self) -> bool:
        """In place at the end, though a check in between found it missing."""
        return self.outcome is Outcome.EXECUTED and self.failed > 0


def execution(
    rhythm: Rhythm, since: date, checks: Sequence[Check], span: Span, today: date
) -> Execution:
    """What became of a measure kept since ``since`` in ``span``; ``checks`` in their order.

    ``checks`` must reach back one period of the rhythm before ``span``; what is after ``span`` or
    ``today`` is not looked at. A period that still runs is owed nothing yet.
    """
    over = Span(span.first, min(span.last, today - timedelta(days=1)))
    periods = ended_in(rhythm, since, over)
    last_day = min(span.last, today)
    first_day = min([span.first, *(period.first for period in periods)])
    seen = [check for check in checks if first_day <= check.day <= last_day]
    told = judged(seen)
    made = sum(any(check.day in period for check in told) for period in periods)
    if not periods and not any(check.day in span for check in told):
        return Execution(Outcome.NOT_DUE)
    counted = [check.state for check in seen if check.day in span]
    return Execution(
        _outcome(told, owed=len(periods), made=made),
        len(periods),
        made,
        counted.count(CheckState.PASS),
        counted.count(CheckState.FAIL),
        counted.count(CheckState.UNKNOWN),
    )


def _outcome(told: Sequence[Check], *, owed: int, made: int) -> Outcome:
    if told and told[-1].state is CheckState.FAIL:
        return Outcome.FAILED
    if not told or made < owed:
        return Outcome.MISSED
    return Outcome.EXECUTED


class Tally(NamedTuple):
    """``done`` of ``due``."""

    done: int
    due: int

    @property
    def percent(self) -> Decimal | None:
        """To one decimal; 100 is only what is whole. None: nothing was due."""
        if not self.due:
            return None
        rounded = (Decimal(100 * self.done) / self.due).quantize(Decimal("0.1"))
        return rounded if self.done == self.due else min(rounded, NOT_WHOLE)


class Row(NamedTuple):
    """One thing that is counted: ``key`` names it, ``groups`` are what it is tallied by."""

    key: str
    outcome: str
    done: bool
    due: bool
    groups: Mapping[str, str]
    detail: object = None


@dataclass(frozen=True)
class Rate:
    """A rate with everything that it was made of."""

    done: int
    due: int
    rows: tuple[Row, ...] = ()
    by: Mapping[str, Mapping[str, Tally]] = field(default_factory=dict)
    """By group name, then by its value: ``by["kind"]["technical"]``."""

    @property
    def percent(self) -> Decimal | None:
        return Tally(self.done, self.due).percent


def rate_of(rows: Iterable[Row]) -> Rate:
    """Count the rows, in all and by each of their groups."""
    kept = tuple(rows)
    by: dict[str, dict[str, Tally]] = {}
    for row in kept:
        for group, value in row.groups.items():
            before = by.setdefault(group, {}).get(value, Tally(0, 0))
            counted = Tally(before.done + (row.due and row.done), before.due + row.due)
            by[group][value] = counted
    return Rate(sum(row.due and row.done for row in kept), sum(row.due for row in kept), kept, by)
