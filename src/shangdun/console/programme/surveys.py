"""Surveys for their pages: questions as they are asked, results as they may be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shangdun.console.wordings.surveys import PROBLEMS
from shangdun.govern.measures.definition import Kind
from shangdun.govern.measures.intervals import Interval
from shangdun.govern.survey.questions import Problem, Question, QuestionKind, problems_of
from shangdun.govern.survey.results import GroupScore, Outcome, Results, Score
from shangdun.records.measure_words import interval_words, per_cent
from shangdun.records.models import Survey, SurveyState

KINDS: dict[QuestionKind, Promise] = {
    QuestionKind.SCALE: gettext_lazy("Scale from 1 to 5"),
    QuestionKind.CHOICE: gettext_lazy("One answer of several"),
    QuestionKind.SEVERAL: gettext_lazy("Several answers"),
    QuestionKind.TEXT: gettext_lazy("Free text"),
}
PREFIX = "q_"
"""Before a question's key, as the name of its field."""


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Asked:
    """A question as somebody answers it."""

    name: str
    number: int
    kind: str
    text: str
    required: bool
    options: list[Option]
    low: str
    high: str
    value: str
    error: str
    when: str
    """``name value value``: for the script that shows it only then."""
    hint: str
    """The same in words, for whoever has no script."""


def language() -> str:
    """The page's language as surveys name theirs."""
    return "zh" if (get_language() or "").startswith("zh") else "en"


def titled(survey: Survey, part: str = "title") -> str:
    """A text of the survey in the page's language."""
    return str(getattr(survey, f"{part}_{language()}"))


def asked(
    questions: Sequence[Question],
    given: Mapping[str, Sequence[str]] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> list[Asked]:
    """The form, with what was answered already and what is wrong with it."""
    by_key = {question.key: question for question in questions}
    return [
        _asked(question, place, by_key, given or {}, wrong or {})
        for place, question in enumerate(questions, 1)
    ]


def _asked(
    question: Question,
    place: int,
    by_key: Mapping[str, Question],
    given: Mapping[str, Sequence[str]],
    wrong: Mapping[str, str],
) -> Asked:
    sent, rule = given.get(question.key, ()), question.only_if
    scale = question.kind is QuestionKind.SCALE
    ends = [choice.text(language()) for choice in question.choices] if scale else []
    code = wrong.get(question.key, "")
    return Asked(
        name=PREFIX + question.key,
        number=place,
        kind=question.kind.value,
        text=question.text(language()),
        required=question.required and rule is None,
        options=[Option(key, answer_words(question, key), key in sent) for key in question.keys],
        low=ends[0] if ends else "",
        high=ends[-1] if len(ends) > 1 else "",
        value=sent[0] if sent else "",
        error=str(PROBLEMS[code]) if code else "",
        when=f"{PREFIX}{rule.question} {' '.join(rule.answers)}" if rule else "",
        hint=rule_words(question, by_key),
    )


def answer_words(question: Question, key: str) -> str:
    """An answer in the page's language; a step of a scale is its number."""
    if question.kind is QuestionKind.SCALE:
        return key
    return next((one.text(language()) for one in question.choices if one.key == key), key)


def rule_words(question: Question, by_key: Mapping[str, Question]) -> str:
    """When a question is asked, in words."""
    rule = question.only_if
    before = by_key.get(rule.question) if rule else None
    if rule is None or before is None:
        return ""
    answers = _(" or ").join(answer_words(before, key) for key in rule.answers)
    return _("Only after “%(answers)s” to “%(question)s”") % {
        "answers": answers, "question": before.text(language()),
    }  # fmt: skip


@dataclass(frozen=True)
class Drafted:
    """A question in the builder."""

    question: Question
    kind: Promise
    rule: str
    problems: list[Promise]


def drafted(questions: Sequence[Question]) -> tuple[list[Drafted], list[Promise]]:
    """Each question with what is missing, and what is missing in the whole."""
    found: dict[str, list[Promise]] = {}
    for problem in problems_of(questions):
        found.setdefault(problem.question, []).append(_problem(problem))
    by_key = {question.key: question for question in questions}
    rows = [
        Drafted(one, KINDS[one.kind], rule_words(one, by_key), found.get(one.key, []))
        for one in questions
    ]
    return rows, found.get("", [])


def _problem(problem: Problem) -> Promise:
    return PROBLEMS[problem.code]


@dataclass(frozen=True)
class BarShown:
    label: str
    count: int
    percent: int
    words: str


@dataclass(frozen=True)
class ScoreShown:
    """A scale in words."""

    share: str
    interval: str
    mean: str
    mean_interval: str
    count: int


@dataclass(frozen=True)
class OutcomeShown:
    """One question's results in words."""

    number: int
    text: str
    enough: bool
    answered: int
    bars: list[BarShown]
    score: ScoreShown | None
    texts: tuple[str, ...]
    groups: list[tuple[str, list[tuple[str, ScoreShown | None]]]]
    low: str
    high: str


def shown_results(found: Results) -> list[OutcomeShown]:
    """All questions, in their order."""
    by_key = {one.question.key: one.question for one in found.outcomes}
    return [_outcome(one, place, by_key) for place, one in enumerate(found.outcomes, 1)]


def _outcome(found: Outcome, place: int, by_key: Mapping[str, Question]) -> OutcomeShown:
    question = found.question
    scale = question.kind is QuestionKind.SCALE
    ends = [choice.text(language()) for choice in question.choices] if scale else []
    return OutcomeShown(
        number=place,
        text=question.text(language()),
        enough=found.enough,
        answered=found.answered or 0,
        bars=[
            BarShown(
                answer_words(question, bar.key), bar.count, round(100 * bar.share),
                per_cent(100 * bar.share),
            )
            for bar in found.bars
        ],
        score=score_words(found.score),
        texts=found.texts,
        groups=[(by_key[key].text(language()), _groups(by_key[key], by)) for key, by in found.by],
        low=ends[0] if ends else "",
        high=ends[-1] if len(ends) > 1 else "",
    )  # fmt: skip


def _groups(
    question: Question, groups: Sequence[GroupScore]
) -> list[tuple[str, ScoreShown | None]]:
    return [
        (answer_words(question, one.key) if one.key else _("no answer"), score_words(one.score))
        for one in groups
    ]


def score_words(score: Score | None) -> ScoreShown | None:
    """A score in words."""
    if score is None:
        return None
    spread = score.mean_interval
    return ScoreShown(
        share=per_cent(100 * score.share),
        interval=interval_words(_hundred(score), Kind.SHARE),
        mean=number_format(score.mean, 1),
        mean_interval=f"{number_format(spread.low, 1)}–{number_format(spread.high, 1)}"
        if spread
        else "",
        count=score.count,
    )


def _hundred(score: Score) -> Interval:
    found = score.share_interval
    return Interval(100 * found.low, 100 * found.high, found.method, found.confidence)


def look_of(survey: Survey) -> str:
    """The colour of its state."""
    return {SurveyState.OPEN: "good", SurveyState.DRAFT: "note"}.get(SurveyState(survey.state), "")
