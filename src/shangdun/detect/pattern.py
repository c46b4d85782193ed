"""How an atom is scanned for: an expression over values that lie joined in one buffer.

Values are joined by ``SEPARATOR``. Its ``0xFF`` never occurs in UTF-8, so an expression that
excludes it cannot reach from one value into the next, and the newlines beside it let ``^`` and
``$`` in multi-line mode stand at the ends of every value.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from shangdun.detect import ir
from shangdun.detect.fold import cases, fold
from shangdun.detect.superset import ANYTHING, ODD_LETTERS, WIDE, byte_pattern, superset_of
from shangdun.detect.value import text_of

SEPARATOR = b"\n\xff\n"
START, END = r"\xff\x0a", r"\x0a\xff"

Matcher: TypeAlias = ir.Text | ir.Regex
"""An atom without its field: what a value is scanned for."""


class Expression(NamedTuple):
    """What Hyperscan compiles for one matcher."""

    text: str
    caseless: bool
    multiline: bool
    confirm: bool
    """A hit still has to be confirmed on the value itself."""


ODD_VALUE = Expression(
    "|".join(map(byte_pattern, ODD_LETTERS)), caseless=False, multiline=False, confirm=False
)
"""Found in values that all caseless regular expressions have to be asked about."""


def matcher_of(atom: ir.Atom) -> Matcher | None:
    """What to scan the values of a field for, or None where an atom is not about a text."""
    if isinstance(atom, ir.Text):
        # without its case, so that `\\Cmd.exe` and `\\cmd.exe` are scanned for once
        value = atom.value if atom.cased else fold(atom.value)
        return ir.Text("", "", atom.shape, value, atom.cased)
    if isinstance(atom, ir.Regex):
        return ir.Regex("", "", atom.pattern, atom.flags)
    if isinstance(atom, ir.Number | ir.Truth):
        return ir.Text("", "", ir.Shape.EXACT, text_of(atom.value))
    return None


def expression_of(matcher: Matcher, *, whole: bool = False) -> Expression | None:
    """The expression to scan for, or None where scanning would not help; see ``superset_of``."""
    if isinstance(matcher, ir.Regex):
        widened = superset_of(matcher.pattern, matcher.flags, whole=whole)
        if widened is None:
            return None
        return Expression(widened.text, widened.caseless, multiline=True, confirm=True)
    return _text_expression(matcher)


def _text_expression(matcher: ir.Text) -> Expression | None:
    wild = matcher.shape is ir.Shape.WILDCARD
    parts = ir.wild_parts(matcher.value) if wild else [matcher.value]
    if wild:
        open_start, open_end = parts[0] is ir.Wild.MANY, parts[-1] is ir.Wild.MANY
        parts = parts[open_start : len(parts) - open_end]
    else:
        open_start = matcher.shape in {ir.Shape.CONTAINS, ir.Shape.ENDS}
        open_end = matcher.shape in {ir.Shape.CONTAINS, ir.Shape.STARTS}
    if open_start and open_end and not any(p for p in parts if not isinstance(p, ir.Wild)):
        return None  # nothing literal: every value, or every value of some length
    body = "".join(_part(part, cased=matcher.cased) for part in parts)
    text = ("" if open_start else START) + body + ("" if open_end else END)
    loose = (open_start and _takes_newline(parts[0], 0)) or (
        open_end and _takes_newline(parts[-1], -1)
    )
    return Expression(text, caseless=not matcher.cased, multiline=False, confirm=loose)


def _part(part: str | ir.Wild, *, cased: bool) -> str:
    if isinstance(part, ir.Wild):
        return ANYTHING if part is ir.Wild.MANY else rf"(?:[\x00-\x7f]|{WIDE})"
    if cased or part.isascii():
        return byte_pattern(part)
    return "".join(map(_letter, part))


def _letter(letter: str) -> str:
    if letter.isascii():
        return byte_pattern(letter)
    return "(?:" + "|".join(map(byte_pattern, cases(letter))) + ")"


def _takes_newline(part: str | ir.Wild, edge: int) -> bool:
    """Whether an open edge could be satisfied by a newline of the separator."""
    return isinstance(part, ir.Wild) or part[edge : edge + 1 or None] == "\n"
