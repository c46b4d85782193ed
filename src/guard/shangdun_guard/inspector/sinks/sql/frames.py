"""One level of brackets while a value is read, and what its condition does to the statement."""

from __future__ import annotations

from shangdun_guard.inspector.sinks.sql.words import DECIDERS


class Frame:
    """A bracket, a call, a CASE or a sub-select that is open; the outermost is the statement's."""

    __slots__ = (
        "aliased",
        "begin",
        "between",
        "called",
        "calls",
        "clause",
        "compared",
        "concatenated",
        "constants",
        "first",
        "joined",
        "kind",
        "names",
        "numbers",
        "origin",
        "solid",
        "start",
    )

    def __init__(self, kind: str, start: int, *, joined: bool = False) -> None:
        """``kind``: root, group, call, case or select; ``start`` in the text."""
        self.kind = kind
        self.start = start
        self.origin = ""
        """Of a select: union, subselect, stacked or whole."""
        self.clause = ""
        """Of a select: select, from, or another clause that it has come to."""
        self.solid = False
        """Its list holds what no sentence has: a number, a star, a call."""
        self.aliased = False
        self.called = ""
        """Of a call: the function."""
        self.reset(start, joined=joined)

    def reset(self, begin: int, *, joined: bool = False, concatenated: bool = False) -> None:
        """Begin a new condition, ``joined`` to the one in front as AND, OR and WHERE do."""
        self.begin = begin
        self.joined = joined
        self.concatenated = concatenated
        self.compared = False
        self.between = False
        self.names = self.constants = self.calls = self.numbers = 0
        self.first = ""

    def count(self, operand: str) -> None:
        """One more operand of the condition: constant, name, call, or group (a bracket)."""
        if not self.first:
            self.first = operand
        if operand == "constant":
            self.constants += 1
        elif operand == "name":
            self.names += 1
        elif operand == "call":
            self.calls += 1

    def absorb(self, inner: Frame) -> None:
        """A bracket has closed: what it named counts for the condition around it."""
        self.names += inner.names
        self.constants += inner.constants
        self.calls += inner.calls


def effect(frame: Frame, *, broken: bool, number: bool) -> str | None:
    """The code of what a finished condition does.

    ``broken``: the value left a quoted string in front of it; ``number``: it begins with one.
    """
    if frame.kind == "case":
        return "sql.case" if frame.compared and frame.joined else None
    if frame.compared:
        return _comparison(frame, broken=broken, number=number)
    if not frame.joined:
        return None
    if frame.concatenated:
        return "sql.concatenation" if broken and frame.constants + frame.calls else None
    if frame.constants and not frame.names:
        return "sql.constant_condition" if broken else "sql.bare_condition"
    called = frame.calls and not frame.names and (broken or number)
    return "sql.call_condition" if called else None


def _comparison(frame: Frame, *, broken: bool, number: bool) -> str | None:
    if not frame.joined:
        if frame.names:
            return None
        if frame.kind == "root":
            return "sql.direct_comparison" if broken else None
        alike = frame.numbers >= 2 or frame.constants - frame.numbers >= 2
        decides = frame.kind == "group" or frame.called in DECIDERS
        constant = decides and alike
        return "sql.constant_comparison" if constant else None
    if not frame.names and not frame.calls:
        return "sql.tautology"
    certain = broken or (number and not frame.names)
    return "sql.comparison" if certain else "sql.condition"
