"""Where decisions come from: the records of this machine, or ShangDun on another one."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, TypeVar

from django.db import DatabaseError, InterfaceError, connection

from shangdun import __version__
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import ShangdunError, StoreError
from shangdun.protect.decision import Decision, Measure, scope
from shangdun.protect.target import target
from shangdun_guard.client import Away, Link

log = logging.getLogger(__name__)

T = TypeVar("T")

WHOLE_SECONDS = 5.0
AGENT = f"shangdun-enforce/{__version__}"


class Pulled(NamedTuple):
    """Changes behind a place in the stream; ``full``: everything, what is beside it goes."""

    head: int
    full: bool
    added: list[Decision]
    removed: list[str]
    more: bool


class Report(NamedTuple):
    """How an enforcer is doing."""

    acknowledged: int
    problem: str
    due: int
    in_force: int | None
    compared: int
    """When it last looked at what is in force, in ms; 0: not yet."""


class Source(Protocol):
    """One follower's way to the decisions; called by its thread alone."""

    def pull(self, after: int) -> Pulled:
        """What changed; raises ``ShangdunError`` where that cannot be told now."""
        ...

    def tell(self, report: Report) -> None:
        """Let people know; never raises."""
        ...

    def close(self) -> None:
        """Nothing more is asked."""
        ...


class Records:
    """The records of this machine; ``records.boot.start`` has set Django up before."""

    _lock = threading.Lock()
    _whole: tuple[float, Any] = (0.0, None)
    """The complete list that one of several followers read when all begin: whoever takes it goes on
    from its place in the stream."""

    def __init__(self, name: str, product: str, clock: Clock) -> None:
        self._name = name
        self._product = product
        self._clock = clock
        self._row: Any = None

    def pull(self, after: int) -> Pulled:
        """Two queries where something changed, one where nothing did."""
        from shangdun.records.decision_feed import feed  # noqa: PLC0415  needs records.boot.start

        if after:
            found = _tried(lambda: feed(after, now=self._clock.now()))
        else:
            with Records._lock:
                made, found = Records._whole
                if found is None or time.monotonic() - made > WHOLE_SECONDS:
                    found = _tried(lambda: feed(0, now=self._clock.now()))
                    # Of an empty stream nobody can go on: the first decision would wait for this.
                    Records._whole = time.monotonic(), found if found.head else None
        return Pulled(found.head, found.full, found.added, found.removed, found.more)

    def tell(self, report: Report) -> None:
        """Into the enforcer's row, which is made where there is none."""
        try:
            _tried(lambda: self._write(report))
        except StoreError as error:
            log.warning("how the enforcer %s is doing is not written: %s", self._name, error)

    def close(self) -> None:
        """Let this thread's connection go."""
        connection.close()

    def _write(self, report: Report) -> None:
        from shangdun.actions.enforcer_progress import process_row, tell_enforcer  # noqa: PLC0415  needs records.boot.start
        from shangdun.kernel.clock import from_millis  # noqa: PLC0415  beside its use

        now = self._clock.now()
        if self._row is None:
            self._row = process_row(self._name, self._product, now)
        figures = report._asdict() | {
            "agent": AGENT,
            "compared": from_millis(report.compared) if report.compared else None,
        }
        tell_enforcer(self._row, now, **figures)


class Remote:
    """ShangDun on another machine, by the feed that guards follow."""

    def __init__(self, url: str, key: str, *, ca_file: str = "", timeout: float = 10.0) -> None:
        self._link = Link(url, timeout=timeout, agent=AGENT, ca_file=ca_file)
        self._key = key
        self._problem = ""

    def pull(self, after: int) -> Pulled:
        """Over a connection that is kept."""
        try:
            found = self._link.feed(after, self._key, self._problem)
        except Away as error:
            raise StoreError(
                f"ShangDun does not answer: {error}", fix="what is in force stays as configured"
            ) from error
        if found is None:
            return Pulled(after, full=False, added=[], removed=[], more=False)
        added = [one for one in map(_decision, found.added) if one is not None]
        return Pulled(found.head, found.full, added, found.removed, found.more)

    def tell(self, report: Report) -> None:
        """Its place goes with each question, a problem with the next."""
        self._problem = report.problem.replace("\n", " ").encode("ascii", "replace").decode()

    def close(self) -> None:
        """Let the connection go."""
        self._link.close()


def _decision(row: dict[str, Any]) -> Decision | None:
    """A row of the feed, looked at as if a stranger had written it; None for what is wrong."""
    try:
        until = row["until"]
        return Decision(
            uid=str(row["uid"]),
            seq=0,
            measure=Measure(row["measure"]),
            target=target(str(row["kind"]), str(row["value"])),
            scope=scope(str(row["scope"])),
            reason=str(row["reason"]),
            author="system",
            since=0,
            until=None if until is None else int(float(until) * 1000),
            rate=int(row["rate"]),
            appeal=str(row["appeal"]),
        )
    except (KeyError, TypeError, ValueError, OverflowError, ShangdunError) as error:
        log.warning("a decision is left out: %s", error)
        return None


def _tried(call: Callable[[], T]) -> T:
    try:
        return call()
    except (DatabaseError, InterfaceError) as error:
        connection.close()  # the next call begins with a fresh one
        raise StoreError(f"the records cannot be read: {error}", where="records") from error
