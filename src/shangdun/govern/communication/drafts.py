"""The texts from which drafts are made, and the lessons of the training of the month."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import TypeVar

import msgspec
import yaml

from shangdun.govern.communication.matrix import Words
from shangdun.govern.report_template import Names, read
from shangdun.kernel.errors import UsageError

T = TypeVar("T")


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A draft in one language."""

    title: str
    body: str


class Both(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    zh: Text
    en: Text

    def text(self, language: str) -> Text:
        """Chinese for ``zh…``, else English."""
        return self.zh if language.startswith("zh") else self.en


class Lesson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a month's training is about; ``lesson`` is markup."""

    topic: Words
    lesson: Words


class Lessons(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    staff: tuple[Lesson, ...]
    """Twelve, January first."""
    customers: tuple[Lesson, ...]
    """Four, the first quarter first."""


@cache
def drafts() -> dict[str, Both]:
    """By maker. Raises ``UsageError`` (``communication.drafts``) for a bad file."""
    return _load("drafts.yml", dict[str, Both])


@cache
def lessons() -> Lessons:
    """Raises ``UsageError`` (``communication.drafts``) for a bad file."""
    found = _load("lessons.yml", Lessons)
    if len(found.staff) != 12 or len(found.customers) != 4:
        raise _bad("twelve topics for people inside and four for customers", "lessons.yml")
    return found


def filled(maker: str, language: str, values: Mapping[str, str]) -> Text:
    """A maker's draft with ``values`` in it, which are markup already.

    Raises ``UsageError`` (``template.…``) where the text asks for what there is no value of.
    """
    text = drafts()[maker].text(language)
    names = Names(frozenset(), frozenset(values))
    everything = dict(values)
    title = read(text.title, names).fill(everything, {})
    body = read(text.body, names).fill(everything, {})
    return Text(" ".join(title.split()), body.strip("\n"))


def _load(name: str, kind: type[T]) -> T:
    path = resources.files("shangdun.content") / "communication" / name
    try:
        return msgspec.convert(yaml.safe_load(path.read_text("utf-8")), kind)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise _bad(str(error), name) from error


def _bad(message: str, name: str) -> UsageError:
    return UsageError(
        message, code="communication.drafts", where=f"content/communication/{name}",
        fix="mend the file",
    )  # fmt: skip
