"""Regular expressions that cannot run away.

RE2 decides wherever it can, in time linear in the value. What it does not know (look-around,
backreferences) goes to a backtracking engine with a time limit a value, and with an allowance
over many: an expression that has used it up is left out for some values, which are counted, and
then tried again. So one slow expression cannot stall the rest, nor can an attacker who floods it
with slow values switch it off for good.
"""

from __future__ import annotations

import time
from collections import Counter
from functools import lru_cache
from typing import Any

import re2
import regex

TIMEOUT_SECONDS = 0.05
"""CPU time for one value."""
CREDIT_SECONDS = 1.0
"""What an expression may have used at once beyond its allowance."""
ALLOWANCE_SECONDS = 0.0001
"""CPU time for each value on average: an honest backtracking expression takes a tenth."""
MOST_MEMORY = 64 << 20
"""Of one compiled expression."""
PAUSE = 1000
"""Values left out when the credit is used up; what they would have been allowed is credited."""

_cut_off: Counter[tuple[str, str]] = Counter()


def cut_off(pattern: str, flags: str) -> int:
    """How many values were given up or left out for an expression in this process."""
    return _cut_off[pattern, flags]


class SafeRegex:
    """A compiled expression."""

    def __init__(self, pattern: str, flags: str) -> None:
        self.pattern = pattern
        self._key = (pattern, flags)
        self._credit = CREDIT_SECONDS
        self._pause = 0
        self._linear: Any = _linear(pattern, flags)
        self._backtracking: Any = None
        if self._linear is None:
            mode = sum(getattr(regex, flag.upper()) for flag in flags)
            # \z is RE2's name for the end of the text, \Z is Python's
            self._backtracking = regex.compile(pattern.replace("\\z", "\\Z"), mode)
        self._before_last_newline = "$" in pattern and "m" not in flags

    @property
    def linear(self) -> bool:
        """Whether it runs in time linear in the value."""
        return self._linear is not None

    @staticmethod
    @lru_cache(maxsize=16384)
    def of(pattern: str, flags: str) -> SafeRegex:
        """One object a pattern, so that its time adds up."""
        return SafeRegex(pattern, flags)

    def search(self, text: str) -> bool:
        """Whether the expression is found anywhere in the text."""
        if self._linear is not None:
            if self._linear.Match(text):
                return True
            # elsewhere `$` also stands before a newline at the very end, in RE2 it does not
            ends = self._before_last_newline and text.endswith("\n")
            return ends and bool(self._linear.Match(text[:-1]))
        return self._search_bounded(text)

    def _search_bounded(self, text: str) -> bool:
        if self._pause:
            self._pause -= 1
            _cut_off[self._key] += 1
            return False
        begun = time.thread_time()
        try:
            found = self._backtracking.search(text, timeout=TIMEOUT_SECONDS) is not None
        except TimeoutError:
            found = False
            _cut_off[self._key] += 1
        self._credit += ALLOWANCE_SECONDS - (time.thread_time() - begun)
        self._credit = min(self._credit, CREDIT_SECONDS)
        if self._credit < 0:
            self._pause = PAUSE
            self._credit += PAUSE * ALLOWANCE_SECONDS
        return found


def _linear(pattern: str, flags: str) -> Any:  # noqa: ANN401  re2 has no types
    """A set of one, which is asked in half the time of a compiled pattern; None if refused."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MOST_MEMORY
    prefix = f"(?{flags})" if flags else ""
    one = re2.Set.SearchSet(options)
    try:
        one.Add(prefix + pattern)
    except re2.error:
        return None
    one.Compile()
    return one
