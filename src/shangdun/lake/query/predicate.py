"""What is asked of an event, whatever language it was asked in."""

from __future__ import annotations

from dataclasses import dataclass

Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Equals:
    """The field has this value."""

    field: str
    value: Value


@dataclass(frozen=True, slots=True)
class Like:
    """The field's text matches a pattern of literal parts with anything between them."""

    field: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Present:
    """The field has any value."""

    field: str


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; without parts, always."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one part holds; without parts, never."""

    parts: tuple[Predicate, ...]


Predicate = Equals | Like | Present | All | Either
