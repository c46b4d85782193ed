"""Questions of a survey, what is wrong with them before it opens, and answers read by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

import msgspec

SCALE = (1, 5)
"""From the worst to the best: five steps, the middle one neither (Likert)."""
LONGEST_TEXT = 2_000
MOST_QUESTIONS = 40
MOST_CHOICES = 20


class QuestionKind(StrEnum):
    """How it is answered."""

    SCALE = "scale"
    """1 to 5."""
    CHOICE = "choice"
    SEVERAL = "several"
    TEXT = "text"


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way to answer; of a scale, the words of one end."""

    key: str
    zh: str
    en: str

    def text(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Asked only where an earlier question got one of these answers."""

    question: str
    answers: tuple[str, ...]


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One question. ``groups``: results are also shown by its answers."""

    key: str
    kind: QuestionKind
    zh: str
    en: str
    choices: tuple[Choice, ...] = ()
    required: bool = False
    groups: bool = False
    only_if: Condition | None = None

    def text(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en

    @property
    def keys(self) -> tuple[str, ...]:
        """What may be answered, as words; nothing for a text."""
        if self.kind is QuestionKind.SCALE:
            return tuple(str(step) for step in range(SCALE[0], SCALE[1] + 1))
        return tuple(choice.key for choice in self.choices)


Value = int | str | list[str]
Values = Mapping[str, Value]


class Problem(msgspec.Struct, frozen=True):
    """What is wrong; ``question`` is its key, empty for the whole."""

    code: str
    question: str = ""


def problems_of(questions: Sequence[Question]) -> list[Problem]:
    """What keeps a survey from being opened, question by question (codes ``survey.…``)."""
    found = []
    if not questions:
        found.append(Problem("survey.empty"))
    if len(questions) > MOST_QUESTIONS:
        found.append(Problem("survey.many"))
    before: dict[str, Question] = {}
    for question in questions:
        found += [Problem(code, question.key) for code in _wrong(question, before)]
        before[question.key] = question
    return found


def _wrong(question: Question, before: Mapping[str, Question]) -> Iterable[str]:
    if question.key in before:
        yield "survey.twice"
    if not question.zh.strip() or not question.en.strip():
        yield "survey.language"
    chosen = question.kind in (QuestionKind.CHOICE, QuestionKind.SEVERAL)
    if chosen and not 2 <= len(question.choices) <= MOST_CHOICES:
        yield "survey.choices"
    if len(set(question.keys)) != len(question.keys):
        yield "survey.choice_twice"
    if any(not one.zh.strip() or not one.en.strip() for one in question.choices):
        yield "survey.choice_language"
    if question.groups and question.kind is not QuestionKind.CHOICE:
        yield "survey.groups"
    rule = question.only_if
    if rule is not None:
        asked = before.get(rule.question)
        if asked is None or asked.kind not in (QuestionKind.SCALE, QuestionKind.CHOICE):
            yield "survey.rule"
        elif not rule.answers or not set(rule.answers) <= set(asked.keys):
            yield "survey.rule_answer"


def is_asked(question: Question, values: Values) -> bool:
    """Whether the question applies, after what was answered before it."""
    rule = question.only_if
    if rule is None:
        return True
    return str(values.get(rule.question, "")) in rule.answers


def read_answer(
    questions: Sequence[Question], given: Mapping[str, Sequence[str]]
) -> tuple[dict[str, Value], dict[str, str]]:
    """What a form sent as values, and what is wrong with it by question (codes ``answer.…``).

    What belongs to a question that does not apply is left out, whatever was sent.
    """
    values: dict[str, Value] = {}
    wrong: dict[str, str] = {}
    for question in questions:
        if not is_asked(question, values):
            continue
        sent = [text for text in given.get(question.key, ()) if text.strip()]
        if not sent:
            if question.required:
                wrong[question.key] = "answer.missing"
            continue
        value = _value(question, sent)
        if value is None:
            wrong[question.key] = "answer.unknown"
        elif isinstance(value, str) and len(value) > LONGEST_TEXT:
            wrong[question.key] = "answer.long"
        else:
            values[question.key] = value
    return values, wrong


def _value(question: Question, sent: Sequence[str]) -> Value | None:
    if question.kind is QuestionKind.TEXT:
        return sent[0].strip()
    known = [key for key in question.keys if key in sent]
    if len(known) != len(set(sent)):
        return None
    if question.kind is QuestionKind.SEVERAL:
        return known
    if len(known) != 1:
        return None
    return int(known[0]) if question.kind is QuestionKind.SCALE else known[0]
