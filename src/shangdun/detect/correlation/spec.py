"""A correlation rule as data: the ``correlation`` section of Sigma 2.1, checked and normalised."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from shangdun.kernel.errors import RuleError

SUPPORTED = ("event_count", "value_count", "temporal_ordered")
LATER = ("temporal", "value_sum", "value_avg", "value_percentile", "value_median")
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
TIMESPAN = re.compile(r"([1-9][0-9]*)([smhdwMy])")

CorrelationType = Literal["event_count", "value_count", "temporal_ordered"]


class Condition(msgspec.Struct, frozen=True):
    """All bounds must hold: ``{gte: 5, lt: 10}`` is a range. ``fields`` are what is counted."""

    bounds: tuple[tuple[str, float], ...]
    fields: tuple[str, ...] = ()

    @property
    def least(self) -> float:
        """The smallest number that can satisfy the condition."""
        floors = [0.0]
        for operator, number in self.bounds:
            if operator in {"gte", "eq"}:
                floors.append(number)
            elif operator == "gt":
                floors.append(number + 1 if number == int(number) else number)
        return max(floors)


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

    Raises ``RuleError`` with code ``rule.correlation`` (or ``rule.unsupported`` for a type that
    is valid Sigma and not yet evaluated) naming ``where``.
    """
    section = document.get("correlation")
    if not isinstance(section, Mapping):
        raise _error("the correlation section is not a mapping", where)
    kind = section.get("type")
    if kind in LATER:
        raise RuleError(
            f"correlation type {kind} is not evaluated yet",
            code="rule.unsupported",
            where=where,
            fix=f"use one of {', '.join(SUPPORTED)}",
        )
    if kind not in SUPPORTED:
        raise _error(f"{kind!r} is no correlation type", where)
    rules = _names(section.get("rules"), "rules", where)
    if not rules:
        raise _error("the correlation refers to no rules", where)
    return CorrelationSpec(
        uid=uid,
        type=kind,
        rules=rules,
        span=read_timespan(section.get("timespan"), where=where),
        condition=_condition(section.get("condition"), kind, len(rules), where),
        group_by=_names(section.get("group-by"), "group-by", where),
        aliases=_aliases(section.get("aliases"), rules, where),
        generate=_generate(section.get("generate", False), where),
    )


def read_timespan(text: object, *, where: str = "") -> int:
    """Milliseconds of a Sigma timespan: a positive count and one of ``s m h d w M y``."""
    parsed = TIMESPAN.fullmatch(text) if isinstance(text, str) else None
    if parsed is None:
        raise _error(f"{text!r} is no timespan", where, "write it like 30s, 5m, 12h or 7d")
    return int(parsed[1]) * UNIT_SECONDS[parsed[2]] * 1_000


def _generate(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise _error("generate is not true or false", where)
    return value


def _names(value: object, key: str, where: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if isinstance(value, Sequence) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise _error(f"{key} is neither a name nor a list of names", where)


def _condition(value: object, kind: str, rules: int, where: str) -> Condition:
    if kind == "temporal_ordered":
        if value is not None:
            raise RuleError(
                "a condition on temporal_ordered is not evaluated yet",
                code="rule.unsupported",
                where=where,
                fix="leave it out: every rule of the list must occur, in that order",
            )
        return Condition((("gte", float(rules)),))
    if not isinstance(value, Mapping):
        raise _error(f"{kind} needs a condition", where, "write it like {gte: 10}")
    bounds = tuple((key, _number(value[key], where)) for key in OPERATORS if key in value)
    unknown = set(value) - set(OPERATORS) - {"field"}
    if not bounds or unknown:
        said = f"unknown {', '.join(sorted(map(str, unknown)))}" if unknown else "no bound"
        raise _error(f"condition: {said}", where, f"use {', '.join(OPERATORS)}")
    fields = _names(value.get("field"), "condition.field", where)
    if kind == "value_count" and not fields:
        raise _error("value_count needs condition.field", where)
    return Condition(bounds, fields if kind == "value_count" else ())


def _number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise _error(f"{value!r} is no number to compare a count with", where)
    return float(value)


def _aliases(value: object, rules: tuple[str, ...], where: str) -> dict[str, dict[str, str]]:
    if value is None:
        return {}
    try:
        aliases = msgspec.convert(value, dict[str, dict[str, str]])
    except msgspec.ValidationError as error:
        raise _error(f"aliases: {error}", where) from error
    for alias, fields in aliases.items():
        stranger = min(set(fields) - set(rules), default=None)
        if stranger is not None:
            raise _error(f"alias {alias} names {stranger}, which is not in rules", where)
    return aliases


def _error(message: str, where: str, fix: str = "see docs/writing-rules.md") -> RuleError:
    return RuleError(message, code="rule.correlation", where=where, fix=fix)
