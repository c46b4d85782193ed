"""Which clocks run against the company, from what is known of an incident."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec

from shangdun.respond.facts import DataKind, Facts, Importance
from shangdun.respond.regulators.conditions import Leaf, Situation, ways, weigh
from shangdun.respond.regulators.law import Duty, Start, duties

REMIND_AT = (50, 80, 100)
"""Per cent of the time allowed."""


class Operator(msgspec.Struct, frozen=True, kw_only=True):
    """What a company is, as far as laws ask."""

    critical_infrastructure: bool = False
    serves_eu: bool = False
    takes_cards: bool = False
    is_platform: bool = False


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """One duty as it stands for one incident.

    ``applies`` None: it may apply, which ``missing`` decides. ``started_at`` None: it applies, but
    what starts it (the end of the handling) has not happened. ``due_at`` None: without delay.
    """

    duty: Duty
    applies: bool | None
    started_at: datetime | None
    due_at: datetime | None
    because: tuple[Leaf, ...] = ()
    missing: tuple[str, ...] = ()


class WhatIf(msgspec.Struct, frozen=True):
    """A duty that does not apply now, and each way in which it would."""

    duty: Duty
    ways: tuple[tuple[Leaf, ...], ...]


def clocks(
    facts: Facts,
    company: Operator,
    type: str,  # noqa: A002 - the incident's, as everywhere
    grade: int,
    at: datetime,
    *,
    handling_ended: datetime | None = None,
    rules: Iterable[Duty] | None = None,
) -> list[Due]:
    """Every duty that applies or may apply, in the order of the data.

    ``grade`` is 0 (not graded) to 4; ``at`` the present moment, before which nothing has ended. The
    version in force on the day the company became aware counts. Arithmetic is in UTC: neither
    weekends nor daylight saving stop a clock counted in hours (for the GDPR: Regulation 1182/71,
    Art. 3(4), extends only periods not expressed in hours).

    A clock starts when the company became aware of the incident, also where the fact that makes
    the duty apply comes to light later: the CAC measures (Art. 4) run from discovering or learning
    of the incident, the GDPR (Art. 33) from awareness of the breach. Guidance may be kinder where
    the assessment took its time in good faith; that is for counsel, not for a clock.
    """
    situation = situation_of(facts, company, type, grade, handling_ended=handling_ended)
    ended = handling_ended if handling_ended is not None and handling_ended <= at else None
    found = []
    for duty in _in_force(facts.known_at, rules):
        verdict = weigh(duty.when, situation)
        if verdict.answer is False:
            continue
        begun = facts.known_at if duty.starts is Start.KNOWN_AT else ended
        # In UTC: Python counts days of one zone by the clock on the wall.
        started = begun.astimezone(UTC) if begun else None
        found.append(
            Due(
                duty=duty,
                applies=verdict.answer,
                started_at=started,
                due_at=started + duty.within if started and duty.within else None,
                because=verdict.because,
                missing=verdict.missing,
            )
        )
    return found


def what_if(
    facts: Facts,
    company: Operator,
    type: str,  # noqa: A002 - the incident's, as everywhere
    grade: int,
    *,
    rules: Iterable[Duty] | None = None,
) -> list[WhatIf]:
    """Duties that do not apply as things stand, with what would bring them."""
    situation = situation_of(facts, company, type, grade)
    return [
        WhatIf(duty, ways(duty.when, situation))
        for duty in _in_force(facts.known_at, rules)
        if weigh(duty.when, situation).answer is False
    ]


def _in_force(known_at: datetime, rules: Iterable[Duty] | None) -> list[Duty]:
    return [duty for duty in (duties() if rules is None else rules) if duty.in_force(known_at)]


def situation_of(
    facts: Facts,
    company: Operator,
    type: str,  # noqa: A002 - the incident's, as everywhere
    grade: int,
    *,
    handling_ended: datetime | None = None,
) -> Situation:
    """The facts by the names that conditions use; None is unknown.

    A grade below 较大 is final only when nothing that could raise it is unknown. Who says that no
    personal data got out has said how many people's: none.
    """
    none_personal = facts.personal_data is False
    kinds = set(facts.data_kinds)
    known_kinds = bool(kinds) or none_personal
    cii = facts.critical_infrastructure
    eu = facts.eu_people
    if eu is None and (none_personal or not company.serves_eu):
        eu = 0
    return {
        "type": type,
        "grade": _grade(facts, grade),
        "personal_data": facts.personal_data,
        "people": 0 if none_personal else facts.people,
        "eu_people": eu,
        "critical_infrastructure": company.critical_infrastructure if cii is None else cii,
        "crime_suspected": facts.crime_suspected,
        "high_risk": facts.high_risk,
        "harm_averted": facts.harm_averted,
        "card_data": DataKind.CARD in kinds if known_kinds or not company.takes_cards else None,
        "important_data": DataKind.IMPORTANT in kinds if known_kinds else None,
        "is_platform": company.is_platform,
        "vital": facts.importance is Importance.VITAL,
        "ransom": facts.ransom,
        "handled": handling_ended is not None,
        "national_interest": None,
    }


DECIDES_GRADE = ("people", "loss", "outage_minutes", "people_served")


def _grade(facts: Facts, grade: int) -> int | None:
    if grade > 1:
        return grade
    return None if undecided_grade(facts) or grade == 0 else grade


def undecided_grade(facts: Facts) -> tuple[str, ...]:
    """What is unknown and could raise the grade."""
    return tuple(
        name
        for name in DECIDES_GRADE
        if getattr(facts, name) is None and not (name == "people" and facts.personal_data is False)
    )


def reminders_due(started: datetime, due: datetime, at: datetime, reminded: int) -> int:
    """The highest of 50, 80 and 100 per cent that has passed and was not reminded of; else 0."""
    allowed = (due - started) / timedelta(seconds=1)
    gone = (at - started) / timedelta(seconds=1)
    passed = [mark for mark in REMIND_AT if allowed <= 0 or gone * 100 >= allowed * mark]
    return max((mark for mark in passed if mark > reminded), default=0)
