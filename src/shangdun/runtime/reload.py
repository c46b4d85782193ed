"""Taking up changed rules while events go on, without losing an open window.

The watch looks for another generation of the stored rules every three seconds. What changed is
compiled by a process of its own, the detector is made in a thread, and between two batches it takes
up the memory of the one before: rules that did not change go on with their windows. Whatever goes
wrong on the way, the rules of before stay in force and the health says so.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol

from shangdun.detect.correlation.state import Limits
from shangdun.detect.detector import Detector
from shangdun.detect.rule import RuleSet
from shangdun.detect.rule_cache import cached_rules, default_cache_dir
from shangdun.detect.rules import rule_files
from shangdun.kernel.config import DetectConfig
from shangdun.kernel.errors import ShangdunError
from shangdun.kernel.ids import content_id
from shangdun.runtime.compile_rules import RuleInput, compile_apart
from shangdun.runtime.pipeline import MakeDetector
from shangdun.runtime.pulse import Pulse
from shangdun.runtime.records import StoredRules

log = logging.getLogger(__name__)

LOOK_SECONDS = 3.0
FILES_SECONDS = 15.0
"""Looking at thousands of files takes a moment, and who changes them by hand is in no hurry."""
AGAIN_SECONDS = 60.0
"""After a failure the same rules are tried again so much later."""

Stamp = tuple[int, str]


class Exchanging(Protocol):
    """What evaluates rules: ``runtime.loop.Watch``."""

    def exchange(self, detector: Detector, rules: str) -> bool: ...


class RulesAhead(NamedTuple):
    """What is asked about stored rules, or a test's own."""

    generation: Callable[[], int]
    stored: Callable[[], StoredRules]


class _Made(NamedTuple):
    stamp: Stamp
    ruleset: RuleSet
    detector: Detector


class Reload:
    """Looks, compiles and exchanges; ``tend`` is called by the watch between two batches."""

    def __init__(self, config: DetectConfig, ahead: RulesAhead, pulse: Pulse) -> None:
        self._config = config
        self._ahead = ahead
        self._pulse = pulse
        self._stamp: Stamp | None = None
        self._key = ""
        self._files = _stamp_of(config.rules)
        self._look_at = self._files_at = 0.0
        self._failed: tuple[Stamp, float] | None = None
        self._made: _Made | None = None
        self._problem: str | None = None
        self._thread: threading.Thread | None = None

    def first(self) -> RuleSet:
        """The rules to start with, compiled here and now."""
        stored = self._ahead.stored()
        ruleset = self._input(stored).load()
        self._stamp, self._key = (stored.generation, self._files), ruleset.key
        self._tell(ruleset)
        return ruleset

    def tend(self, watch: Exchanging, rules: str) -> None:
        """Look whether rules changed, and exchange them when they are made.

        ``rules`` names those that the watch evaluates now: after a restart it may first have had
        to go on with those of before.
        """
        if self._thread is not None and not self._thread.is_alive():
            self._finish()
        if self._made is not None:
            self._exchange(watch, self._made)
        now = time.monotonic()
        if now < self._look_at or self._thread is not None or self._made is not None:
            return
        self._look_at = now + LOOK_SECONDS
        stamp = self._look(now)
        if stamp is not None and (stamp != self._stamp or rules != self._key):
            self._start(stamp, now)

    def close(self) -> None:
        """Wait for nothing: a compilation under way ends with the process."""
        self._thread = None

    def _look(self, now: float) -> Stamp | None:
        if now >= self._files_at:
            self._files_at = now + FILES_SECONDS
            self._files = _stamp_of(self._config.rules)
        try:
            return self._ahead.generation(), self._files
        except ShangdunError as error:
            log.warning("the rules stay as they are: %s", error)
            return None

    def _start(self, stamp: Stamp, now: float) -> None:
        if self._failed and self._failed[0] == stamp and now < self._failed[1]:
            return
        try:
            stored = self._ahead.stored()
        except ShangdunError as error:
            log.warning("the rules stay as they are: %s", error)
            return
        wanted = self._input(stored)
        stamp = (stored.generation, stamp[1])
        self._thread = threading.Thread(
            target=self._make, args=(wanted, stamp), name="rules", daemon=True
        )
        self._thread.start()

    def _make(self, wanted: RuleInput, stamp: Stamp) -> None:
        try:
            compile_apart(wanted)
            ruleset = wanted.load()
            detector = Detector(ruleset, limits=limits_of(self._config))
            self._made = _Made(stamp, ruleset, detector)
        except Exception as error:  # whatever it is, the watch goes on with the rules it has
            log.exception("changed rules cannot be used")
            self._problem = str(error)
            self._failed = stamp, time.monotonic() + AGAIN_SECONDS

    def _finish(self) -> None:
        self._thread = None
        if self._problem is not None:
            self._pulse.rules_changed(self._problem)
            self._problem = None

    def _exchange(self, watch: Exchanging, made: _Made) -> None:
        try:
            if not watch.exchange(made.detector, made.ruleset.key):
                return  # the lake or the records are busy: between the next batches
        except Exception as error:
            log.exception("changed rules cannot take up the windows")
            self._failed = made.stamp, time.monotonic() + AGAIN_SECONDS
            self._made = None
            self._pulse.rules_changed(str(error))
            return
        self._stamp, self._key, self._made = made.stamp, made.ruleset.key, None
        self._tell(made.ruleset)
        self._pulse.rules_changed()
        log.info("%d rules are in force", len(made.ruleset.every()))

    def _tell(self, ruleset: RuleSet) -> None:
        for error in ruleset.errors:
            log.error("%s:%d: %s", error.path, error.line, error.message)
        errors = [f"{error.path}:{error.line}: {error.message}" for error in ruleset.errors]
        self._pulse.rules(len(ruleset.every()), errors)

    def _input(self, stored: StoredRules) -> RuleInput:
        return RuleInput(
            paths=tuple(self._config.rules),
            builtin=self._config.builtin,
            texts=tuple(stored.texts),
            lists=stored.lists,
            cache_dir=str(default_cache_dir()),
        )


def limits_of(config: DetectConfig) -> Limits:
    """The bounds of correlations' memory, with the lateness that is configured."""
    return Limits(lateness=config.lateness_seconds * 1_000)


def former_detector(rules: str, *, limits: Limits | None = None) -> MakeDetector | None:
    """A detector of rules that were in force before, by their name; None where they are gone."""
    ruleset = cached_rules(rules, default_cache_dir())
    if ruleset is None:
        log.warning("the rules of before are not in the cache: journaled lines meet the new ones")
        return None
    return lambda: Detector(ruleset, limits=limits)


def _stamp_of(roots: list[str]) -> str:
    """Names, sizes and times of the rule files; a file that just went away counts as gone.

    Of every file: one that was put back, or renamed, may be older than those beside it.
    """
    seen = []
    for path in (path for root in map(Path, roots) if root.exists() for path in rule_files(root)):
        try:
            found = path.stat()
        except OSError:
            continue
        seen.append(f"{path} {found.st_size} {found.st_mtime_ns}")
    return content_id(*seen)
