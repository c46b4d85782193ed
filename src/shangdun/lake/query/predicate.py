"""What is asked of an event, whatever language it was asked in.

Every predicate is true or false of an event, never unknown: a comparison with a field that has no
value is false, and ``Not`` of it is true.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from ipaddress import IPv4Network, IPv6Network
from typing import Literal

Value = str | int | float | bool | date
Operator = Literal["<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Equals:
    """The field has this value."""

    field: str
    value: Value


@dataclass(frozen=True, slots=True)
class Compare:
    """The field's value stands in this order to another; texts by code point."""

    field: str
    operator: Operator
    value: Value


@dataclass(frozen=True, slots=True)
class Like:
    """The field's text, or its number written out, matches literal parts with anything between.

    In a part ``ONE`` stands for exactly one character.
    """

    field: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Within:
    """The field is an address of a network."""

    field: str
    network: IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Present:
    """The field has any value."""

    field: str


@dataclass(frozen=True, slots=True)
class Text:
    """Some text of the event holds these parts in this order, whatever the case of letters."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Predicate


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; without parts, always."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one part holds; without parts, never."""

    parts: tuple[Predicate, ...]


Predicate = Equals | Compare | Like | Within | Present | Text | Not | All | Either

ONE = "\ue000"
"""Within a part of ``Like`` and ``Text``: exactly one character, whatever it is."""
