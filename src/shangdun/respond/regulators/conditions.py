"""Conditions of a legal duty over facts, in three values: what is unknown is never taken for no."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from itertools import product
from typing import Any

import msgspec

from shangdun.kernel.errors import RuleError

Value = bool | int | Decimal | str | None
Situation = Mapping[str, Value]
"""Name → value; None is unknown."""

_LEAF = re.compile(r"(?P<not>not )?(?P<name>[a-z_]+)(?: (?P<op>>=|=) (?P<value>[\w.]+))?")
MOST_WAYS = 12


class Leaf(msgspec.Struct, frozen=True):
    """One comparison: ``people >= 1000000``, ``personal_data``, ``not harm_averted``."""

    name: str
    op: str = "is"
    """``is``, ``not``, ``>=`` or ``=``."""
    value: str = ""

    def __str__(self) -> str:
        if self.op in {"is", "not"}:
            return f"not {self.name}" if self.op == "not" else self.name
        return f"{self.name} {self.op} {self.value}"


class Group(msgspec.Struct, frozen=True):
    """Several conditions: all of them, or any."""

    every: bool
    parts: tuple[Leaf | Group, ...]


class Verdict(msgspec.Struct, frozen=True):
    """What came of a condition.

    ``answer`` None is unknown. ``because`` are the comparisons that decided (those that hold of a
    yes, those that fail of a no), ``missing`` the names whose values would decide an unknown.
    """

    answer: bool | None
    because: tuple[Leaf, ...] = ()
    missing: tuple[str, ...] = ()


Condition = Leaf | Group


def read_condition(raw: object, where: str = "") -> Condition:
    """From ``{all: […]}``, ``{any: […]}`` or a comparison; ``RuleError`` (``law.condition``)."""
    if isinstance(raw, dict) and len(raw) == 1:
        word, parts = next(iter(raw.items()))
        if word in {"all", "any"} and isinstance(parts, list) and parts:
            return Group(word == "all", tuple(read_condition(part, where) for part in parts))
    if isinstance(raw, str):
        return read_leaf(raw, where)
    raise _wrong(raw, where)


def read_leaf(text: str, where: str = "") -> Leaf:
    """One comparison from its text; ``str`` of it gives the text back."""
    found = _LEAF.fullmatch(text)
    if found is None or (found["not"] and found["op"]):
        raise _wrong(text, where)
    if found["op"]:
        return Leaf(found["name"], found["op"], found["value"])
    return Leaf(found["name"], "not" if found["not"] else "is")


def _wrong(raw: object, where: str) -> RuleError:
    return RuleError(
        f"{raw!r} is no condition",
        code="law.condition",
        where=where,
        fix="write `name`, `not name`, `name >= number`, `name = word`, or all/any of such",
    )


def weigh(condition: Condition, situation: Situation) -> Verdict:
    """Kleene's three values: a no decides an ``all``, a yes an ``any``, whatever is unknown."""
    if isinstance(condition, Leaf):
        return _weigh_leaf(condition, situation)
    verdicts = [weigh(part, situation) for part in condition.parts]
    deciding = not condition.every
    decided = [verdict for verdict in verdicts if verdict.answer is deciding]
    if decided:
        return Verdict(deciding, because=_joined(decided))
    unknown = [verdict for verdict in verdicts if verdict.answer is None]
    if unknown:
        missing = tuple(dict.fromkeys(name for one in unknown for name in one.missing))
        sure = [verdict for verdict in verdicts if verdict.answer is condition.every]
        return Verdict(None, because=_joined(sure), missing=missing)
    return Verdict(condition.every, because=_joined(verdicts))


def _joined(verdicts: list[Verdict]) -> tuple[Leaf, ...]:
    return tuple(dict.fromkeys(leaf for verdict in verdicts for leaf in verdict.because))


def _weigh_leaf(leaf: Leaf, situation: Situation) -> Verdict:
    if leaf.name not in situation:
        raise RuleError(
            f"nothing is called {leaf.name!r}", code="law.condition", fix="see the list of facts"
        )
    value = situation[leaf.name]
    if value is None:
        return Verdict(None, missing=(leaf.name,))
    return Verdict(_holds(leaf, value), because=(leaf,))


def _holds(leaf: Leaf, value: Any) -> bool:  # noqa: ANN401 - a fact of any kind
    if leaf.op == ">=":
        return Decimal(value) >= Decimal(leaf.value)
    if leaf.op == "=":
        return str(value) == leaf.value
    return bool(value) is (leaf.op == "is")


def ways(condition: Condition, situation: Situation) -> tuple[tuple[Leaf, ...], ...]:
    """What would have to become true besides what holds: each way, the shortest first."""
    found = {way for way in _ways(condition, situation) if way}
    return tuple(sorted(found, key=lambda way: (len(way), [str(leaf) for leaf in way])))


def _ways(condition: Condition, situation: Situation) -> list[tuple[Leaf, ...]]:
    if isinstance(condition, Leaf):
        holds = _weigh_leaf(condition, situation).answer
        return [()] if holds else [(condition,)]
    parts = [_ways(part, situation) for part in condition.parts]
    if not condition.every:
        return [()] if [()] in parts else [way for part in parts for way in part]
    together = product(*parts)
    return [
        tuple(dict.fromkeys(leaf for way in choice for leaf in way))
        for choice, _ in zip(together, range(MOST_WAYS), strict=False)
    ]


def names_in(condition: Condition) -> set[str]:
    """All facts that a condition asks for."""
    if isinstance(condition, Leaf):
        return {condition.name}
    return set().union(*(names_in(part) for part in condition.parts))
