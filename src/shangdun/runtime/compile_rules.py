"""Compiles rules into the cache, as a process of its own.

Thousands of new rules take seconds of a whole core, and in a thread they would take them from the
events. The watch gives what to compile on standard input and afterwards finds all of it made.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec

from shangdun.detect.detector import Detector
from shangdun.detect.rule import RuleSet
from shangdun.detect.rule_text import RuleText
from shangdun.detect.rules import load_rules
from shangdun.kernel.errors import RuleError
from shangdun.runtime.lifeline import tied_to_parent

LONGEST_SECONDS = 600
POLITE = 10
"""Added to the niceness: whoever compiles waits for whoever watches."""


class RuleInput(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a set of rules is made of."""

    paths: tuple[str, ...] = ()
    builtin: bool = True
    texts: tuple[RuleText, ...] = ()
    lists: dict[str, list[str]] = {}
    cache_dir: str

    def load(self) -> RuleSet:
        """The compiled set, from the cache where it is there."""
        return load_rules(
            self.paths,
            builtin=self.builtin,
            cache_dir=Path(self.cache_dir),
            texts=self.texts,
            lists=self.lists,
        )


def compile_apart(wanted: RuleInput) -> None:
    """Bring rules into the cache by a process of its own; raises ``RuleError`` where that fails."""
    command = [sys.executable, "-m", "shangdun.runtime.compile_rules"]
    try:
        done = subprocess.run(  # noqa: S603  our own module
            command,
            input=msgspec.msgpack.encode(wanted),
            capture_output=True,
            timeout=LONGEST_SECONDS,
            preexec_fn=tied_to_parent(),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RuleError(f"the rules cannot be compiled: {error}", code="rule.compile") from error
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise RuleError(
            f"the rules cannot be compiled: {last or f'exit {done.returncode}'}",
            code="rule.compile",
            fix="undo the last change of a rule",
        )


def main() -> None:
    """Compile what standard input says."""
    os.nice(POLITE)
    wanted = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=RuleInput)
    Detector(wanted.load())


if __name__ == "__main__":
    main()
