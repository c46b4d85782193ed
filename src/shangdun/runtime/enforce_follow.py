"""One enforcer's way along the stream: ask, put in force, compare, and say how it is."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol

from shangdun.kernel.clock import Clock, to_millis
from shangdun.kernel.errors import ShangdunError
from shangdun.protect.enforcers.due import Change, Due, Slot
from shangdun.protect.enforcers.enforcer import Enforcer, EnforcerError, Present
from shangdun.protect.enforcers.settings import EnforcerSettings
from shangdun.runtime.enforce_source import Report, Source

log = logging.getLogger(__name__)

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
COMPARE_SECONDS = 60.0
AGAIN_SECONDS = 2.0
"""A difference counts when it is still there so much later: entries run out by themselves."""
REPORT_SECONDS = 5.0
FAILURES_TOLD = 2

Tell = Callable[[str, str, dict[str, Any]], None]
"""Takes what happened (``differs``, ``failed``, ``lost``, ``recovered``), a sentence, and fields
for an event of our own."""


class Background(Protocol):
    """Where what takes a while is done: a pool with one thread."""

    def submit(self, call: Callable[[], Present | None], /) -> Future[Present | None]:
        """Begin it."""
        ...


class Follower:
    """Drives one enforcer; ``turn`` is called again and again by one thread.

    It begins with everything, whatever it had before: so a crash at any moment ends with what
    should be in force. After a failure everything is put in force anew, too.
    """

    def __init__(
        self,
        settings: EnforcerSettings,
        enforcer: Enforcer,
        source: Source,
        *,
        clock: Clock,
        tell: Tell,
        background: Background,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = settings.called
        self._settings = settings
        self._enforcer = enforcer
        self._source = source
        self._clock = clock
        self._tell = tell
        self._background = background
        self._looking: Future[Present | None] | None = None
        self._touched: set[Slot] = set()
        """What changed while it looked: there it may have seen the one or the other."""
        self._monotonic = monotonic
        self._due = Due(enforcer.able)
        self._head = 0
        self._known = False
        """Whether the complete list was ever taken."""
        self._pending = Change.none()
        self._behind = True
        self._failures = 0
        self._not_before = 0.0
        self._compare_at = monotonic() + AGAIN_SECONDS
        self._suspected = False
        self._differs = ""
        self._lost_since: float | None = None
        self._lost = ""
        self._lost_told = False
        self._opened = False
        self._failed = ""
        self._report = Report(0, "", 0, None, 0)
        self._reported_at = 0.0

    @property
    def report(self) -> Report:
        """How it is doing."""
        return self._report

    def turn(self) -> None:
        """Ask once and do what follows."""
        self._pull()
        now = to_millis(self._clock.now())
        self._change(self._due.expire(now))
        if self._known and not self._opened:
            self._put(now)
            self._compare(now)
        self._say()

    def stop(self) -> None:
        """Leave in force what is, or turn nobody away any more, as configured."""
        if self._settings.when_lost == "open":
            try:
                self._enforcer.clear(to_millis(self._clock.now()))
            except EnforcerError:
                log.exception("%s is stopped, and what it put in force stays", self.name)
        self._source.close()

    def _pull(self) -> None:
        try:
            while True:
                pulled = self._source.pull(self._head)
                now = to_millis(self._clock.now())
                empty = pulled.full and not pulled.added and pulled.head == self._head
                if pulled.full and not (empty and self._known):  # an empty one comes every time
                    self._due.fill(pulled.added, now)
                    self._pending, self._behind, self._known = Change.none(), True, True
                else:
                    self._change(self._due.take(pulled.added, pulled.removed, now))
                self._head = pulled.head
                if not pulled.more:
                    break
        except ShangdunError as error:
            self._lose(error)
            return
        if self._lost_since is not None:
            self._find()

    def _change(self, change: Change) -> None:
        if change:
            self._pending = self._pending.then(change)
            if self._looking is not None:
                self._touched |= change.put.keys() | change.drop

    def _lose(self, error: ShangdunError) -> None:
        """Nobody says what is decided: after a while, what is configured for that."""
        now = self._monotonic()
        if self._lost_since is None:
            self._lost_since = now
        self._lost = f"without decisions: {error}"
        if now - self._lost_since < self._settings.lost_seconds:
            return
        if self._settings.when_lost == "open" and not self._opened:
            try:
                self._enforcer.clear(to_millis(self._clock.now()))
            except EnforcerError as failure:
                self._lost = f"{self._lost}; nobody should be turned away now, but: {failure}"
                return
            self._opened = True
        what = "nobody is turned away now" if self._opened else "what is in force stays"
        self._lost = f"{self._lost}; {what}"
        if not self._lost_told:
            self._lost_told = True
            self._happened("lost", self._lost)

    def _find(self) -> None:
        """The decisions are there again."""
        if self._opened:
            self._behind = True
        if self._lost_told:
            self._happened("recovered", "the decisions are there again")
        self._lost_since, self._lost = None, ""
        self._opened = self._lost_told = False

    def _put(self, now: int) -> None:
        if not self._behind and not self._pending:
            return
        moment = self._monotonic()
        if moment < self._not_before:
            return
        try:
            if self._behind:
                self._enforcer.replace(self._due, now)
            else:
                self._enforcer.apply(self._pending, self._due, now)
        except EnforcerError as error:
            self._fail(error, moment)
            return
        self._pending, self._behind = Change.none(), False
        self._not_before = self._monotonic() + self._enforcer.rest_seconds
        if self._failures >= FAILURES_TOLD:
            self._happened("recovered", "its changes come into force again")
        self._failures, self._failed = 0, ""

    def _fail(self, error: EnforcerError, moment: float) -> None:
        self._behind = True
        self._failures += 1
        self._failed = str(error)
        delay = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(self._failures - 1, 10))
        self._not_before = moment + delay
        log.error("%s: %s; tried again in %.1f s", self.name, error, delay)
        if self._failures == FAILURES_TOLD:
            self._happened("failed", self._failed)

    def _compare(self, now: int) -> None:
        """Look at what is in force, aside: 100,000 entries take a second to list."""
        settled = not self._behind and not self._pending
        if self._looking is None and settled and self._monotonic() >= self._compare_at:
            self._touched = set()
            self._looking = self._background.submit(self._enforcer.present)
        if self._looking is not None and self._looking.done():
            looked, self._looking = self._looking, None
            self._compare_at = self._monotonic() + COMPARE_SECONDS
            try:
                present = looked.result()
            except EnforcerError as error:
                self._fail(error, self._monotonic())
                return
            if present is not None and not self._behind:
                self._judge(present, now)

    def _judge(self, present: Present, now: int) -> None:
        missing, extra = self._due.compare(present.slots)
        missing -= self._enforcer.left_out | self._touched
        extra -= self._touched
        self._report = self._report._replace(in_force=len(present.slots), compared=now)
        if not missing and not extra and not present.trouble:
            self._suspected, self._differs = False, ""
        elif not self._suspected:
            self._suspected = True
            self._compare_at = self._monotonic() + AGAIN_SECONDS
        else:
            self._mend(missing, extra, present)

    def _mend(self, missing: set[Slot], extra: set[Slot], present: Present) -> None:
        """What is in force is not what should be: say so, and put it right."""
        self._suspected = False
        self._compare_at = (
            self._monotonic() + AGAIN_SECONDS if missing or extra else self._compare_at
        )
        told = [
            f"{len(slots)} {what}, such as {_example(slots)}"
            for slots, what in ((missing, "missing"), (extra, "there that should not be"))
            if slots
        ]
        if present.trouble:
            told.append(present.trouble)
        said = "what is in force differs from what should be: " + "; ".join(told)
        if missing or extra or said != self._differs:
            self._happened("differs", said, missing=len(missing), extra=len(extra))
        self._differs = said  # stays as the problem until a comparison finds nothing
        self._behind = True
        self._not_before = 0.0

    def _happened(self, change: str, said: str, **fields: Any) -> None:  # noqa: ANN401  of an event
        log.warning("%s: %s", self.name, said)
        self._tell(change, said, {"name": self.name, **fields})

    def _say(self) -> None:
        caught_up = not self._behind and not self._pending and not self._opened
        fresh = self._report._replace(
            acknowledged=self._head if caught_up else self._report.acknowledged,
            problem=self._lost or self._failed or self._differs,
            due=len(self._due),
        )
        moment = self._monotonic()
        if fresh != self._report or moment - self._reported_at >= REPORT_SECONDS:
            self._report, self._reported_at = fresh, moment
            self._source.tell(fresh)


def _example(slots: set[Slot]) -> str:
    slot = min(slots)
    return f"{slot.measure} {slot.kind} {slot.value}"
