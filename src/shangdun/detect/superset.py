"""A regular expression widened until Hyperscan can take it.

Many values are scanned in one pass, joined by a separator that no UTF-8 text contains. The
expression that is scanned matches wherever the original does, and perhaps elsewhere; what it
finds is confirmed value by value with the original. So it may drop what Hyperscan does not know
(look-around, backreferences, word boundaries) and treat every non-ASCII letter as any.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from re import _constants as op  # type: ignore[attr-defined]  # the standard parser has no public name
from re import _parser as parser  # type: ignore[attr-defined]  # the standard parser has no public name
from typing import Any

WIDE = r"[\xc2-\xf4][\x80-\xbf]{1,3}"
"""Any letter that is not ASCII, as UTF-8 bytes."""
ANY = rf"(?:[\x00-\x7f]|{WIDE})"
NOT_NEWLINE = rf"(?:[\x00-\x09\x0b-\x7f]|{WIDE})"
ANYTHING = r"[^\xff]*"
MOST_REPEATS = 48
"""Counted repetitions above make automata large; more is widened to `or more`."""
FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}
LEAST_LITERAL = 3
"""An expression without this many literal letters in a row would be found everywhere."""

_ASCII = range(0x80)
_CATEGORIES: dict[Any, Callable[[int], bool]] = {
    op.CATEGORY_DIGIT: lambda n: chr(n).isdigit(),
    op.CATEGORY_SPACE: lambda n: chr(n).isspace(),
    op.CATEGORY_WORD: lambda n: chr(n).isalnum() or n == 0x5F,
}
_NEGATED = {
    op.CATEGORY_NOT_DIGIT: op.CATEGORY_DIGIT,
    op.CATEGORY_NOT_SPACE: op.CATEGORY_SPACE,
    op.CATEGORY_NOT_WORD: op.CATEGORY_WORD,
}
_FOLDS_TO_WIDE = frozenset("kKsSiI")
"""ASCII letters that a non-ASCII letter equals when case is ignored."""


def superset_of(pattern: str, flags: str) -> str | None:
    """An expression for Hyperscan in byte mode that is found wherever ``pattern`` is.

    None if it would match nothing but the empty text somewhere, or holds no literal worth
    scanning for: such a pattern is asked value by value.
    """
    try:
        tree = parser.parse(pattern, sum(FLAGS[flag] for flag in flags))
    except (re.error, RecursionError, OverflowError):
        return None
    if tree.getwidth()[0] == 0 or _longest_literal(tree) < LEAST_LITERAL:
        return None
    try:
        return _Writer(tree.state.flags).sequence(_trimmed(list(tree)))
    except RecursionError:
        return None


def _longest_literal(tree: Sequence[Any]) -> int:
    """Letters in a row that every match has, looking into groups but not over alternatives."""
    longest = run = 0
    for kind, value in tree:
        if kind is op.LITERAL:
            run += 1
        else:
            run = 0
            longest = max(longest, _inner_literal(kind, value))
        longest = max(longest, run)
    return longest


def _inner_literal(kind: Any, value: Any) -> int:  # noqa: ANN401  nodes of the standard parser
    if kind is op.SUBPATTERN:
        return _longest_literal(value[3])
    if kind is op.BRANCH:
        return min(map(_longest_literal, value[1]))
    if kind in {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT} and value[0] > 0:
        return _longest_literal(value[2])
    return 0


def _trimmed(tree: list[Any]) -> list[Any]:
    """Without repetitions at the end that only lengthen a match: one hit instead of hundreds."""
    while tree:
        kind, value = tree[-1]
        if kind not in {op.MAX_REPEAT, op.MIN_REPEAT} or value[0] == value[1]:
            break
        tree = tree[:-1]
        if value[0]:
            tree.append((kind, (value[0], value[0], value[2])))
    return tree


class _Writer:
    def __init__(self, flags: int) -> None:
        self._caseless = bool(flags & re.IGNORECASE)
        self._dotall = bool(flags & re.DOTALL)

    def sequence(self, tree: Sequence[Any]) -> str:
        return "".join(self._item(kind, value) for kind, value in tree)

    def _item(self, kind: Any, value: Any) -> str:  # noqa: ANN401  nodes of the standard parser
        if kind is op.LITERAL:
            return self._letter(value)
        if kind is op.ANY:
            return ANY if self._dotall else NOT_NEWLINE
        if kind is op.IN:
            return self._set(value)
        if kind is op.NOT_LITERAL:
            return self._set([(op.NEGATE, None), (op.LITERAL, value)])
        if kind is op.AT:
            return {op.AT_BEGINNING: "^", op.AT_BEGINNING_STRING: "^"}.get(
                value, "$" if value in {op.AT_END, op.AT_END_STRING} else ""
            )
        return self._compound(kind, value)

    def _compound(self, kind: Any, value: Any) -> str:  # noqa: ANN401  nodes of the standard parser
        if kind in {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}:
            least, most, body = value
            least = min(least, MOST_REPEATS)
            bound = "" if most == op.MAXREPEAT or most > MOST_REPEATS else str(most)
            return f"(?:{self.sequence(body)}){{{least},{bound}}}"
        if kind is op.SUBPATTERN:
            _, added, removed, body = value
            inner = _Writer(0)
            inner._caseless = (self._caseless or bool(added & re.IGNORECASE)) and not (
                removed & re.IGNORECASE
            )
            inner._dotall = (self._dotall or bool(added & re.DOTALL)) and not removed & re.DOTALL
            return f"(?:{inner.sequence(body)})"
        if kind is op.ATOMIC_GROUP:
            return f"(?:{self.sequence(value)})"
        if kind is op.BRANCH:
            return "(?:" + "|".join(self.sequence(body) for body in value[1]) + ")"
        if kind in {op.ASSERT, op.ASSERT_NOT}:
            return ""
        return ANYTHING

    def _letter(self, number: int) -> str:
        if number >= 0x80:
            return WIDE if self._caseless else byte_pattern(chr(number))
        letter = chr(number)
        if self._caseless and letter.isalpha():
            both = f"[{letter.lower()}{letter.upper()}]"
            return f"(?:{both}|{WIDE})" if letter in _FOLDS_TO_WIDE else both
        return byte_pattern(letter)

    def _set(self, items: Sequence[Any]) -> str:
        negate = items[0][0] is op.NEGATE
        members, wide = set(), negate
        for kind, value in items[1:] if negate else items:
            numbers, beyond = _members(kind, value)
            members |= numbers
            wide = wide or beyond
        if self._caseless:
            letters = {chr(n) for n in members}
            members |= {ord(case) for x in letters for case in (x.lower(), x.upper())}
            wide = wide or bool(letters & _FOLDS_TO_WIDE)
        if negate:
            members = set(_ASCII) - members
        narrow = "[" + "".join(f"\\x{n:02x}" for n in sorted(members)) + "]" if members else ""
        return "(?:" + "|".join(filter(None, [narrow, WIDE if wide else ""])) + ")"


def _members(kind: Any, value: Any) -> tuple[set[int], bool]:  # noqa: ANN401  nodes of the standard parser
    """ASCII members of one item of a set, and whether it has others."""
    if kind is op.LITERAL:
        return ({value}, False) if value < 0x80 else (set(), True)
    if kind is op.RANGE:
        low, high = value
        return set(range(low, min(high, 0x7F) + 1)), high >= 0x80
    if value in _NEGATED:
        test = _CATEGORIES[_NEGATED[value]]
        return {n for n in _ASCII if not test(n)}, True
    return {n for n in _ASCII if _CATEGORIES[value](n)}, True


def byte_pattern(text: str) -> str:
    """A literal as an expression over its UTF-8 bytes."""
    return "".join(
        chr(byte) if chr(byte).isalnum() and byte < 0x80 else f"\\x{byte:02x}"
        for byte in text.encode("utf-8", "surrogatepass")
    )
