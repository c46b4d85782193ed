"""What a Sigma condition becomes: a small typed tree over atoms, free of pySigma and of files.

An atom asks one question of one field of one event; a tree joins atoms with and, or and not.
Trees travel through the rule cache, so every node is a msgspec struct with a tag.

A field holds no value, one or many. An atom other than ``Null`` and ``Exists`` holds when any
of the values satisfies it, so without a value it does not hold and its negation does.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import msgspec

KEYWORD = ""
"""The field of a keyword: every text value of the event is asked."""


class Shape(StrEnum):
    """Where in the value a text must stand."""

    EXACT = "exact"
    CONTAINS = "contains"
    STARTS = "startswith"
    ENDS = "endswith"
    WILDCARD = "wildcard"


class Wild(StrEnum):
    """A part of a wildcard text that is not literal."""

    MANY = "*"
    ONE = "?"


class _Atom(msgspec.Struct, frozen=True, tag_field="t"):
    field: str
    column: str
    """The event column behind the field when the event has no column of the field's own name;
    empty where fields keep their native names."""


class Text(_Atom, frozen=True, tag="text"):
    """A text compared without regard to case unless ``cased``.

    For ``WILDCARD``, ``value`` is written in the form of ``wild_pattern``; else it is literal.
    """

    shape: Shape
    value: str
    cased: bool = False


class Regex(_Atom, frozen=True, tag="regex"):
    """A regular expression that is searched for; ``flags`` is a subset of ``ims``, sorted."""

    pattern: str
    flags: str = ""


class Number(_Atom, frozen=True, tag="number"):
    """A number; text that spells exactly this number equals it too."""

    value: int | float


class Compare(_Atom, frozen=True, tag="compare"):
    """``lt``, ``lte``, ``gt`` or ``gte``; text is read as a number where it is one."""

    operator: str
    value: int | float


class Truth(_Atom, frozen=True, tag="truth"):
    """A boolean, or the text ``true`` or ``false`` in any case."""

    value: bool


class Cidr(_Atom, frozen=True, tag="cidr"):
    """An IPv4 or IPv6 address inside a network."""

    network: str


class Null(_Atom, frozen=True, tag="null"):
    """The field is missing or null."""


class Dash(_Atom, frozen=True, tag="dash"):
    """The log wrote ``-`` for nothing: the column behind the field is there and holds no value."""


class Exists(_Atom, frozen=True, tag="exists"):
    """The field is there and not null."""


class FieldRef(_Atom, frozen=True, tag="fieldref"):
    """The value equals (or contains, starts or ends with) that of another field of the event."""

    other: str
    other_column: str
    shape: Shape = Shape.EXACT


class TimePart(_Atom, frozen=True, tag="timepart"):
    """``minute``, ``hour``, ``day``, ``week``, ``month`` or ``year`` of a moment, in UTC."""

    part: str
    value: int


Atom: TypeAlias = (
    Text | Regex | Number | Compare | Truth | Cidr | Null | Dash | Exists | FieldRef | TimePart
)


class Not(msgspec.Struct, frozen=True, tag_field="t", tag="not"):
    """The argument does not hold."""

    arg: Node


class And(msgspec.Struct, frozen=True, tag_field="t", tag="and"):
    """Every argument holds."""

    args: tuple[Node, ...]


class Or(msgspec.Struct, frozen=True, tag_field="t", tag="or"):
    """At least one argument holds."""

    args: tuple[Node, ...]


Node: TypeAlias = (
    Text
    | Regex
    | Number
    | Compare
    | Truth
    | Cidr
    | Null
    | Dash
    | Exists
    | FieldRef
    | TimePart
    | Not
    | And
    | Or
)


def wild_pattern(parts: list[str | Wild]) -> str:
    """Write literal and wild parts as one string: a backslash escapes ``*``, ``?`` and itself."""
    written = (
        part.value
        if isinstance(part, Wild)
        else part.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?")
        for part in parts
    )
    return "".join(written)


def wild_parts(pattern: str) -> list[str | Wild]:
    """The parts that ``wild_pattern`` wrote."""
    parts: list[str | Wild] = []
    literal: list[str] = []
    letters = iter(pattern)
    for letter in letters:
        if letter in {"*", "?"}:
            if literal:
                parts.append("".join(literal))
                literal = []
            parts.append(Wild(letter))
        else:
            literal.append(next(letters) if letter == "\\" else letter)
    if literal:
        parts.append("".join(literal))
    return parts


def atoms_of(node: Node) -> list[Atom]:
    """Every atom of a tree, in reading order, repetitions included."""
    if isinstance(node, Not):
        return atoms_of(node.arg)
    if isinstance(node, And | Or):
        return [atom for arg in node.args for atom in atoms_of(arg)]
    return [node]
