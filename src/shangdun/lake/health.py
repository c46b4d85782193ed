"""How the watch is doing, from the process that watches to the one that shows it.

One small file, replaced every second: telemetry never waits for a database, and a database that
is down is itself something to be told.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from shangdun.lake.block import DeadLetter

RATE_SECONDS = 60
LAST_EVENTS = 20
STALE_MILLIS = 5_000
"""A watch that has not written for so long does not run, or hangs."""
SILENT_MILLIS = 10 * 60 * 1000
"""A source whose rhythm is not known, and that brought nothing for so long, is silent."""
MOST_LOG_SOURCES = 50
"""Kept of one source."""
BALLAST = 256 << 10
SHOWN = (
    "time",
    "class_uid",
    "activity_id",
    "status_id",
    "src_endpoint.ip",
    "user.name",
    "http_request.http_method",
    "http_request.url.url_string",
    "http_response.code",
    "http_request.user_agent",
    "order.uid",
    "payment.amount",
    "coupon.code",
    "device.hostname",
    "process.name",
    "message",
)
TEXT = 300
"""Characters shown of a value; the event itself is in the lake."""


class SourceHealth(msgspec.Struct, kw_only=True):
    """One source since the watch started; times in milliseconds since the epoch, 0: never."""

    name: str
    format: str
    kind: str = "path"
    """``path``, ``listen`` or ``http``."""
    rates: list[int] = msgspec.field(default_factory=lambda: [0] * RATE_SECONDS)
    """Events of each of the last 60 seconds, the present one last."""
    events: int = 0
    dead_letters: int = 0
    bytes: int = 0
    last_received: int = 0
    """When the last line was taken in, by our clock."""
    last_event: int = 0
    """The time the last line gives itself."""
    lag_bytes: int = 0
    """Seen in files but not yet read."""
    losses: int = 0
    """Places where a file was gone before it was read."""
    error: str = ""
    """What keeps it from being read, or from being read completely; empty: nothing."""
    hushed: bool | None = None
    """Whether it is silent by its own rhythm (``observe.rhythm``); None: not learned yet."""
    last_dead: str = ""
    """Why the last dead letter could not be read."""
    log_sources: dict[str, int] = msgspec.field(default_factory=dict)
    """What its events are (``product/category/service``) → when such were last taken in."""
    last_events: list[dict[str, Any]] = msgspec.field(default_factory=list)
    """The last 20, newest first, with the columns that say what happened."""

    def silent(self, now: int) -> bool:
        """Whether it is quiet when it usually is not.

        Until its rhythm is learned: whether it brought lines before, but none for ten minutes at
        ``now`` (milliseconds).
        """
        if self.hushed is not None:
            return self.hushed
        return 0 < self.last_received < now - SILENT_MILLIS


class RuleCost(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule has cost since it was loaded."""

    uid: str
    title: str
    seconds: float
    matches: int = 0
    cut_off: int = 0
    """Values that its expression was not compared with to the end: it took too long."""


class RuleMemory(msgspec.Struct, frozen=True, kw_only=True):
    """What a correlation or a baseline holds and what it left out, since its memory began."""

    uid: str
    title: str
    held: int = 0
    """Groups of a correlation, entities of a baseline."""
    evicted: int = 0
    """Groups, entities and events given up for want of room."""
    trimmed: int = 0
    """Oldest events of a group that had too many of them in its window."""
    late: int = 0
    ungrouped: int = 0
    """Matched, but what they are to be grouped by, or counted, is empty."""
    untimed: int = 0
    non_numeric: int = 0
    withheld: int = 0
    """Findings not raised because a sale was announced."""
    baseline: bool = False
    learning: bool = False
    """A baseline that does not know yet what is usual, and so raises nothing."""
    learning_until: int = 0
    """Until when, in the time of its events (milliseconds); 0: it has seen none so far."""

    @property
    def given_up(self) -> int:
        """For want of room."""
        return self.evicted + self.trimmed

    @property
    def uncountable(self) -> int:
        """Events that lack what the rule counts by."""
        return self.ungrouped + self.untimed + self.non_numeric

    @property
    def left_out(self) -> int:
        """Everything that was not examined as it should have been."""
        return self.given_up + self.late + self.uncountable


