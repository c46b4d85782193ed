"""What a value looks like: its alphabet and its type, both few enough to be learned."""

from __future__ import annotations

import re

LETTERS, DIGITS, BLANKS, BREAKS, CONTROLS, FOREIGN = "a", "0", " ", "\n", "\x01", "é"
"""Classes of characters by the one that stands for them; every other ASCII sign is its own."""

_CLASS = [CONTROLS] * 32 + [chr(code) for code in range(32, 127)] + [CONTROLS]
for _code in range(127):
    if chr(_code).isalpha():
        _CLASS[_code] = LETTERS
    elif chr(_code).isdigit():
        _CLASS[_code] = DIGITS
for _sign, _stands in (("\t", BLANKS), ("\n", BREAKS), ("\r", BREAKS)):
    _CLASS[ord(_sign)] = _stands
_TABLE = dict(enumerate(_CLASS))

_TYPES = (
    ("number", re.compile(r"[+-]?[0-9]{1,18}")),
    ("decimal", re.compile(r"[+-]?[0-9]{1,15}[.,][0-9]{1,15}")),
    ("truth", re.compile(r"(?i)true|false|on|off|yes|no")),
    ("uuid", re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")),
    ("date", re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.]{4,15}(?:Z|[+-][0-9:]{4,6})?)?")),
    ("token", re.compile(r"[A-Za-z0-9_-]{16,}={0,2}")),
    ("word", re.compile(r"[A-Za-z][A-Za-z0-9_-]*")),
    ("email", re.compile(r"[^\s@<>\"'();,]+@[^\s@<>\"'();,]+")),
    ("address", re.compile(r"(?:https?://|/)[^\s<>\"'`;]*")),
)
"""Types by their shape, the narrowest first."""
SUBSUMES = {
    "decimal": ("number",),
    "token": ("number", "word"),
    "word": ("truth",),
}
"""A field that was seen with the first may also show the others."""
TEXT, EMPTY = "text", "empty"


def alphabet(text: str) -> frozenset[str]:
    """The classes of the characters in ``text``, each by the one that stands for it."""
    if text.isascii():
        return frozenset(text.translate(_TABLE))
    return frozenset(_CLASS[ord(c)] if c < "\x7f" else FOREIGN for c in text)


def type_of(text: str) -> str:
    """A name of ``_TYPES``, ``text`` or ``empty``; beyond 512 characters it is text."""
    if not text:
        return EMPTY
    if len(text) > 512:
        return TEXT
    return next((name for name, pattern in _TYPES if pattern.fullmatch(text)), TEXT)


def length_step(length: int) -> int:
    """The rung of a ladder on which a length stands: each is about half as long again.

    0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32 … characters; a few dozen rungs reach any length.
    """
    if length < 4:
        return length
    high = length.bit_length()
    half = length >> (high - 2) & 1
    return 2 * (high - 1) + half


def step_limit(step: int) -> int:
    """The longest length on a rung."""
    if step < 4:
        return step
    high, half = divmod(step, 2)
    low = (1 << high) + (half << (high - 1))
    return low + (1 << (high - 1)) - 1
