"""A query's text as tokens, each with its column, and the error that points at one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from shangdun.kernel.errors import UsageError
from shangdun.lake.query.fields import column_of
from shangdun.lake.query.predicate import ONE

LONGEST = 10_000
_SPACE = re.compile(r"\s*")
_FIELD = re.compile(r"([A-Za-z_@][\w.@-]*)(:|(?=[<>]))[ \t]*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_BARE = re.compile(r'(?:[^\s"()\\]|\\.)+', re.DOTALL)
_COMPARE = re.compile(r"<=|>=|<|>")
_WORDS = {"and": "and", "or": "or", "not": "not", "&&": "and", "||": "or"}
_RANGE = re.compile(
    r'([\[{])\s*("(?:[^"\\]|\\.)*"|[^\s"\]}]+)\s+(?:TO|to)\s+("(?:[^"\\]|\\.)*"|[^\s"\]}]+)\s*([\]}])'
)


class QueryError(UsageError):
    """A query that cannot be read: what is wrong, at which character, and the way out."""

    default_code = "query.syntax"

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        where: str = "query",
        fix: str = "",
        text: str = "",
        at: int = 0,
    ) -> None:
        super().__init__(message, code=code, where=where, fix=fix)
        self.text = text
        self.column = at + 1

    @property
    def pointer(self) -> str:
        """The query's line with a caret under the place; for a fixed-width font."""
        start = self.text.rfind("\n", 0, self.column - 1) + 1
        line = self.text[start:].split("\n", 1)[0]
        at = self.column - 1 - start
        first = max(0, at - 60)
        return f"{line[first : at + 40]}\n{' ' * (at - first)}^"

    def __str__(self) -> str:
        if not self.text:
            return super().__str__()
        return f"{self.message}, at character {self.column} ({self.fix})\n{self.pointer}"


class Kind(Enum):
    """What a token is."""

    WORD = "word"
    QUOTED = "quoted"
    RANGE = "range"
    COMPARE = "compare"
    FIELD = "field"
    OPEN = "("
    CLOSE = ")"
    AND = "and"
    OR = "or"
    NOT = "not"
    END = "end"


class Bounds(NamedTuple):
    """``[low TO high]``: the ends as written, quotes included, and whether they belong to it."""

    low: str
    high: str
    with_low: bool
    with_high: bool


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a query; ``at`` is its place in the text, from 0."""

    kind: Kind
    text: str
    at: int
    bounds: Bounds | None = None


def tokens_of(text: str) -> list[Token]:
    """The tokens of a query, the last of kind ``END``. Raises ``QueryError``."""
    if len(text) > LONGEST:
        raise QueryError(
            f"the query is longer than {LONGEST} characters", fix="ask in parts", text=text[:80]
        )
    found: list[Token] = []
    values: list[bool] = []
    place = 0
    while (place := _after_space(text, place)) < len(text):
        before = found[-1].kind if found else Kind.END
        token, place = _next(text, place, before, among_values=bool(values and values[-1]))
        if token.kind is Kind.OPEN:
            values.append(before is Kind.FIELD or bool(values and values[-1]))
        elif token.kind is Kind.CLOSE and values:
            values.pop()
        found.append(token)
    return [*found, Token(Kind.END, "", len(text.rstrip()))]


def _after_space(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match else place


def _next(text: str, place: int, before: Kind, *, among_values: bool) -> tuple[Token, int]:
    character = text[place]
    if character in "()":
        return Token(Kind(character), character, place), place + 1
    if before is Kind.FIELD or among_values:
        if (match := _COMPARE.match(text, place)) is not None:
            return Token(Kind.COMPARE, match[0], place), match.end()
        if (match := _RANGE.match(text, place)) is not None:
            bounds = Bounds(match[2], match[3], match[1] == "[", match[4] == "]")
            return Token(Kind.RANGE, match[0], place, bounds), match.end()
    elif (match := _FIELD.match(text, place)) is not None and (match[2] or column_of(match[1])):
        return Token(Kind.FIELD, match[1], place), match.end()
    if character == '"':
        return _quoted(text, place)
    return _word(text, place, is_value=before in (Kind.FIELD, Kind.COMPARE))


def _quoted(text: str, place: int) -> tuple[Token, int]:
    match = _QUOTED.match(text, place)
    if match is None:
        raise QueryError(
            "a quote opens here and never closes",
            fix=r"close it, or write \" for a quote that is meant",
            text=text,
            at=place,
        )
    return Token(Kind.QUOTED, match[1], place), match.end()


def _word(text: str, place: int, *, is_value: bool) -> tuple[Token, int]:
    if not is_value and text[place] in "-!" and text[place + 1 : place + 2].strip():
        return Token(Kind.NOT, text[place], place), place + 1
    match = _BARE.match(text, place)
    if match is None:
        raise QueryError(
            "a backslash at the end has nothing to escape", fix="drop it", text=text, at=place
        )
    if not is_value and match[0].lower() in _WORDS:
        return Token(Kind(_WORDS[match[0].lower()]), match[0], place), match.end()
    return Token(Kind.WORD, match[0], place), match.end()


def unescaped(text: str) -> str:
    """A text without the backslashes before characters that are meant as they are."""
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def pattern_of(word: str) -> tuple[str, ...]:
    """The literal parts of a word between its ``*``; ``?`` is ``ONE``; escaped ones are letters."""
    parts = [""]
    for piece in re.findall(r"\\.|[^\\]", word, re.DOTALL):
        if piece == "*":
            parts.append("")
        elif piece == "?":
            parts[-1] += ONE
        else:
            parts[-1] += piece[-1]
    return tuple(parts)
