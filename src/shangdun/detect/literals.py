"""Words without which a regular expression cannot match.

Hyperscan finds thousands of words in one go, but runs an automaton of its own for most regular
expressions. Where every match must hold one of a few words, these are scanned for instead, and the
expression is asked only about the values that have one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from re import _constants as op  # type: ignore[attr-defined]  # the standard parser has no public name
from typing import Any

LEAST_LETTERS = 4
"""Shorter words are in too many values."""
MOST_WORDS = 48

Words = list[str]


def words_of(tree: Sequence[Any]) -> Words:
    """Words of which every match of a parsed expression holds at least one; empty: none known."""
    best = max(_choices(tree), key=_worth, default=[])
    return best if _worth(best) >= LEAST_LETTERS else []


def _worth(words: Words) -> float:
    """Length of the shortest word; of equally long choices the smaller is better."""
    if not words or len(words) > MOST_WORDS:
        return 0
    return min(map(len, words)) - len(words) / (10 * MOST_WORDS)


def _choices(tree: Sequence[Any]) -> Iterator[Words]:
    """Every set of words that a sequence offers."""
    run: list[str] = []
    for kind, value in [*tree, (None, None)]:
        if kind is op.LITERAL and value < 0x80:
            run.append(chr(value))
            continue
        if run:
            yield ["".join(run)]
            run = []
        yield from _inner(kind, value)


def _inner(kind: Any, value: Any) -> Iterator[Words]:  # noqa: ANN401  nodes of the standard parser
    if kind is op.SUBPATTERN:
        yield from _choices(value[3])
    elif kind is op.ATOMIC_GROUP:
        yield from _choices(value)
    elif kind is op.BRANCH:
        branches = [max(_choices(body), key=_worth, default=[]) for body in value[1]]
        if all(branches):
            yield list(dict.fromkeys(word for words in branches for word in words))
    elif kind in {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT} and value[0] > 0:
        yield from _choices(value[2])
