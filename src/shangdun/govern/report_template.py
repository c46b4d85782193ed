"""Templates of reports that their users change, safely.

A template is the markup of ``papers.markup`` with two things more: ``{{name}}`` is filled with what
the system knows under that name; ``{{if name}}`` … ``{{else}}`` … ``{{end}}`` keeps a part only
where there is something to tell (``{{unless name}}``: where there is not). Names come from a fixed
list; there are no loops, no expressions, no calls, and nothing that was filled in is read again, so
that a text from outside stays a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from enum import StrEnum

import msgspec

from shangdun.kernel.errors import UsageError

LONGEST = 60_000
DEEPEST = 3
_TAG = re.compile(r"\{\{([^{}]*)\}\}")
"""No braces within: each place is looked at once, however many braces stand in a line."""
_NAME = re.compile(r"[a-z][a-z_]{0,39}")
_IF = re.compile(r"(if|unless)\s+(\S+)")


class Wrong(StrEnum):
    """What can be wrong with a template."""

    UNKNOWN = "template.unknown"
    """A name that is not on the list."""
    TAG = "template.tag"
    """Something between the braces that is no name."""
    BRACES = "template.braces"
    """Braces that do not close in their line."""
    ALONE = "template.alone"
    """A section, or a condition, that has to stand in a line of its own."""
    UNCLOSED = "template.unclosed"
    STRAY = "template.stray"
    """``else`` or ``end`` without its ``if``."""
    TWICE = "template.twice"
    """A second ``else``."""
    DEEP = "template.deep"
    LONG = "template.long"
    EMPTY = "template.empty"


class Problem(msgspec.Struct, frozen=True):
    """One mistake, at its line (from 1)."""

    line: int
    wrong: Wrong
    told: str
    """What stands there."""
    fix: str
    """A name from the list, or the words that are missing; empty where the kind says it all."""


class Names(msgspec.Struct, frozen=True):
    """The fixed list: what a template may name."""

    sections: frozenset[str]
    """Whole parts of a report, each in a line of its own."""
    facts: frozenset[str] = frozenset()
    """Short texts, anywhere in a line."""

    def near(self, wanted: str) -> str:
        known = sorted(self.sections | self.facts)
        found = get_close_matches(wanted, known, 1, 0.5)
        return found[0] if found else ", ".join(known)


class _Text(msgspec.Struct):
    text: str


class _Part(msgspec.Struct):
    """A section, or a fact within its line."""

    name: str


class _Choice(msgspec.Struct):
    name: str
    line: int
    kept: bool
    """What the condition must be for ``then``."""
    then: list[_Node]
    otherwise: list[_Node] | None = None


_Node = _Text | _Part | _Choice


class Template(msgspec.Struct, frozen=True):
    """A template that was read and has no mistake."""

    nodes: tuple[_Node, ...]

    def names(self) -> frozenset[str]:
        """The sections and facts that it asks for, those of its conditions too."""
        return frozenset(_named(self.nodes))

    def fill(self, values: Mapping[str, str], has: Mapping[str, bool]) -> str:
        """The text with everything filled in; ``has`` answers its conditions.

        What is filled in is markup already and is not read for placeholders. Raises ``KeyError``
        for a name that has no value.
        """
        return _tidy("".join(_filled(self.nodes, values, has)))


class _Reader:
    """Reads a template line by line, and keeps going past a mistake."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.problems: list[Problem] = []
        self.top: list[_Node] = []
        self.open: list[_Choice] = []

    def here(self) -> list[_Node]:
        if not self.open:
            return self.top
        last = self.open[-1]
        return last.then if last.otherwise is None else last.otherwise

    def wrong(self, line: int, kind: Wrong, told: str, fix: str = "") -> None:
        self.problems.append(Problem(line, kind, told[:60], fix))

    def line(self, number: int, text: str) -> None:
        alone = _TAG.fullmatch(text.strip())
        if alone:
            self.tag(number, alone[1].strip())
            return
        rest = _TAG.sub("", text)
        if "{{" in rest or "}}" in rest:
            self.wrong(number, Wrong.BRACES, text.strip(), "{{…}}")
        at = 0
        for found in _TAG.finditer(text):
            self.here().append(_Text(text[at : found.start()]))
            self.fact(number, found[1].strip())
            at = found.end()
        self.here().append(_Text(text[at:] + "\n"))

    def tag(self, number: int, tag: str) -> None:
        """What stands in a line of its own."""
        if tag in {"else", "end"}:
            self.turn(number, tag)
        elif condition := _IF.fullmatch(tag):
            self.condition(number, condition[1] == "if", condition[2])
        elif not _NAME.fullmatch(tag):
            self.wrong(number, Wrong.TAG, tag, self.names.near(tag))
        elif tag not in self.names.sections | self.names.facts:
            self.wrong(number, Wrong.UNKNOWN, tag, self.names.near(tag))
        else:
            self.here().extend((_Part(tag), _Text("\n")))

    def fact(self, number: int, tag: str) -> None:
        """What stands within a line."""
        if tag in {"else", "end"} or _IF.fullmatch(tag) or tag in self.names.sections:
            self.wrong(number, Wrong.ALONE, tag)
        elif not _NAME.fullmatch(tag):
            self.wrong(number, Wrong.TAG, tag, self.names.near(tag))
        elif tag not in self.names.facts:
            self.wrong(number, Wrong.UNKNOWN, tag, self.names.near(tag))
        else:
            self.here().append(_Part(tag))

    def condition(self, number: int, kept: bool, name: str) -> None:  # noqa: FBT001  of one caller
        if name not in self.names.sections:
            near = Names(self.names.sections).near(name)
            self.wrong(number, Wrong.UNKNOWN, name, near)
        if len(self.open) == DEEPEST:
            self.wrong(number, Wrong.DEEP, name)
        choice = _Choice(name, number, kept, [])
        self.here().append(choice)
        self.open.append(choice)

    def turn(self, number: int, tag: str) -> None:
        if not self.open:
            self.wrong(number, Wrong.STRAY, tag, "{{if …}}")
        elif tag == "end":
            self.open.pop()
        elif self.open[-1].otherwise is not None:
            self.wrong(number, Wrong.TWICE, tag)
        else:
            self.open[-1].otherwise = []


