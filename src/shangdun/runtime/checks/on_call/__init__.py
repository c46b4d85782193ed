"""Somebody is on call in every group of the plan."""

from __future__ import annotations

from datetime import timedelta

from shangdun.respond.groups import Group
from shangdun.runtime.checks.asked import Asked, Seen, SeenFact, failed, passed

AHEAD = timedelta(days=7)


def check(asked: Asked) -> Seen:
    """Fails where a group has nobody now, or nobody of it can be called besides in the console."""
    from shangdun.records.organisation import on_call, shifts_of  # noqa: PLC0415  needs boot

    facts: list[SeenFact] = []
    nobody: list[str] = []
    uncovered: list[str] = []
    for group in Group:
        people = on_call(group, asked.now)
        names = ", ".join(user.get_full_name() or user.username for user in people)
        facts.append(SeenFact(group.value, names or "—", "/organisation/"))
        if not people:
            nobody.append(group.value)
    technical = shifts_of(Group.TECHNICAL_SUPPORT, asked.now, asked.now + AHEAD)
    reach = max((shift.until for shift in technical), default=asked.now)
    if not technical or reach < asked.now + AHEAD:
        uncovered.append(Group.TECHNICAL_SUPPORT.value)
    if nobody:
        return failed("nobody", *facts, count=len(nobody))
    if uncovered:
        return failed("rota", *facts, days=AHEAD.days)
    return passed("good", *facts, days=AHEAD.days)
