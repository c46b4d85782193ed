"""Grading rules as dated data: which law, which article, from when to when, how certain."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec
import yaml

from shangdun.kernel.errors import ConfigError
from shangdun.respond.classify import Type
from shangdun.respond.facts import DataKind, Importance

GRAVEST = 4


class Certainty(StrEnum):
    """How the text was checked; all but ``V`` are shown as to be confirmed by counsel."""

    V = "V"
    """The primary text was read."""
    S = "S"
    """A secondary source."""
    U = "U"
    """Not verified."""


class Measured(StrEnum):
    """What a criterion looks at: the name of a fact."""

    PEOPLE = "people"
    PEOPLE_SERVED = "people_served"
    LOSS = "loss"
    OUTAGE = "outage_minutes"
    DATA_KINDS = "data_kinds"
    IMPORTANCE = "importance"
    """Importance of the object against the class of the loss."""


class Level(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A grade and what reaches it: ``at_least`` (boundary included), or one of ``kinds``."""

    grade: int
    at_least: Decimal | None = None
    kinds: tuple[DataKind, ...] = ()
    certainty: Certainty | None = None
    """Where it differs from the law's."""

    def __post_init__(self) -> None:
        if not 1 <= self.grade <= GRAVEST:
            raise ValueError("a grade is 1 to 4")
        if (self.at_least is None) is (not self.kinds):
            raise ValueError("a level has either at_least or kinds")


class Criterion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One question of a law: ``levels`` gravest first, or a ``matrix`` by importance and loss."""

    id: str
    measures: Measured
    zh: str
    en: str
    levels: tuple[Level, ...] = ()
    matrix: dict[Importance, tuple[int, ...]] = {}
    classes: tuple[Decimal, ...] = ()
    """With a matrix: where the second, third … class of loss begins, in yuan."""
    only_critical_infrastructure: bool = False
    types: tuple[Type, ...] = ()
    """Of incidents it is asked about; none: all."""

    def __post_init__(self) -> None:
        grades = [level.grade for level in self.levels]
        if grades != sorted(grades, reverse=True):
            raise ValueError(f"{self.id}: levels stand gravest first")
        if (self.measures is Measured.IMPORTANCE) is not bool(self.matrix):
            raise ValueError(f"{self.id}: importance, and it alone, is asked by a matrix")
        for row in self.matrix.values():
            if len(row) != len(self.classes) + 1 or not all(0 <= g <= GRAVEST for g in row):
                raise ValueError(f"{self.id}: a row has a grade for each class of loss")


class Law(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A source of criteria; in force from ``effective_from`` until before ``effective_to``."""

    id: str
    zh: str
    en: str
    source: str
    article: str
    effective_from: date
    effective_to: date | None = None
    certainty: Certainty
    criteria: tuple[Criterion, ...]
    note_zh: str = ""
    note_en: str = ""

    def in_force(self, day: date) -> bool:
        """Whether it holds on that day."""
        return self.effective_from <= day and (self.effective_to is None or day < self.effective_to)


class Category(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A category of GB/T 20986-2023."""

    zh: str
    en: str


class GradingData(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file. ``categories`` by the plan's types."""

    edition: str
    laws: tuple[Law, ...]
    categories: dict[Type, tuple[Category, ...]]


@cache
def grading_data() -> GradingData:
    """What is shipped. Raises ``ConfigError`` where the file breaks its own form."""
    place = files("shangdun") / "content" / "law" / "grading.yml"
    return read_grading(place.read_text("utf-8"), str(place))


def read_grading(text: str, where: str) -> GradingData:
    """A file of grading data. Raises ``ConfigError`` with the place of what is wrong."""
    try:
        return msgspec.convert(yaml.safe_load(text), GradingData)
    except (msgspec.ValidationError, yaml.YAMLError) as error:
        raise ConfigError(
            str(error), where=where, fix="see docs/grading.md for the form of the file"
        ) from error


def laws() -> tuple[Law, ...]:
    """All of them, whatever day."""
    return grading_data().laws
