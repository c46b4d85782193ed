"""What the answers of a closed survey say, with how sure it is; small groups stay unseen.

Results are made once, of all answers, when the survey has closed: two looks at a survey that grows
would let the newcomer be reckoned by subtraction.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import msgspec

from shangdun.govern.measures.intervals import Interval, mean_interval, share_interval
from shangdun.govern.survey.questions import SCALE, Question, QuestionKind, Values
from shangdun.govern.survey.suppression import shown_divisions

CONTENT = 4
"""From this step of a scale on, somebody is satisfied (the two upper of five: top-two-box)."""


class Bar(msgspec.Struct, frozen=True):
    """One answer: how many gave it; its share is of those who answered the question."""

    key: str
    count: int
    share: float


class Score(msgspec.Struct, frozen=True):
    """A scale in numbers. ``content`` is the share of the two upper steps."""

    count: int
    content: int
    share: float
    share_interval: Interval
    mean: float
    mean_interval: Interval | None
    """None where all answered alike."""


class GroupScore(msgspec.Struct, frozen=True):
    """A scale among those who gave one answer to a grouping question; None: too few to show."""

    key: str
    score: Score | None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One question. ``enough`` False: fewer answered than may be shown, and all else is empty."""

    question: Question
    enough: bool
    answered: int | None = None
    bars: tuple[Bar, ...] = ()
    score: Score | None = None
    texts: tuple[str, ...] = ()
    """Sorted by their letters: in no order of people."""
    by: tuple[tuple[str, tuple[GroupScore, ...]], ...] = ()
    """Grouping question → scores of its groups."""


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """``answers`` is None below the smallest group: not even how many is told then."""

    enough: bool
    least: int
    answers: int | None
    invited: int
    outcomes: tuple[Outcome, ...] = ()


def results(
    questions: Sequence[Question], answers: Sequence[Values], *, least: int, invited: int = 0
) -> Results:
    """All questions of a closed survey."""
    if len(answers) < least:
        return Results(enough=False, least=least, answers=None, invited=invited)
    found = tuple(_outcome(question, questions, answers, least) for question in questions)
    return Results(enough=True, least=least, answers=len(answers), invited=invited, outcomes=found)


def _outcome(
    question: Question, questions: Sequence[Question], answers: Sequence[Values], least: int
) -> Outcome:
    having = [one for one in answers if question.key in one]
    if len(having) < least:
        return Outcome(question=question, enough=False)
    found = Outcome(question=question, enough=True, answered=len(having))
    if question.kind is QuestionKind.TEXT:
        texts = tuple(sorted(str(one[question.key]) for one in having))
        return msgspec.structs.replace(found, texts=texts)
    found = msgspec.structs.replace(found, bars=_bars(question, having))
    if question.kind is not QuestionKind.SCALE:
        return found
    others = [other for other in questions if other.groups and other.key != question.key]
    divided = {other.key: [str(one.get(other.key, "")) for one in having] for other in others}
    open_ = shown_divisions(divided, least)
    groups = tuple(
        (other.key, _by_group(question, other, having, open_[other.key])) for other in others
    )
    return msgspec.structs.replace(found, score=score_of(question.key, having), by=groups)


def _bars(question: Question, having: Sequence[Values]) -> tuple[Bar, ...]:
    counts: Counter[str] = Counter()
    for one in having:
        value = one[question.key]
        counts.update(value if isinstance(value, list) else [str(value)])
    return tuple(Bar(key, counts[key], counts[key] / len(having)) for key in question.keys)


def score_of(key: str, answers: Sequence[Values]) -> Score | None:
    """A scale's score among these answers; None where nobody answered it."""
    values = [float(value) for one in answers if isinstance(value := one.get(key), int)]
    interval = share_interval(sum(value >= CONTENT for value in values), len(values))
    if interval is None:
        return None
    content = sum(value >= CONTENT for value in values)
    return Score(
        count=len(values),
        content=content,
        share=content / len(values),
        share_interval=interval,
        mean=math.fsum(values) / len(values),
        mean_interval=mean_interval(values, (float(SCALE[0]), float(SCALE[1]))),
    )


def _by_group(
    question: Question, other: Question, having: Sequence[Values], open_: frozenset[str]
) -> tuple[GroupScore, ...]:
    members: dict[str, list[Values]] = {key: [] for key in (*other.keys, "")}
    for one in having:
        members[str(one.get(other.key, ""))].append(one)
    return tuple(
        GroupScore(key, score_of(question.key, group) if key in open_ else None)
        for key, group in members.items()
        if group or key
    )
