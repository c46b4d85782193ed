"""Why a rule matched an event: the conditions that held, as a person would read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shangdun.detect import ir
from shangdun.detect.finding import Reason
from shangdun.detect.value import refers, text_of, text_test

MOST_REASONS = 20
MOST_LETTERS = 500
"""Of a value or a pattern in a reason."""


def explain(condition: ir.Node, event: Mapping[str, Any]) -> list[Reason]:
    """The positive conditions that hold in an event and carry the match, at most 20."""
    held, reasons = _reasons(condition, event)
    return list(dict.fromkeys(reasons))[:MOST_REASONS] if held else []


def values_of(event: Mapping[str, Any], field: str, column: str) -> list[tuple[str, str]]:
    """Name and text of every value that answers for a field; for keywords, of every text."""
    if field == ir.KEYWORD:
        return [
            (name, text)
            for name, value in event.items()
            for text in _texts(value)
            if _is_text(value)
        ]
    name = field if field in event else column
    return [(name, text) for text in _texts(event.get(name))] if name else []


def _texts(value: Any) -> list[str]:  # noqa: ANN401  anything an event can hold
    if value is None:
        return []
    if isinstance(value, list | tuple):
        return [text for one in value for text in _texts(one)]
    return [text_of(value)]


def _is_text(value: Any) -> bool:  # noqa: ANN401  anything an event can hold
    first = value
    while isinstance(first, list | tuple) and first:
        first = first[0]
    return isinstance(first, str)


def _reasons(node: ir.Node, event: Mapping[str, Any]) -> tuple[bool, list[Reason]]:
    if isinstance(node, ir.Not):
        held, _ = _reasons(node.arg, event)
        return not held, []  # what is absent shows nothing
    if isinstance(node, ir.And | ir.Or):
        parts = [_reasons(arg, event) for arg in node.args]
        held = (all if isinstance(node, ir.And) else any)(part for part, _ in parts)
        return held, [one for part, found in parts if part for one in found]
    return _atom(node, event)


def _atom(atom: ir.Atom, event: Mapping[str, Any]) -> tuple[bool, list[Reason]]:
    values = values_of(event, atom.field, atom.column)
    operator, pattern = describe(atom)
    if isinstance(atom, ir.Dash):
        written = atom.field not in event and atom.column in event
        return written and not values, [Reason(atom.field, operator, pattern, "-")]
    if isinstance(atom, ir.Null):
        return not values, [Reason(atom.field, operator, pattern, "")]
    if isinstance(atom, ir.Exists):
        return bool(values), [Reason(atom.field, operator, pattern, _short(v)) for _, v in values]
    if isinstance(atom, ir.FieldRef):
        others = values_of(event, atom.other, atom.other_column)
        found = [
            (name, mine)
            for name, mine in values
            if any(refers(atom.shape, mine, other) for _, other in others)
        ]
    else:
        test = text_test(atom)
        found = [(name, text) for name, text in values if test(text)]
    reasons = [Reason(atom.field or name, operator, pattern, _short(v)) for name, v in found]
    return bool(found), reasons


def describe(atom: ir.Atom) -> tuple[str, str]:
    """Operator with its modifiers, and pattern, as Sigma writes them."""
    if isinstance(atom, ir.Text):
        shape = "" if atom.shape in {ir.Shape.EXACT, ir.Shape.WILDCARD} else atom.shape.value
        operator = "|".join(filter(None, [shape, "cased" if atom.cased else ""])) or "="
        return operator, _short(atom.value)
    if isinstance(atom, ir.Regex):
        return "|".join(["re", *atom.flags]), _short(atom.pattern)
    if isinstance(atom, ir.Compare):
        return atom.operator, text_of(atom.value)
    if isinstance(atom, ir.FieldRef):
        shape = "" if atom.shape is ir.Shape.EXACT else f"|{atom.shape.value}"
        return f"fieldref{shape}", atom.other
    described: tuple[str, str] = _DESCRIPTIONS[type(atom)](atom)
    return described


_DESCRIPTIONS: dict[type[Any], Any] = {
    ir.Number: lambda atom: ("=", text_of(atom.value)),
    ir.Truth: lambda atom: ("=", text_of(atom.value)),
    ir.Cidr: lambda atom: ("cidr", atom.network),
    ir.TimePart: lambda atom: (atom.part, str(atom.value)),
    ir.Dash: lambda _atom: ("=", "-"),
    ir.Null: lambda _atom: ("=", "null"),
    ir.Exists: lambda _atom: ("exists", "true"),
}


def _short(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1] + "…"
