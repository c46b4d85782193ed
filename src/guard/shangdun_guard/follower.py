"""Follows the stream of decisions in a thread of its own: no request waits for the network."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from shangdun_guard.client import Away, Feed
from shangdun_guard.decisions import Decisions
from shangdun_guard.journal import Journal

SLOWEST = 5.0
"""Seconds between two tries while ShangDun is away: it is found again within so long."""
EXPIRE_EVERY = 5.0
AT_ONCE = 0.001
WAITING = 1000
"""Changes that wait for the disk, at most; beyond, the whole set is written anew."""
log = logging.getLogger("shangdun.guard")


class Tells(Protocol):
    """What the follower asks: ``client.Link``, or a stand-in."""

    def feed(self, after: int, key: str, problem: str = "") -> Feed | None:
        """See ``client.Link``."""

    def close(self) -> None:
        """See ``client.Link``."""


class Follower:
    """Keeps ``Decisions`` as ShangDun wants them, and the journal as they are."""

    def __init__(
        self,
        decisions: Decisions,
        journal: Journal | None,
        apply: Callable[[dict[str, Any]], None],
        *,
        wall: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._decisions = decisions
        self._journal = journal
        self._apply = apply
        self._wall, self._clock = wall, clock
        self._expired_at = 0.0
        self._began = False
        self._waiting: deque[Feed] = deque()
        self._settings: dict[str, Any] = {}
        self._failures = 0
        self.head = 0
        self.answered_at = clock()
        """When ShangDun answered last, in seconds of ``clock``; at first, when this began."""
        self.problem = ""
        self.disk_problem = ""

    def remember(self) -> None:
        """Take in the last known decisions; those that are over meanwhile are left out."""
        for feed in self._journal.load() if self._journal else ():
            self._take(feed)
        self._decisions.expire(self._wall())

    def step(self, link: Tells, key: str) -> float:
        """Ask once; the seconds after which to ask again, 0.0 for the usual time."""
        now = self._wall()
        if abs(now - self._expired_at) >= EXPIRE_EVERY:
            self._decisions.expire(now)
            self._expired_at = now
        try:
            feed = link.feed(self.head, key, self.disk_problem)
        except Away as error:
            return self._missed(error)
        self.answered_at, self._failures = self._clock(), 0
        if self.problem:
            log.info("ShangDun answers again")
            self.problem = ""
        if feed is None:
            return 0.0
        if self._is_news(feed):
            self._take(feed)
            self._began = True
            if len(self._waiting) >= WAITING:
                self._waiting.clear()
                feed = feed._replace(full=True)  # what is in force is then written as a whole
            self._waiting.append(feed)
        return AT_ONCE if feed.more else 0.0

    def _is_news(self, feed: Feed) -> bool:
        # An empty stream is told as a whole every time; the file need not be written for that.
        changed = feed.head != self.head or feed.added or feed.removed
        return bool(changed) or not self._began or feed.settings != self._settings

    def _missed(self, error: Away) -> float:
        if not self.problem:
            log.warning("no decisions from ShangDun: %s; the last known hold", error)
        self.problem = str(error)
        self._failures += 1
        return min(SLOWEST, max(error.retry_after, 0.25 * 2.0 ** min(self._failures, 5)))

    def _take(self, feed: Feed) -> None:
        self._decisions.change(feed.added, feed.removed, full=feed.full)
        self.head = feed.head
        if feed.settings and feed.settings != self._settings:
            self._settings = feed.settings
            self._apply(feed.settings)

    def keep(self) -> float:
        """Write what came since the last call to disk; for a thread that may wait for the disk."""
        while self._waiting:
            self._note(self._waiting.popleft())
        return 0.0

    def _note(self, feed: Feed) -> None:
        if self._journal is None or not self._journal.own():
            return
        try:
            self._journal.note(feed, self._decisions)
        except OSError as error:
            if not self.disk_problem:
                log.warning("decisions are not kept on disk: %s", error)
            self.disk_problem = f"decisions are not kept on disk: {error.strerror}"
            self._journal.close()
            return
        self.disk_problem = ""
