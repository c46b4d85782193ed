"""A regular expression widened until Hyperscan can take it, and takes it fast.

Many values are scanned in one pass, joined by a separator that no UTF-8 text contains. The
expression that is scanned matches wherever the original does, and perhaps elsewhere; what it
finds is confirmed value by value with the original. So it may drop what Hyperscan does not know
(look-around, backreferences, word boundaries) and treat every non-ASCII letter as any.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Sequence
from re import _constants as op  # type: ignore[attr-defined]  # the standard parser has no public name
from re import _parser as parser  # type: ignore[attr-defined]  # the standard parser has no public name
from typing import Any, NamedTuple

from shangdun.detect.literals import words_of

WIDE = r"[\xc2-\xf4][\x80-\xbf]{1,3}"
"""Any letter that is not ASCII, as UTF-8 bytes."""
ANY = rf"(?:[\x00-\x7f]|{WIDE})"
NOT_NEWLINE = rf"(?:[\x00-\x09\x0b-\x7f]|{WIDE})"
ANYTHING = r"[^\xff]*"
MOST_REPEATS = 3
"""Counted repetitions make automata large (nested ones by the product): more is `or more`."""
FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}
LEAST_WIDTH = 2
FEW = 8
"""A set of so few letters is as good as a letter to look for."""

_ASCII = range(0x80)
_CATEGORIES: dict[Any, Callable[[int], bool]] = {
    op.CATEGORY_DIGIT: lambda n: chr(n).isdigit(),
    op.CATEGORY_SPACE: lambda n: chr(n).isspace(),
    op.CATEGORY_WORD: lambda n: chr(n).isalnum() or n == 0x5F,
}
_ANCHORS = {
    op.AT_BEGINNING: "^",
    op.AT_BEGINNING_STRING: "^",
    op.AT_END: "$",
    op.AT_END_STRING: "$",
}
_NEGATED = {
    op.CATEGORY_NOT_DIGIT: op.CATEGORY_DIGIT,
    op.CATEGORY_NOT_SPACE: op.CATEGORY_SPACE,
    op.CATEGORY_NOT_WORD: op.CATEGORY_WORD,
}
ODD_LETTERS = (
    "\u212a\u017f\u0130\u0131\u1e9e\u00df\u0149\u01f0\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06"
)
"""Letters beyond ASCII that may equal ASCII ones when case is ignored. They are not written into
expressions, which would double those: a value that has one is asked all caseless expressions."""


class Superset(NamedTuple):
    """An expression for Hyperscan in byte mode."""

    text: str
    caseless: bool


def superset_of(pattern: str, flags: str, *, whole: bool = False) -> Superset | None:
    """An expression that is found wherever ``pattern`` is, ``ODD_LETTERS`` aside.

    Words that every match holds, where there are such; with ``whole``, the expression itself even
    so, which is slower to scan for and found in fewer values.

    None if no certain letter occurs in every match, so that it might be found at every place of
    a value: such a pattern is asked value by value.
    """
    try:
        with warnings.catch_warnings():
            # Python warns of what `[[` may one day mean; in a rule it means what it does today
            warnings.simplefilter("ignore", FutureWarning)
            tree = parser.parse(pattern, sum(FLAGS[flag] for flag in flags))
    except (re.error, RecursionError, OverflowError):
        return None
    # a part may ignore case by itself, `(?i:…)`: then the whole is scanned for in any case
    caseless = bool(tree.state.flags & re.IGNORECASE) or "(?" in pattern
    words = words_of(tree)
    if words and not whole:
        return Superset("|".join(map(byte_pattern, words)), caseless)
    if tree.getwidth()[0] < LEAST_WIDTH or not _has_letter(tree):
        return None
    try:
        return Superset(_Writer(tree.state.flags).sequence(_trimmed(list(tree))), caseless)
    except RecursionError:
        return None


def _has_letter(tree: Sequence[Any]) -> bool:
    """Whether every match holds a certain letter, or one of a few."""
    return any(_is_letter(kind, value) for kind, value in tree)


def _is_letter(kind: Any, value: Any) -> bool:  # noqa: ANN401  nodes of the standard parser
    if kind is op.IN:
        single = all(item is op.LITERAL for item, _ in value)
        return single and len(value) <= FEW
    if kind is op.SUBPATTERN:
        return _has_letter(value[3])
    if kind is op.ATOMIC_GROUP:
        return _has_letter(value)
    if kind is op.BRANCH:
        return all(map(_has_letter, value[1]))
    if kind in {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}:
        return value[0] > 0 and _has_letter(value[2])
    return kind is op.LITERAL


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
        self._repeated = False
        """Whether what is written stands inside a repetition, where Hyperscan takes no anchors."""

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
            return "" if self._repeated else _ANCHORS.get(value, "")
        return self._compound(kind, value)

    def _compound(self, kind: Any, value: Any) -> str:  # noqa: ANN401  nodes of the standard parser
        if kind in {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}:
            least, most, body = value
            least = min(least, MOST_REPEATS)
            bound = "" if most == op.MAXREPEAT or most > MOST_REPEATS else str(most)
            before, self._repeated = self._repeated, True
            inner = self.sequence(body)
            self._repeated = before
            return f"(?:{inner}){{{least},{bound}}}"
        if kind is op.SUBPATTERN:
            _, added, removed, body = value
            mine = self._caseless * re.IGNORECASE | self._dotall * re.DOTALL
            writer = _Writer((mine | added) & ~removed)
            writer._repeated = self._repeated
            return f"(?:{writer.sequence(body)})"
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
            return f"[{letter.lower()}{letter.upper()}]"
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
