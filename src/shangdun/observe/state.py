"""What was observed, from the process that observes to the pages that show it: small files.

The watch writes ``observed``, the prober ``probes``, each replaces its file as a whole. Pages read
them and keep what they read until the file changes.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from shangdun.observe.alarm import Alarms, Levels
from shangdun.observe.host import HostHistory
from shangdun.observe.objective import Burn, Ledger
from shangdun.observe.probe import ProbeState
from shangdun.observe.rhythm import Rhythm
from shangdun.observe.routes import RouteTable

log = logging.getLogger(__name__)

T = TypeVar("T")

_KEPT: dict[Path, tuple[int, Any]] = {}
_MOST_KEPT = 8


class SourceRhythm(msgspec.Struct):
    """A source with its rhythm and when it last brought something (ms)."""

    rhythm: Rhythm = msgspec.field(default_factory=Rhythm)
    last: int = 0
    ahead: float = 0.0
    """Seconds by which its lines are ahead of our clock; of the last minute."""


class Observed(msgspec.Struct, kw_only=True):
    """What the watch learned from the events that passed; survives a restart."""

    written: int = 0
    batch: int = 0
    """The last batch that is counted in here."""
    routes: RouteTable = msgspec.field(default_factory=RouteTable)
    objectives: dict[str, Ledger] = msgspec.field(default_factory=dict)
    burns: list[Burn] = msgspec.field(default_factory=list)
    hosts: dict[str, HostHistory] = msgspec.field(default_factory=dict)
    sources: dict[str, SourceRhythm] = msgspec.field(default_factory=dict)
    alarms: Alarms = msgspec.field(default_factory=Alarms)
    levels: Levels = msgspec.field(default_factory=Levels)


class ProbeStates(msgspec.Struct, kw_only=True):
    """What the prober knows, by the probe's number."""

    written: int = 0
    probes: dict[int, ProbeState] = msgspec.field(default_factory=dict)
    levels: Levels = msgspec.field(default_factory=Levels)


class Restart(msgspec.Struct, frozen=True, kw_only=True):
    """A process of ours that had to be started again, and why."""

    at: int
    process: str
    reason: str


class Restarts(msgspec.Struct):
    """The last ones, newest first."""

    restarts: list[Restart] = msgspec.field(default_factory=list)


def observed_path(home: Path) -> Path:
    """Where the watch keeps what it observed."""
    return home / "monitor" / "observed"


def probes_path(home: Path) -> Path:
    """Where the prober keeps what it knows."""
    return home / "monitor" / "probes"


def restarts_path(home: Path) -> Path:
    """Where the supervisor notes what it had to start again."""
    return home / "monitor" / "restarts"


def save(path: Path, state: msgspec.Struct) -> None:
    """Replace a file; a reader sees the old or the new one. Raises ``OSError``."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    try:
        temporary.write_bytes(msgspec.msgpack.encode(state))
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def load(path: Path, kind: type[T]) -> T:
    """What a file holds; an empty ``kind`` where there is none or it cannot be read."""
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return kind()
    except (OSError, msgspec.MsgspecError):
        log.exception("%s cannot be read and begins anew", path)
        return kind()


def read(path: Path, kind: type[T]) -> T:
    """The same for pages: the last reading is kept while the file stays the same. Do not change."""
    try:
        stamp = path.stat().st_mtime_ns
    except OSError:
        return kind()
    kept = _KEPT.get(path)
    if kept is None or kept[0] != stamp or not isinstance(kept[1], kind):
        kept = _KEPT[path] = (stamp, load(path, kind))
        while len(_KEPT) > _MOST_KEPT:
            _KEPT.pop(next(iter(_KEPT)), None)
    found = kept[1]
    return found if isinstance(found, kind) else kind()
