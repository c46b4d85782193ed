"""Extended conditions: a boolean expression over rules, as alternatives over the rules' places.

``a and (b or not c)`` becomes ``a, b`` or ``a, without c``. Names are those of ``rules``;
``1 of name*``, ``any of``, ``all of`` and ``them`` are read as in a rule's own condition.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import reduce
from itertools import pairwise

import msgspec

from shangdun.kernel.errors import RuleError

MOST_RULES = 63
MOST_ALTERNATIVES = 256
MOST_NESTED = 100
TOKEN = re.compile(r"\s*(?:([()])|([^\s()]+))")
OPERATORS = frozenset({"and", "or", "not", "of"})


class Alternative(msgspec.Struct, frozen=True, order=True):
    """Sets of rules as bits: bit n is the n-th of ``rules``."""

    present: int
    """All of these must have an event in the window …"""
    absent: int
    """… and none of these."""


Alternatives = frozenset[Alternative]


def names_in(text: str) -> tuple[str, ...]:
    """The rules an expression names, in the order of their appearance."""
    words = _tokens(text)
    names = [
        word
        for before, word in zip(["", *words], words, strict=False)
        if word.lower() not in OPERATORS and word not in "()" and before.lower() != "of"
    ]
    counts = {word for word, after in pairwise(words) if after.lower() == "of"}
    return tuple(dict.fromkeys(name for name in names if name not in counts))


def read_expression(text: str, rules: Sequence[str]) -> tuple[Alternative, ...]:
    """The alternatives of an expression over ``rules``, the fewest bits first.

    Raises ``RuleError`` for what cannot be read, for a name that is not in ``rules``, for a rule
    that the expression does not mention, and for one that can never hold.
    """
    if len(rules) > MOST_RULES:
        raise _error(f"more than {MOST_RULES} rules")
    reader = _Reader(_tokens(text), rules)
    found = reader.read()
    unused = [name for place, name in enumerate(rules) if not reader.used >> place & 1]
    if unused:
        raise _error(f"does not mention {', '.join(unused)}, which is in rules")
    if not found:
        raise _error("can never hold")
    return tuple(sorted(found, key=lambda one: (one.present.bit_count(), one)))


def _tokens(text: str) -> list[str]:
    return [bracket or word for bracket, word in TOKEN.findall(text)]


class _Reader:
    """Recursive descent: or binds loosest, then and, then not; ``negated`` is pushed inwards."""

    def __init__(self, tokens: list[str], rules: Sequence[str]) -> None:
        self._tokens = tokens
        self._rules = rules
        self._at = 0
        self._depth = 0
        self.used = 0

    def read(self) -> Alternatives:
        found = self._any(negated=False)
        if self._at < len(self._tokens):
            raise _error(f"{self._tokens[self._at]!r} is unexpected")
        return found

    def _any(self, *, negated: bool) -> Alternatives:
        self._depth += 1
        if self._depth > MOST_NESTED:
            raise _error("is nested too deeply")
        parts = [self._all(negated=negated)]
        while self._take("or"):
            parts.append(self._all(negated=negated))
        self._depth -= 1
        return reduce(both if negated else either, parts)

    def _all(self, *, negated: bool) -> Alternatives:
        parts = [self._one(negated=negated)]
        while self._take("and"):
            parts.append(self._one(negated=negated))
        return reduce(either if negated else both, parts)

    def _one(self, *, negated: bool) -> Alternatives:
        while self._take("not"):
            negated = not negated
        if self._take("("):
            inner = self._any(negated=negated)
            if not self._take(")"):
                raise _error("a bracket is not closed")
            return inner
        word = self._next()
        if self._take("of"):
            return self._of(word, negated=negated)
        if word not in self._rules:
            raise _error(f"names {word}, which is not in rules")
        return self._literal(self._rules.index(word), negated=negated)

    def _of(self, count: str, *, negated: bool) -> Alternatives:
        pattern = self._next()
        them = pattern.lower() == "them"
        parts = [
            self._literal(place, negated=negated)
            for place, name in enumerate(self._rules)
            if them or fnmatchcase(name, pattern)
        ]
        if not parts:
            raise _error(f"names {pattern}, which nothing in rules is like")
        if count.lower() not in {"1", "any", "all"}:
            raise _error(f"{count!r} of is neither 1 of, any of nor all of")
        return reduce(both if (count.lower() == "all") is not negated else either, parts)

    def _literal(self, place: int, *, negated: bool) -> Alternatives:
        bit = 1 << place
        self.used |= bit
        return frozenset({Alternative(0, bit) if negated else Alternative(bit, 0)})

    def _next(self) -> str:
        if self._at == len(self._tokens):
            raise _error("ends too early")
        word = self._tokens[self._at]
        if word in {")", "("} or word.lower() in OPERATORS:
            raise _error(f"{word!r} stands where a rule should")
        self._at += 1
        return word

    def _take(self, token: str) -> bool:
        taken = self._at < len(self._tokens) and self._tokens[self._at].lower() == token
        self._at += taken
        return taken


def either(one: Alternatives, two: Alternatives) -> Alternatives:
    """What satisfies one or the other."""
    return _bounded(one | two)


def both(one: Alternatives, two: Alternatives) -> Alternatives:
    """What satisfies one and the other."""
    # one that asks for more than another is not left out: in an ordered sequence it holds elsewhere
    joined = (Alternative(a.present | b.present, a.absent | b.absent) for a in one for b in two)
    return _bounded(frozenset(part for part in joined if not part.present & part.absent))


def _bounded(found: Alternatives) -> Alternatives:
    if len(found) > MOST_ALTERNATIVES:
        raise _error(f"has more than {MOST_ALTERNATIVES} alternatives")
    return found


def _error(message: str) -> RuleError:
    return RuleError(
        f"condition: the expression {message}",
        code="rule.correlation",
        fix="write it like: rule_a and (rule_b or not rule_c)",
    )
