"""The six phases of the emergency plan (section 四): which has begun, which is done, since when."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec


class Phase(StrEnum):
    """In the plan's order; logistics runs beside the response."""

    REPORT = "report"
    ORDER = "order"
    RESPONSE = "response"
    LOGISTICS = "logistics"
    CLEANUP = "cleanup"
    REVIEW = "review"


class Standing(StrEnum):
    """How a phase stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    NOT_NEEDED = "not_needed"


class Milestones(msgspec.Struct, frozen=True, kw_only=True):
    """The moments by which phases begin and end; None has not happened."""

    reported_at: datetime
    acknowledged_at: datetime | None = None
    ordered_at: datetime | None = None
    """Leadership decided, whichever way."""
    activated_at: datetime | None = None
    """The plan was started."""
    supplies_asked_at: datetime | None = None
    supplies_met_at: datetime | None = None
    contained_at: datetime | None = None
    recovered_at: datetime | None = None
    closed_at: datetime | None = None
    review_began_at: datetime | None = None
    signed_at: datetime | None = None


class Step(msgspec.Struct, frozen=True):
    """One phase as it stands."""

    phase: Phase
    standing: Standing
    began: datetime | None = None
    ended: datetime | None = None


def phases(m: Milestones) -> tuple[Step, ...]:
    """The six phases in the plan's order.

    The report ends when somebody acknowledges it; the order with the leadership's decision; the
    response when the harm has stopped; logistics when what was asked for was provided; cleanup when
    the incident closes; the review when leadership signs the report. An incident closed without
    the plan's start (a false alarm) needs none of the later ones.
    """
    dropped = m.closed_at is not None and m.activated_at is None
    return (
        _step(Phase.REPORT, m.reported_at, _first(m.acknowledged_at, m.ordered_at, m.closed_at)),
        _step(
            Phase.ORDER,
            _first(m.acknowledged_at, m.ordered_at),
            _first(m.ordered_at, m.activated_at),
            dropped=dropped,
        ),
        _step(Phase.RESPONSE, m.activated_at, m.contained_at, dropped=dropped),
        _step(
            Phase.LOGISTICS,
            m.supplies_asked_at,
            m.supplies_met_at,
            dropped=(m.supplies_asked_at is None and m.contained_at is not None) or dropped,
        ),
        _step(Phase.CLEANUP, m.contained_at, m.closed_at, dropped=dropped),
        _step(Phase.REVIEW, _first(m.review_began_at, m.closed_at), m.signed_at, dropped=dropped),
    )


def _step(
    phase: Phase, began: datetime | None, ended: datetime | None, *, dropped: bool = False
) -> Step:
    if ended is not None and began is not None:
        return Step(phase, Standing.DONE, began, max(began, ended))
    if dropped:
        return Step(phase, Standing.NOT_NEEDED)
    if began is not None:
        return Step(phase, Standing.RUNNING, began)
    return Step(phase, Standing.WAITING)


def _first(*moments: datetime | None) -> datetime | None:
    known = [moment for moment in moments if moment is not None]
    return min(known) if known else None
