"""What pySigma may accept: every expression that the engine can run within bounds.

Upstream's default takes what RE2 knows and refuses look-around and backreferences, because a
backtracking engine can be made to run for ever. Ours gives such an expression a time limit
(``detect.regex``), so the flavour of the specification, PCRE, can be taken whole.
"""

from __future__ import annotations

import re
from typing import cast

import re2
import regex
from sigma.policy import SigmaPolicy
from sigma.policy.regex_engine import RegexEngine, RegexPattern

from shangdun.detect.regex import MOST_MEMORY, SafeRegex

_FLAGS = ((re.IGNORECASE, "i"), (re.MULTILINE, "m"), (re.DOTALL, "s"))


class BoundedRegexEngine(RegexEngine):
    """Checks expressions with what will run them."""

    def compile(self, pattern: str, flags: int = 0) -> RegexPattern:
        """The expression, compiled by what can; raises ``error`` where nothing can."""
        letters = "".join(letter for flag, letter in _FLAGS if flags & flag)
        if not SafeRegex.of(pattern, letters).linear:
            return cast("RegexPattern", regex.compile(pattern, flags))
        options = re2.Options()
        options.log_errors = False
        options.max_mem = MOST_MEMORY
        return cast(
            "RegexPattern", re2.compile(f"(?{letters}){pattern}" if letters else pattern, options)
        )

    @property
    def error(self) -> type[Exception]:
        """What a wrong expression raises."""
        return regex.error


POLICY = SigmaPolicy(regex_engine=BoundedRegexEngine())
