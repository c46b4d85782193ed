"""A correlation rule as data: the ``correlation`` section of Sigma 2.1, checked and normalised."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

import msgspec

from shangdun.detect.correlation.expression import (
    MOST_RULES,
    Alternative,
    names_in,
    read_expression,
)
from shangdun.kernel.errors import RuleError

CorrelationType = Literal[
    "event_count",
    "value_count",
    "temporal",
    "temporal_ordered",
    "value_sum",
    "value_avg",
    "value_percentile",
    "value_median",
    "absence",
]
TYPES: tuple[str, ...] = get_args(CorrelationType)
TEMPORAL = frozenset({"temporal", "temporal_ordered"})
NUMERIC = frozenset({"value_sum", "value_avg", "value_percentile", "value_median"})
ABSENCE = "absence"
"""Our one extension: A, and then no B within the timespan. Other Sigma tools refuse the type."""
OPERATORS = ("gt", "gte", "lt", "lte", "eq", "neq")
UNIT_SECONDS = {
    "s": 1,
    "m": 60,
    "h": 3_600,
    "d": 86_400,
    "w": 604_800,
    "M": 2_629_746,
    "y": 31_556_952,
}
TIMESPAN = re.compile(r"([1-9][0-9]{0,8})([smhdwMy])")


class Condition(msgspec.Struct, frozen=True):
    """All bounds must hold: ``{gte: 5, lt: 10}`` is a range. ``fields`` are what is counted."""

    bounds: tuple[tuple[str, float], ...]
    fields: tuple[str, ...] = ()
    percentile: float = 50.0
    """Of ``value_percentile``: 0 is the least value, 100 the greatest."""
    expression: str = ""
    """An extended condition as written; ``alternatives`` are what it means."""
    alternatives: tuple[Alternative, ...] = ()

    @property
    def least(self) -> float:
        """The smallest number that can satisfy the condition; -inf if there is no bound below."""
        floors = [-math.inf]
        for operator, number in self.bounds:
            if operator in {"gt", "gte", "eq"}:
                floors.append(number)
        return max(floors)

    @property
    def falls(self) -> bool:
        """Whether it is small numbers that it asks for."""
        return all(operator in {"lt", "lte"} for operator, _ in self.bounds)


class CorrelationSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What the correlator needs to know of one rule; plain data, so that it can be cached."""

    uid: str
    type: CorrelationType
    rules: tuple[str, ...]
    """References as written: the ``id`` or the ``name`` of a rule, or of another correlation."""
    span: int
    """Length of the window in milliseconds."""
    condition: Condition
    group_by: tuple[str, ...] = ()
    aliases: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    """alias → reference → field."""
    generate: bool = False
    """Whether the rules referred to raise findings of their own as well."""

    def field_of(self, name: str, reference: str) -> str:
        """The field behind a group-by name for events of the rule that ``reference`` names."""
        return self.aliases.get(name, {}).get(reference, name)

    @property
    def fields(self) -> frozenset[str]:
        """Every event field that is read, before any mapping to columns."""
        names = (*self.group_by, *self.condition.fields)
        return frozenset(self.field_of(name, rule) for name in names for rule in self.rules)


def read_correlation(document: Mapping[str, Any], *, uid: str, where: str = "") -> CorrelationSpec:
    """Read a Sigma correlation rule, a YAML document that has a ``correlation`` section.

    Raises ``RuleError`` with code ``rule.correlation`` naming ``where``.
    """
    try:
        return _read(document.get("correlation"), uid)
    except RuleError as error:
        raise RuleError(error.message, code=error.code, where=where, fix=error.fix) from None


def read_timespan(text: object, *, where: str = "") -> int:
    """Milliseconds of a Sigma timespan: a positive count and one of ``s m h d w M y``."""
    parsed = TIMESPAN.fullmatch(text) if isinstance(text, str) else None
    if parsed is None:
        raise RuleError(
            f"{text!r} is no timespan",
            code="rule.correlation",
            where=where,
            fix="write it like 30s, 5m, 12h or 7d",
        )
    return int(parsed[1]) * UNIT_SECONDS[parsed[2]] * 1_000


