"""Responsible, accountable, consulted, informed: what is wrong with a table of duties.

The letters and the rule that exactly one is accountable are those of the PMBOK Guide's
responsibility assignment matrix.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec

MOST_DUTIES = 8
"""Duties that one person can do or answer for; above it somebody should look."""


class Letter(StrEnum):
    RESPONSIBLE = "R"
    ACCOUNTABLE = "A"
    CONSULTED = "C"
    INFORMED = "I"


class Part(msgspec.Struct, frozen=True):
    """Somebody's part in a duty; ``person`` None: an office that nobody holds."""

    duty: int
    letter: Letter
    person: int | None = None
    office: str = ""
    active: bool = True
    """Whether the person's account is switched on."""


class Wrong(StrEnum):
    NO_ACCOUNTABLE = "no_accountable"
    MANY_ACCOUNTABLE = "many_accountable"
    NO_RESPONSIBLE = "no_responsible"
    EMPTY_OFFICE = "empty_office"
    """An R or A that stands for an office without a person."""
    GONE = "gone"
    """An R or A of somebody whose account is switched off."""
    OVERLOAD = "overload"


class Gap(msgspec.Struct, frozen=True):
    """One thing that is wrong: of a duty, or of a person (``OVERLOAD``)."""

    wrong: Wrong
    duty: int | None = None
    person: int | None = None
    office: str = ""
    count: int = 0


ACTING = frozenset({Letter.RESPONSIBLE, Letter.ACCOUNTABLE})


def gaps(duties: Sequence[int], parts: Iterable[Part], most: int = MOST_DUTIES) -> list[Gap]:
    """Everything that is wrong, by duty in their order, then whoever has too much.

    Each duty needs exactly one accountable and at least one responsible, and both need a person
    who is there. An office without a person is no accountable yet, and is named.
    """
    by_duty: dict[int, list[Part]] = {duty: [] for duty in duties}
    for part in parts:
        if part.duty in by_duty:
            by_duty[part.duty].append(part)
    found: list[Gap] = []
    for duty, held in by_duty.items():
        found += _of_duty(duty, held)
    return found + _overloads(by_duty.values(), most)


def loads(parts: Iterable[Part]) -> dict[int, int]:
    """Person → how many duties he does or answers for; doing both in one counts once."""
    pairs = {(p.person, p.duty) for p in parts if p.person is not None and p.letter in ACTING}
    return dict(Counter(person for person, _duty in pairs))


def _of_duty(duty: int, held: Sequence[Part]) -> list[Gap]:
    found = []
    accountable = [part for part in held if part.letter is Letter.ACCOUNTABLE]
    if not accountable:
        found.append(Gap(Wrong.NO_ACCOUNTABLE, duty))
    elif len(accountable) > 1:
        found.append(Gap(Wrong.MANY_ACCOUNTABLE, duty, count=len(accountable)))
    if not any(part.letter is Letter.RESPONSIBLE for part in held):
        found.append(Gap(Wrong.NO_RESPONSIBLE, duty))
    for part in held:
        if part.letter not in ACTING:
            continue
        if part.person is None:
            found.append(Gap(Wrong.EMPTY_OFFICE, duty, office=part.office))
        elif not part.active:
            found.append(Gap(Wrong.GONE, duty, person=part.person))
    return list(dict.fromkeys(found))


def _overloads(held: Iterable[Sequence[Part]], most: int) -> list[Gap]:
    tally = loads(part for parts in held for part in parts)
    heavy = sorted(
        ((count, person) for person, count in tally.items() if count > most), reverse=True
    )
    return [Gap(Wrong.OVERLOAD, person=person, count=count) for count, person in heavy]
