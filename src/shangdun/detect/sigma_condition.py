"""From pySigma's condition tree to ours.

pySigma parses and resolves everything of the condition language (``1 of``, ``all of``, ``them``,
lists, maps, modifiers); what is left for us are typed values joined by and, or and not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from sigma import conditions as sc
from sigma import types as st
from sigma.rule import SigmaDetections

from shangdun.detect import ir, sigma_encodings
from shangdun.detect.pipelines import target_of
from shangdun.kernel.errors import RuleError
from shangdun.lake.block import Logsource

UNSUPPORTED = "rule.unsupported"
MAX_DEPTH = 200
MAX_ATOMS = 20_000
"""A rule that asks more is refused: the largest of SigmaHQ asks some hundreds."""

Lists = Mapping[str, Sequence[str]]
"""Values behind the placeholders of ``expand``, by name."""

sigma_encodings.register()


def condition_of(
    detection: SigmaDetections, logsource: Logsource, lists: Lists | None = None
) -> ir.Node:
    """The tree of a rule's detections; several conditions mean any of them.

    Raises ``SigmaError`` where pySigma refuses the condition and ``RuleError`` with the code
    ``rule.unsupported`` where it is right but cannot be evaluated here, such as a placeholder
    that ``lists`` does not know.
    """
    build = _Builder(logsource, lists or {})
    trees = [build.node(condition.parsed, 0) for condition in detection.parsed_condition]
    return _join(ir.Or, trees)


class _Builder:
    def __init__(self, logsource: Logsource, lists: Lists) -> None:
        self._logsource = logsource
        self._lists = lists
        self._atoms = 0

    def node(self, item: object, depth: int) -> ir.Node:
        if depth > MAX_DEPTH:
            raise RuleError("the condition is nested too deeply", fix="write it flatter")
        if isinstance(item, sc.ConditionNOT):
            return ir.Not(self.node(item.args[0], depth + 1))
        if isinstance(item, sc.ConditionAND | sc.ConditionOR):
            kind = ir.And if isinstance(item, sc.ConditionAND) else ir.Or
            return _join(kind, [self.node(arg, depth + 1) for arg in item.args])
        if isinstance(item, sc.ConditionFieldEqualsValueExpression):
            return self._value(item.field, item.value)
        if isinstance(item, sc.ConditionValueExpression):
            return self._value(ir.KEYWORD, item.value)
        raise RuleError("the condition selects nothing", fix="name a detection in it")

    def _value(self, field: str, value: st.SigmaType) -> ir.Node:
        if isinstance(value, st.SigmaExpansion):
            return _join(ir.Or, [self._value(field, one) for one in value.values])
        if _has_placeholder(value):
            found = [self._value(field, one) for one in self._expanded(value)]
            return _join(ir.Or, found) if found else _NEVER
        self._atoms += 1
        if self._atoms > MAX_ATOMS:
            raise RuleError(f"the rule has more than {MAX_ATOMS} values", fix="split it")
        target = target_of(field, self._logsource) if field else None
        column = target.column if target else ""
        for kind, make in _MAKERS:
            if isinstance(value, kind):
                atom = make(value, field, column)
                break
        else:
            raise _unsupported(f"values of type {type(value).__name__}")
        if isinstance(atom, ir.FieldRef):
            other = target_of(atom.other, self._logsource)
            return ir.FieldRef(field, column, atom.other, other.column, atom.shape)
        if target and target.dash_is_missing and _means_nothing(atom):
            return ir.Or((atom, ir.Dash(field, column)))
        return atom

    def _expanded(self, value: st.SigmaType) -> Iterator[st.SigmaType]:
        """The value once for every combination of what its placeholders stand for.

        Entries of a list are plain text with Sigma's wildcards, literal text in a regular
        expression, and networks behind ``cidr``. pySigma's own replacement stops at 200.
        """
        if isinstance(value, sigma_encodings.NetworkList):
            yield from (st.SigmaCIDRExpression(entry) for entry in self._list(value.name))
            return
        regex = isinstance(value, st.SigmaRegularExpression)
        text = value.regexp if isinstance(value, st.SigmaRegularExpression) else value
        if not isinstance(text, st.SigmaString):
            raise _unsupported(f"a placeholder in a {type(value).__name__}")
        choices = [
            self._entries(part.name, regex=regex) if isinstance(part, st.Placeholder) else [[part]]
            for part in text.s
        ]
        for chosen in product(*choices):
            whole = st.SigmaString()
            whole.s = [part for parts in chosen for part in parts]
            if isinstance(value, st.SigmaRegularExpression):
                yield st.SigmaRegularExpression(
                    "".join(map(str, whole.s)), value.flags, value.policy
                )
            else:
                cased = isinstance(value, st.SigmaCasedString)
                yield st.SigmaCasedString.from_sigma_string(whole) if cased else whole

    def _entries(self, name: str, *, regex: bool) -> list[list[Any]]:
        entries = self._list(name)
        return [[re.escape(one)] if regex else list(st.SigmaString(one).s) for one in entries]

    def _list(self, name: str) -> Sequence[str]:
        if name not in self._lists:
            raise RuleError(
                f"there is no list {name} for the placeholder %{name}%",
                code=UNSUPPORTED,
                fix=f"make a list called {name}",
            )
        return self._lists[name]


_NEVER = ir.And((ir.Null("_", ""), ir.Exists("_", "")))
"""What a list without entries selects."""


def _has_placeholder(value: st.SigmaType) -> bool:
    if isinstance(value, st.SigmaString | st.SigmaRegularExpression):
        return value.contains_placeholder()
    return isinstance(value, sigma_encodings.NetworkList)


def _means_nothing(atom: ir.Atom) -> bool:
    return isinstance(atom, ir.Text) and atom.shape is ir.Shape.EXACT and atom.value in {"", "-"}


def _join(kind: type[ir.And | ir.Or], nodes: list[ir.Node]) -> ir.Node:
    flat: list[ir.Node] = []
    for node in nodes:
        flat.extend(node.args if isinstance(node, kind) else [node])
    unique = tuple(dict.fromkeys(flat))
    return unique[0] if len(unique) == 1 else kind(unique)


def _unsupported(what: str) -> RuleError:
    return RuleError(f"{what} cannot be evaluated yet", code=UNSUPPORTED)


def _text(value: st.SigmaString, field: str, column: str) -> ir.Atom:
    cased = isinstance(value, st.SigmaCasedString)
    parts = list(_parts(value))
    starts_open = bool(parts) and parts[0] is ir.Wild.MANY
    ends_open = bool(parts) and parts[-1] is ir.Wild.MANY
    while parts and parts[0] is ir.Wild.MANY:
        parts.pop(0)
    while parts and parts[-1] is ir.Wild.MANY:
        parts.pop()
    if field == ir.KEYWORD:
        starts_open = ends_open = True
    if any(isinstance(part, ir.Wild) for part in parts):
        edge = [ir.Wild.MANY]
        whole = [*(edge if starts_open else []), *parts, *(edge if ends_open else [])]
        return ir.Text(field, column, ir.Shape.WILDCARD, ir.wild_pattern(whole), cased)
    shape = {
        (True, True): ir.Shape.CONTAINS,
        (True, False): ir.Shape.ENDS,
        (False, True): ir.Shape.STARTS,
        (False, False): ir.Shape.EXACT,
    }[starts_open, ends_open]
    literal = "".join(parts)
    return ir.Text(field, column, shape, literal, cased)


def _parts(value: st.SigmaString) -> Iterable[str | ir.Wild]:
    previous: ir.Wild | None = None
    for part in value.s:
        if isinstance(part, st.Placeholder):
            raise TypeError(f"the placeholder {part.name} was not filled in")
        if isinstance(part, st.SpecialChars):
            wild = ir.Wild.MANY if part is st.SpecialChars.WILDCARD_MULTI else ir.Wild.ONE
            if wild is not ir.Wild.MANY or previous is not ir.Wild.MANY:
                yield wild
            previous = wild
        elif part:
            previous = None
            yield part


def _regex(value: st.SigmaRegularExpression, field: str, column: str) -> ir.Atom:
    flags = "".join(sorted(value.sigma_to_re_flag[flag] for flag in value.flags))
    return ir.Regex(field, column, str(value.regexp), flags)


def _number(value: st.SigmaNumber, field: str, column: str) -> ir.Atom:
    if field == ir.KEYWORD:
        return ir.Text(field, column, ir.Shape.CONTAINS, str(value.number))
    return ir.Number(field, column, value.number)


def _compare(value: st.SigmaCompareExpression, field: str, column: str) -> ir.Atom:
    return ir.Compare(field, column, value.op.name.lower(), value.number.number)


def _truth(value: st.SigmaBool, field: str, column: str) -> ir.Atom:
    if field == ir.KEYWORD:
        return ir.Text(field, column, ir.Shape.CONTAINS, str(value.boolean).lower())
    return ir.Truth(field, column, value.boolean)


def _field_ref(value: st.SigmaFieldReference, field: str, column: str) -> ir.Atom:
    shape = {
        (True, True): ir.Shape.CONTAINS,
        (True, False): ir.Shape.STARTS,
        (False, True): ir.Shape.ENDS,
        (False, False): ir.Shape.EXACT,
    }[value.starts_with, value.ends_with]
    return ir.FieldRef(field, column, value.field, "", shape)


_MAKERS: tuple[tuple[type[st.SigmaType], Callable[[Any, str, str], ir.Atom]], ...] = (
    (
        st.SigmaTimestampPart,
        lambda v, f, c: ir.TimePart(f, c, v.timestamp_part.name.lower(), v.number),
    ),
    (st.SigmaString, _text),
    (st.SigmaNumber, _number),
    (st.SigmaBool, _truth),
    (st.SigmaRegularExpression, _regex),
    (st.SigmaCompareExpression, _compare),
    (st.SigmaCIDRExpression, lambda v, f, c: ir.Cidr(f, c, str(v.network))),
    (st.SigmaNull, lambda _v, f, c: ir.Null(f, c)),
    (st.SigmaExists, lambda v, f, c: (ir.Exists if v.exists else ir.Null)(f, c)),
    (st.SigmaFieldReference, _field_ref),
)
"""In this order: a timestamp part is a number to pySigma."""