class Health(msgspec.Struct, kw_only=True):
    """The watch as a whole."""

    written: int = 0
    started: int = 0
    pid: int = 0
    state: str = "running"
    """``starting``, ``running``, ``waiting`` (see ``error``) or ``stopped``."""
    error: str = ""
    """What it waits for: a full disk, a database that is down."""
    batch: int = 0
    committed: int = 0
    """The last batch in the lake; events of later ones are found by search in a few seconds."""
    pending_events: int = 0
    journal_bytes: int = 0
    rules: int = 0
    rule_errors: list[str] = msgspec.field(default_factory=list)
    rules_since: int = 0
    """When these rules took over; 0: with the start."""
    rules_problem: str = ""
    """Why changed rules are not in force and those of before stay."""
    findings: int = 0
    evicted_groups: int = 0
    """Subjects that correlations gave up for want of room; with them events, which may have been
    needed for a finding. Since the watch started."""
    evicted_events: int = 0
    late_events: int = 0
    """Too late for the window of a correlation; since the watch started."""
    costs: list[RuleCost] = msgspec.field(default_factory=list)
    """Of the most expensive rules and of those that were cut off, the most expensive first."""
    memories: list[RuleMemory] = msgspec.field(default_factory=list)
    """Of all baselines, and of the correlations that left something out; most left out first."""
    withheld: int = 0
    """Findings not raised because a sale was announced, since the memory began."""
    sources: list[SourceHealth] = msgspec.field(default_factory=list)

    def fresh(self, now: int) -> bool:
        """Whether a watch stands behind these figures at ``now`` (milliseconds)."""
        return self.state != "stopped" and abs(now - self.written) < STALE_MILLIS


class SourceMeter:
    """Counts what a source brings; seconds come from a clock that never jumps."""

    def __init__(self, name: str, format_name: str, kind: str) -> None:
        self.health = SourceHealth(name=name, format=format_name, kind=kind)
        self._second = 0
        self._counts: deque[int] = deque([0] * RATE_SECONDS, RATE_SECONDS)
        self._tails: deque[pl.DataFrame] = deque(maxlen=LAST_EVENTS)

    def take(self, frame: pl.DataFrame, size: int, *, observed: int, second: float) -> None:
        """Count events (the lake's columns) that ``size`` bytes held."""
        self._turn(int(second))
        health = self.health
        health.bytes += size
        health.last_received = observed
        if not frame.height:
            return
        self._counts[-1] += frame.height
        health.events += frame.height
        health.last_event = int(frame["time"][-1])
        shown = [name for name in SHOWN if name in frame.columns]
        self._tails.append(frame.select(shown).tail(LAST_EVENTS))

    def tell(self, log_sources: tuple[str, ...], observed: int) -> None:
        """Remember of which log sources there were events; who writes them may say anything."""
        known = self.health.log_sources
        for name in log_sources:
            if name in known or len(known) < MOST_LOG_SOURCES:
                known[name] = observed

    def bury(self, letters: tuple[DeadLetter, ...]) -> None:
        """Count lines that could not be read."""
        if letters:
            self.health.dead_letters += len(letters)
            self.health.last_dead = letters[-1].reason

    def report(self, *, second: float) -> SourceHealth:
        """The figures as of now."""
        self._turn(int(second))
        self.health.rates = list(self._counts)
        if self._tails:
            last = pl.concat(self._tails, how="diagonal").tail(LAST_EVENTS)
            self._tails.clear()
            self._tails.append(last.clone())
            self.health.last_events = [_small(row) for row in reversed(last.to_dicts())]
        return self.health

    def _turn(self, second: int) -> None:
        for _ in range(min(second - self._second, RATE_SECONDS)):
            self._counts.append(0)
        self._second = max(self._second, second)


def health_path(home: Path) -> Path:
    """Where the watch of a home directory writes its health."""
    return home / "run" / "health.json"


def write_health(home: Path, health: Health) -> None:
    """Replace the file; a full disk cannot keep it from saying that the disk is full.

    For that a little room is kept in a file of its own, and given up when it is needed.
    """
    path = health_path(home)
    ballast = path.with_name("health.ballast")
    data = msgspec.json.encode(health)
    try:
        _replace(path, data)
        if not ballast.exists():
            ballast.write_bytes(b"\0" * BALLAST)
    except OSError:
        ballast.unlink(missing_ok=True)
        _replace(path, data)


def read_health(home: Path) -> Health | None:
    """What the watch last said; None when it never ran here. Never raises."""
    try:
        return msgspec.json.decode(health_path(home).read_bytes(), type=Health)
    except (OSError, msgspec.MsgspecError):
        return None


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(".health.new")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _small(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value[:TEXT] if isinstance(value, str) else value
        for name, value in row.items()
        if value is not None
    }
