"""Everything between a guard and its ShangDun: decisions coming, events going, both on disk."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Callable
from typing import Any

from shangdun_guard import __version__
from shangdun_guard.background import Background, Job
from shangdun_guard.buffer import Buffer
from shangdun_guard.client import Link
from shangdun_guard.config import OLDEST, Config
from shangdun_guard.decisions import Decisions
from shangdun_guard.follower import Follower
from shangdun_guard.journal import Journal
from shangdun_guard.own_secret import own_secret
from shangdun_guard.reports import Reports
from shangdun_guard.sender import Sender

TELL_EVERY = 10.0
"""Seconds between two notices about the guard itself, at most."""


class Connection:
    """One a guard; its threads and open files are one process's."""

    def __init__(
        self,
        config: Config,
        apply: Callable[[dict[str, Any]], None],
        *,
        wall: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config, self._clock = config, clock
        folder = config.folder.expanduser() / re.sub(r"[^\w.-]", "_", config.name)
        self.secret = config.secret or config.key or own_secret(folder)
        self.decisions = Decisions()
        self.buffer: Buffer | None = None
        self.sender: Sender | None = None
        self.follower: Follower | None = None
        self._journal: Journal | None = None
        self._links: dict[str, Link] = {}
        jobs: dict[str, Job] = {}
        if config.url and config.key:
            self._journal = Journal(folder)
            self.follower = Follower(self.decisions, self._journal, apply, wall=wall, clock=clock)
            jobs["shangdun-guard-decisions"] = self._follow
            jobs["shangdun-guard-journal"] = self.follower.keep
        if config.source:
            self.buffer = Buffer(
                folder / "events" / re.sub(r"[^\w.-]", "_", config.source),
                max_bytes=config.buffer_bytes,
                drop_oldest=config.buffer_drops == OLDEST,
                fsync_seconds=config.fsync_seconds,
                clock=clock,
            )
            self.sender = Sender(self.buffer, config.source, config.token)
            jobs["shangdun-guard-events"] = self._send
        product = {
            "product": {"name": "shangdun-guard", "version": __version__},
            "log_name": config.name,
        }
        self.reports = Reports(self.buffer, product, wall=wall, clock=clock)
        self._background = Background(jobs, config.poll_seconds, self._began)
        self._told_at = float("-inf")
        self._told: tuple[int, ...] = (0, 0, 0, 0)

    def remember(self) -> None:
        """Take in the last known decisions."""
        if self.follower is not None:
            self.follower.remember()

    def start(self) -> None:
        """Begin the threads in this process, or begin again those that died."""
        self._background.ensure()

    def close(self) -> None:
        """Stop; unsent events stay on disk."""
        self._background.close()
        for link in self._links.values():
            link.close()
        if self.buffer is not None:
            self.buffer.close()
        if self._journal is not None:
            self._journal.close()

    def is_away(self) -> bool:
        """Whether ShangDun has been silent for longer than ``away_seconds``."""
        if self.follower is None:
            return False
        return self._clock() - self.follower.answered_at > self._config.away_seconds

    def digest(self, secret: str) -> str:
        """See ``Guard.digest``."""
        key = self._config.digest_key or self.secret
        return hmac.new(key.encode(), secret.encode(), hashlib.sha256).hexdigest()[:32]

    def status(self) -> dict[str, Any]:
        """What stands between here and ShangDun."""
        found: dict[str, Any] = {
            "thread_deaths": self._background.deaths,
            "thread_failures": self._background.failures,
        }
        if self.follower is not None:
            found["head"] = self.follower.head
            found["away"] = self.is_away()
            found["decisions_problem"] = self.follower.problem or self.follower.disk_problem
            found["decisions_refused"] = self.decisions.refused
        if self.buffer is not None and self.sender is not None:
            found["events_sent"] = self.sender.sent
            found["events_dropped"] = self.buffer.dropped
            found["events_refused"] = self.sender.refused
            found["events_invalid"] = self.reports.invalid
            found["events_problem"] = self.sender.problem or self.buffer.problem
        return found

    def after_fork(self) -> None:
        """Called in a child process."""
        self._links = {}  # the parent's sockets stay the parent's
        self._background.after_fork()
        self.reports.after_fork()
        if self.buffer is not None:
            self.buffer.after_fork()
        if self._journal is not None:
            self._journal.close()

    def _began(self) -> None:
        if self.follower is not None:
            self.follower.answered_at = self._clock()

    def _link(self, name: str) -> Link:
        if name not in self._links:
            self._links[name] = Link(
                self._config.url,
                timeout=self._config.timeout_seconds,
                agent=f"shangdun-guard/{__version__}",
                ca_file=self._config.ca_file,
            )
        return self._links[name]

    def _follow(self) -> float:
        return self.follower.step(self._link("decisions"), self._config.key) if self.follower else 0

    def _send(self) -> float:
        if self.sender is None:
            return 0.0
        self.reports.flush()
        self._tell_of_itself()
        return self.sender.step(self._link("events"))

    def _tell_of_itself(self) -> None:
        now = self._clock()
        if self.buffer is None or self.sender is None or now - self._told_at < TELL_EVERY:
            return
        self._told_at = now
        numbers = (
            self._background.deaths,
            self._background.failures,
            self.buffer.dropped,
            self.sender.refused,
        )
        if numbers == self._told:
            return
        more = [new - old for new, old in zip(numbers, self._told)]
        self._told = numbers
        names = ("thread_deaths", "thread_failures", "events_dropped", "events_refused")
        told = {name: number for name, number in zip(names, more) if number}
        self.reports.notice("the guard had a problem of its own", told)
