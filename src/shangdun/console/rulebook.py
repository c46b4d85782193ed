"""The rules as this process last read them, for titles, meanings and their own pages."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from django.conf import settings

from shangdun.console.words import spoken
from shangdun.detect.rule import AnyRule, RuleSet
from shangdun.detect.rules import builtin_folders, load_rules, rule_files

LOOK_AGAIN_SECONDS = 20.0


class Rulebook:
    """Rules by identifier; read again when a file changed, looked for at most every 20 s."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        self._looked = 0.0
        self._set = RuleSet()
        self._rules: dict[str, AnyRule] = {}

    def rules(self) -> dict[str, AnyRule]:
        self._refresh()
        return self._rules

    def ruleset(self) -> RuleSet:
        """With what could not be loaded, and why."""
        self._refresh()
        return self._set

    def get(self, uid: str) -> AnyRule | None:
        return self.rules().get(uid)

    def title(self, uid: str, fallback: str) -> str:
        """A rule's title in the page's language; without the rule, what was stored with it."""
        rule = self.get(uid)
        return spoken(rule.content.title, rule.title) if rule and rule.content.title else fallback

    def _refresh(self) -> None:
        if self._stamp and time.monotonic() - self._looked < LOOK_AGAIN_SECONDS:
            return
        with self._lock:
            stamp = _stamp()
            if stamp != self._stamp:
                config = settings.CONFIG.detect
                self._set = load_rules(config.rules, builtin=config.builtin)
                self._rules = self._set.by_uid()
                self._stamp = stamp
            self._looked = time.monotonic()


def _stamp() -> tuple[int, int]:
    config = settings.CONFIG.detect
    roots = [*(builtin_folders() if config.builtin else []), *map(Path, config.rules)]
    times = [
        file.stat().st_mtime_ns for root in roots if root.exists() for file in rule_files(root)
    ]
    return len(times), max(times, default=0)


RULEBOOK = Rulebook()
