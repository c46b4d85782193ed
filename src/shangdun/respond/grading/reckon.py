"""The vote: each criterion in force looks at the facts and says a grade, or why it says none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from shangdun.respond.classify import Type
from shangdun.respond.facts import DataKind, Facts
from shangdun.respond.grading.data import (
    Certainty,
    Criterion,
    Law,
    Level,
    Measured,
    laws,
)

BEIJING = ZoneInfo("Asia/Shanghai")
"""Laws begin at midnight there."""


class Answer(StrEnum):
    """What came of asking a criterion."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    UNKNOWN = "unknown"
    """A fact it needs is not known: it votes for nothing."""
    NOT_ASKED = "not_asked"
    """It is about other incidents or operators."""


class Vote(msgspec.Struct, frozen=True, kw_only=True):
    """How one criterion voted. ``value`` is the fact as text, ``threshold`` what was compared."""

    law: str
    criterion: str
    measures: Measured
    answer: Answer
    grade: int = 0
    value: str = ""
    threshold: str = ""
    missing: tuple[str, ...] = ()
    """Facts that are not known."""
    certainty: Certainty = Certainty.V
    next_grade: int = 0
    """The grade of the next level up, and where it begins."""
    next_at: str = ""


class Grading(msgspec.Struct, frozen=True, kw_only=True):
    """``grade`` 0 to 4 with the votes behind it, in the order of the laws.

    ``could_rise``: facts not known that could make it graver. ``confirmed`` is False where the
    grade rests on nothing but votes that counsel has yet to confirm.
    """

    grade: int
    votes: tuple[Vote, ...] = ()
    could_rise: tuple[str, ...] = ()
    confirmed: bool = True

    @property
    def deciding(self) -> tuple[Vote, ...]:
        """The votes for the grade itself."""
        return tuple(vote for vote in self.votes if vote.grade == self.grade and vote.grade)


def grade(facts: Facts, kind: Type | str, at: datetime, of: Sequence[Law] | None = None) -> Grading:
    """The gravest vote of the laws in force at ``at``, the moment the company became aware.

    Facts that are unknown vote for nothing. Where something is known but no threshold is reached
    the grade is 1 (一般); where nothing is known yet it is 0.
    """
    day = at.astimezone(BEIJING).date()
    in_force = [law for law in (laws() if of is None else of) if law.in_force(day)]
    votes = tuple(
        _ask(criterion, law, facts, Type(kind)) for law in in_force for criterion in law.criteria
    )
    highest = max((vote.grade for vote in votes), default=0)
    answered = any(v.answer in {Answer.REACHED, Answer.NOT_REACHED} for v in votes)
    reached = highest or int(answered)
    deciding = [vote for vote in votes if vote.grade == highest and highest]
    return Grading(
        grade=reached,
        votes=votes,
        could_rise=_could_rise(votes, in_force, reached),
        confirmed=not deciding or any(vote.certainty is Certainty.V for vote in deciding),
    )


def _ask(criterion: Criterion, law: Law, facts: Facts, kind: Type) -> Vote:
    ballot = Vote(
        law=law.id,
        criterion=criterion.id,
        measures=criterion.measures,
        answer=Answer.NOT_ASKED,
        certainty=law.certainty,
    )
    not_its = criterion.types and kind not in criterion.types
    for_critical = criterion.only_critical_infrastructure
    if not_its or (for_critical and facts.critical_infrastructure is False):
        return ballot
    missing = _missing(criterion, facts)
    if missing:
        return replace(ballot, answer=Answer.UNKNOWN, missing=missing)
    if criterion.matrix:
        return _by_matrix(criterion, facts, ballot)
    if criterion.measures is Measured.DATA_KINDS:
        return _by_kinds(criterion, facts, ballot)
    return _by_number(criterion, _number(criterion.measures, facts), ballot)


def _missing(criterion: Criterion, facts: Facts) -> tuple[str, ...]:
    found = []
    measured = criterion.measures
    if measured is Measured.DATA_KINDS:
        if not facts.data_kinds and facts.personal_data is not False:
            found.append(measured.value)
    elif measured is Measured.PEOPLE:
        if facts.people is None and facts.personal_data is not False:
            found.append(measured.value)
    elif measured is Measured.IMPORTANCE:
        if facts.loss is None:
            found.append(Measured.LOSS.value)
    elif getattr(facts, measured.value) is None:
        found.append(measured.value)
    if criterion.only_critical_infrastructure and facts.critical_infrastructure is None:
        found.append("critical_infrastructure")
    return tuple(found)


def _number(measured: Measured, facts: Facts) -> Decimal:
    """The fact; people are none where no personal data is affected."""
    value = getattr(facts, measured.value)
    return Decimal(0 if value is None else value)


def _by_number(criterion: Criterion, value: Decimal, ballot: Vote) -> Vote:
    above: Level | None = None
    for level in criterion.levels:
        least = level.at_least or Decimal(0)
        if value >= least:
            return _vote(ballot, level, above, value=_plain(value), threshold=_plain(least))
        above = level
    return _vote(ballot, None, above, value=_plain(value))


def _by_kinds(criterion: Criterion, facts: Facts, ballot: Vote) -> Vote:
    there = sorted(set(facts.data_kinds), key=list(DataKind).index)
    for level in criterion.levels:
        hit = [kind for kind in there if kind in level.kinds]
        if hit:
            return _vote(ballot, level, None, value=_named(there), threshold=_named(hit))
    return _vote(ballot, None, None, value=_named(there))


def _by_matrix(criterion: Criterion, facts: Facts, ballot: Vote) -> Vote:
    loss = facts.loss or Decimal(0)
    column = sum(loss >= begins for begins in criterion.classes)
    row = criterion.matrix.get(facts.importance)
    reached = row[column] if row else 0
    return replace(
        ballot,
        answer=Answer.REACHED if reached else Answer.NOT_REACHED,
        grade=reached,
        value=f"{facts.importance.value},{_plain(loss)}",
        threshold=_plain(criterion.classes[column - 1]) if column else "0",
    )


def _vote(
    ballot: Vote, level: Level | None, above: Level | None, *, value: str, threshold: str = ""
) -> Vote:
    return replace(
        ballot,
        answer=Answer.REACHED if level else Answer.NOT_REACHED,
        grade=level.grade if level else 0,
        value=value,
        threshold=threshold,
        certainty=(level.certainty if level else None) or ballot.certainty,
        next_grade=above.grade if above else 0,
        next_at=_plain(above.at_least) if above and above.at_least is not None else "",
    )


def _named(kinds: Sequence[DataKind]) -> str:
    return ",".join(kind.value for kind in kinds)


def _could_rise(votes: Sequence[Vote], of: Sequence[Law], reached: int) -> tuple[str, ...]:
    """Unknown facts whose criterion has a level above what is reached; each once, in order."""
    most = {(law.id, c.id): _most(c) for law in of for c in law.criteria}
    found: dict[str, None] = {}
    for vote in votes:
        if vote.answer is Answer.UNKNOWN and most[vote.law, vote.criterion] > reached:
            for name in vote.missing:
                found.setdefault(name)
    return tuple(found)


def _most(criterion: Criterion) -> int:
    grades = [level.grade for level in criterion.levels]
    grades += [one for row in criterion.matrix.values() for one in row]
    return max(grades, default=0)


def _plain(value: Decimal) -> str:
    """Without an exponent and without zeros after the point."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