def problems_of(text: str, names: Names) -> tuple[Problem, ...]:
    """Every mistake of a template, by line; none: it can be used."""
    return _read(text, names)[1]


def read(text: str, names: Names) -> Template:
    """The template. Raises ``UsageError`` (``template.…``) for its first mistake, with the line."""
    template, problems = _read(text, names)
    if problems:
        first = problems[0]
        raise UsageError(
            f"line {first.line}: {first.wrong.value.partition('.')[2]} {first.told!r}",
            code=first.wrong.value,
            where=f"line {first.line}",
            fix=first.fix or "see what a template may hold",
        )
    return template


def _read(text: str, names: Names) -> tuple[Template, tuple[Problem, ...]]:
    if len(text) > LONGEST:
        return Template(()), (Problem(1, Wrong.LONG, f"{len(text)}", f"{LONGEST}"),)
    if not text.strip():
        return Template(()), (Problem(1, Wrong.EMPTY, "", ", ".join(sorted(names.sections))),)
    reader = _Reader(names)
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        reader.line(number, line)
    for choice in reader.open:
        reader.wrong(choice.line, Wrong.UNCLOSED, choice.name, "{{end}}")
    problems = sorted(reader.problems, key=lambda problem: problem.line)
    return Template(tuple(reader.top)), tuple(problems)


def _named(nodes: Iterable[_Node]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, _Part):
            yield node.name
        elif isinstance(node, _Choice):
            yield node.name
            yield from _named(node.then)
            yield from _named(node.otherwise or ())


def _filled(
    nodes: Iterable[_Node], values: Mapping[str, str], has: Mapping[str, bool]
) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, _Text):
            yield node.text
        elif isinstance(node, _Part):
            yield values[node.name]
        else:
            chosen = node.then if has[node.name] is node.kept else node.otherwise
            yield from _filled(chosen or (), values, has)


def _tidy(text: str) -> str:
    """No more than one empty line where parts were left out."""
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"
