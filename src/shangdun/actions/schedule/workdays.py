"""Days that are worked, or not, otherwise than the library says; and years it does not know yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.schedule.reschedule import reschedule
from shangdun.govern.schedule.calendar import FIRST, LAST
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.models import CalendarDay, Programme, ProgrammeState
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

MOST = 2_000


class OwnDay(msgspec.Struct, frozen=True, kw_only=True):
    """One day; ``worked`` None: as the library says again."""

    day: date
    worked: bool | None
    name: str = ""
    announced: bool = False
    """From the State Council's arrangement of its year."""


@action(Capability.MANAGE_PROGRAMMES)
def do_set_workdays(
    _actor: Actor, days: Sequence[OwnDay], *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[int]:
    """Enter days; all programmes that are not closed are scheduled anew. How many changed.

    Raises ``UsageError``: ``schedule.day``, ``schedule.many``.
    """
    kept = {one.day: one for one in CalendarDay.objects.all()}
    changed = [one for one in days if _differs(one, kept.get(one.day))]
    if not changed:
        return Unchanged(0)
    if len(kept) + len(changed) > MOST:
        raise UsageError("too many days", code="schedule.many", fix=f"at most {MOST}")
    for one in changed:
        if not FIRST <= one.day <= LAST:
            raise UsageError(
                "no plan reaches so far",
                code="schedule.day",
                where=str(one.day),
                fix="see the year",
            )
        _keep(one)
    now = clock.now()
    _reschedule_all(now)
    payload = {
        "days": [one.day.isoformat() for one in changed[:100]],
        "count": len(changed),
        "announced": any(one.announced for one in changed),
    }
    return Done(len(changed), ("calendar", "workdays"), now, payload)


def _differs(wanted: OwnDay, kept: CalendarDay | None) -> bool:
    if kept is None:
        return wanted.worked is not None
    name = clean_text(wanted.name.strip())[:100]
    stands = (kept.worked, kept.name, kept.announced)
    return (wanted.worked, name, wanted.announced) != stands


def _keep(one: OwnDay) -> None:
    if one.worked is None:
        CalendarDay.objects.filter(day=one.day).delete()
        return
    CalendarDay.objects.update_or_create(
        day=one.day,
        defaults={
            "worked": one.worked,
            "name": clean_text(one.name.strip())[:100],
            "announced": one.announced,
        },
    )


def _reschedule_all(at: datetime) -> None:
    rows = Programme.objects.filter(archived_at=None).exclude(state=ProgrammeState.CLOSED)
    for programme in rows.order_by("number"):
        reschedule(programme, at)