def _read(section: object, uid: str) -> CorrelationSpec:
    if not isinstance(section, Mapping):
        raise _error("the correlation section is not a mapping")
    kind = section.get("type")
    if kind not in TYPES:
        raise _error(f"{kind!r} is no correlation type", f"use one of {', '.join(TYPES)}")
    rules, condition = _names(section.get("rules"), "rules"), section.get("condition")
    if not rules and kind in TEMPORAL and isinstance(condition, str):
        rules = names_in(condition)
    if not rules:
        raise _error("the correlation refers to no rules")
    if len(rules) > MOST_RULES and kind in TEMPORAL:
        raise _error(f"the correlation refers to more than {MOST_RULES} rules")
    if kind == ABSENCE and (len(rules) != 2 or rules[0] == rules[1]):
        raise _error("absence needs two rules: what happens, and what should have followed")
    return CorrelationSpec(
        uid=uid,
        type=kind,
        rules=rules,
        span=read_timespan(section.get("timespan")),
        condition=_condition(condition, kind, rules),
        group_by=_names(section.get("group-by"), "group-by"),
        aliases=_aliases(section.get("aliases"), rules),
        generate=_generate(section.get("generate", False)),
    )


def _generate(value: object) -> bool:
    if not isinstance(value, bool):
        raise _error("generate is not true or false")
    return value


def _names(value: object, key: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if isinstance(value, Sequence) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise _error(f"{key} is neither a name nor a list of names")


def _condition(value: object, kind: str, rules: tuple[str, ...]) -> Condition:
    if kind == ABSENCE:
        if value is not None:
            raise _error("absence has no condition", "count absences by a correlation over it")
        return Condition((("gte", 1.0),))
    if kind in TEMPORAL and value is None:
        return Condition((("gte", float(len(rules))),))
    if isinstance(value, str):
        if kind not in TEMPORAL:
            raise _error(f"{kind} takes no expression", "write it like {gte: 10}")
        alternatives = read_expression(value, rules)
        return Condition((("gte", 1.0),), expression=value.strip(), alternatives=alternatives)
    if not isinstance(value, Mapping):
        raise _error(f"{kind} needs a condition", "write it like {gte: 10}")
    return _comparison(value, kind)


def _comparison(value: Mapping[str, Any], kind: str) -> Condition:
    bounds = tuple((key, _number(value[key], kind)) for key in OPERATORS if key in value)
    known = {*OPERATORS, "field", *(["percentile"] if kind == "value_percentile" else [])}
    unknown = set(value) - known
    if not bounds or unknown:
        said = f"unknown {', '.join(sorted(map(str, unknown)))}" if unknown else "no bound"
        raise _error(f"condition: {said}", f"use {', '.join(OPERATORS)}")
    fields = _names(value.get("field"), "condition.field")
    if kind != "value_count" and kind not in NUMERIC:
        return Condition(bounds)
    if not fields:
        raise _error(f"{kind} needs condition.field")
    if kind in NUMERIC and len(fields) > 1:
        raise _error(f"{kind} takes one field", "only value_count takes several")
    return Condition(bounds, fields, percentile=_percentile(value, kind))


def _percentile(value: Mapping[str, Any], kind: str) -> float:
    if kind != "value_percentile":
        return 50.0
    percentile = value.get("percentile")
    if (
        isinstance(percentile, bool)
        or not isinstance(percentile, int | float)
        or not 0 <= percentile <= 100
    ):
        raise _error("value_percentile needs condition.percentile, a number from 0 to 100")
    return float(percentile)


def _number(value: object, kind: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value)
        if math.isfinite(number) and (number >= 0 or kind in NUMERIC):
            return number
    raise _error(f"{value!r} is no number to compare with")


def _aliases(value: object, rules: tuple[str, ...]) -> dict[str, dict[str, str]]:
    if value is None:
        return {}
    try:
        aliases = msgspec.convert(value, dict[str, dict[str, str]])
    except msgspec.ValidationError as error:
        raise _error(f"aliases: {error}") from error
    for alias, fields in aliases.items():
        stranger = min(set(fields) - set(rules), default=None)
        if stranger is not None:
            raise _error(f"alias {alias} names {stranger}, which is not in rules")
    return aliases


def _error(message: str, fix: str = "see docs/writing-rules.md") -> RuleError:
    return RuleError(message, code="rule.correlation", fix=fix)
