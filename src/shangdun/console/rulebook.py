"""The rules as this process last read them, for titles, meanings and their own pages."""

from __future__ import annotations

import threading
import time
from math import inf
from pathlib import Path

from django.conf import settings

from shangdun.console.words import spoken
from shangdun.detect.rule import AnyRule, RuleSet
from shangdun.detect.rule_text import RuleText
from shangdun.detect.rules import builtin_folders, load_rules, rule_files
from shangdun.records.rule_documents import generation, stored_lists, stored_texts

LOOK_AGAIN_SECONDS = 20.0
"""Files are looked at so often; what is changed on a page shows at once."""
GENERATION_SECONDS = 1.0
WAIT_SECONDS = 3.0
"""A page waits so long for rules that changed. Thousands of new ones take longer to compile, and
meanwhile it shows those of before."""

Stamp = tuple[int, int, int]


class Rulebook:
    """Rules by identifier; read again when files or stored documents changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stamp: Stamp | None = None
        self._wanted: Stamp | None = None
        self._files = (0, 0)
        self._files_at = self._looked = -inf
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

    def forget_looking(self) -> None:
        """Look at once: somebody has just changed something on a page."""
        self._looked = -inf

    def _refresh(self) -> None:
        now = time.monotonic()
        if self._stamp and now - self._looked < GENERATION_SECONDS:
            return
        with self._lock:
            self._looked = now
            if self._stamp is None or now - self._files_at > LOOK_AGAIN_SECONDS:
                self._files, self._files_at = _files_stamp(), now
            stamp = (generation(), *self._files)
            if self._stamp is not None and stamp in {self._stamp, self._wanted}:
                return
            self._wanted = stamp
            texts, lists = stored_texts(), stored_lists()
        loading = threading.Thread(target=self._load, args=(stamp, texts, lists), daemon=True)
        loading.start()
        # without any rules yet there is nothing that could be shown instead
        loading.join(WAIT_SECONDS if self._stamp else None)

    def _load(self, stamp: Stamp, texts: list[RuleText], lists: dict[str, list[str]]) -> None:
        config = settings.CONFIG.detect
        try:
            found = load_rules(config.rules, builtin=config.builtin, texts=texts, lists=lists)
        except BaseException:
            self._wanted = None
            raise
        if self._wanted == stamp:  # else something newer is being read
            self._set, self._rules, self._stamp = found, found.by_uid(), stamp


def _files_stamp() -> tuple[int, int]:
    config = settings.CONFIG.detect
    roots = [*(builtin_folders() if config.builtin else []), *map(Path, config.rules)]
    times = [
        file.stat().st_mtime_ns for root in roots if root.exists() for file in rule_files(root)
    ]
    return len(times), max(times, default=0)


RULEBOOK = Rulebook()
