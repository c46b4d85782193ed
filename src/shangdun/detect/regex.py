"""Regular expressions that cannot run away.

RE2 decides wherever it can, in time linear in the value. What it does not know (look-around,
backreferences) goes to a backtracking engine with a time limit; a pattern that keeps exceeding
it is suspended and counted, so one slow expression cannot stall the rest.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import re2
import regex

TIMEOUT_SECONDS = 0.05
SUSPEND_AFTER = 20
"""Timeouts after which an expression is no longer tried."""


class SafeRegex:
    """A compiled expression; ``timeouts`` counts values that were given up."""

    def __init__(self, pattern: str, flags: str) -> None:
        self.pattern = pattern
        self.timeouts = 0
        self._linear: Any = _linear(pattern, flags)
        self._backtracking: Any = None
        if self._linear is None:
            mode = sum(getattr(regex, flag.upper()) for flag in flags)
            # \z is RE2's name for the end of the text, \Z is Python's
            self._backtracking = regex.compile(pattern.replace("\\z", "\\Z"), mode)
        self._before_last_newline = "$" in pattern and "m" not in flags

    @staticmethod
    @lru_cache(maxsize=16384)
    def of(pattern: str, flags: str) -> SafeRegex:
        """One object a pattern, so that its timeouts add up."""
        return SafeRegex(pattern, flags)

    @property
    def suspended(self) -> bool:
        """Whether it is no longer tried."""
        return self.timeouts >= SUSPEND_AFTER

    def search(self, text: str) -> bool:
        """Whether the expression is found anywhere in the text."""
        if self._linear is not None:
            if self._linear.Match(text):
                return True
            # elsewhere `$` also stands before a newline at the very end, in RE2 it does not
            ends = self._before_last_newline and text.endswith("\n")
            return ends and bool(self._linear.Match(text[:-1]))
        if self.suspended:
            return False
        try:
            return self._backtracking.search(text, timeout=TIMEOUT_SECONDS) is not None
        except TimeoutError:
            self.timeouts += 1
            return False


def _linear(pattern: str, flags: str) -> Any:  # noqa: ANN401  re2 has no types
    """A set of one, which is asked in half the time of a compiled pattern; None if refused."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 64 << 20
    prefix = f"(?{flags})" if flags else ""
    one = re2.Set.SearchSet(options)
    try:
        one.Add(prefix + pattern)
    except re2.error:
        return None
    one.Compile()
    return one
