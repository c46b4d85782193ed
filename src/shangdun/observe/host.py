"""Figures of machines: our own by psutil, others by OpenTelemetry's ``system.*`` metrics.

Names and meanings: OpenTelemetry semantic conventions 1.38, system metrics.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

MOST_HOSTS = 100
MOST_DISKS = 64
FINE_MS, FINE_KEPT = 60_000, 24 * 60
COARSE_MS, COARSE_KEPT = 3_600_000, 24 * 30
SUSTAINED = 5
"""Samples whose least counts as sustained: a peak of a minute is nobody's concern."""


class Disk(msgspec.Struct, frozen=True):
    """A mounted file system; per cent used, bytes free, per cent of the inodes used."""

    mount: str
    percent: float
    free: int = 0
    inodes: float | None = None


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A machine at a moment; per cents of 0 … 100, bytes a second; None: not known."""

    host: str
    at: int
    cpu: float | None = None
    load: float | None = None
    """Of the last minute, in per cent of the processors."""
    memory: float | None = None
    swap: float | None = None
    disks: list[Disk] = msgspec.field(default_factory=list)
    received: float | None = None
    sent: float | None = None
    files: float | None = None
    """Open file descriptors in per cent of what the system allows."""
    clock_ms: float | None = None
    """How far our clock is from its reference."""


class HostHistory(msgspec.Struct):
    """A machine over time: every minute for a day, disks every hour for a month."""

    last: Sample | None = None
    fine: list[tuple[int, float | None, float | None, float | None, float | None, float | None]] = (
        msgspec.field(default_factory=list)
    )
    """(ms, cpu, load, memory, received, sent)"""
    disks: dict[str, list[tuple[int, float]]] = msgspec.field(default_factory=dict)
    """Mount → (ms, per cent used)."""
    recent: list[Sample] = msgspec.field(default_factory=list)

    def take(self, sample: Sample) -> None:
        """Add a sample; one within the same minute only replaces the last."""
        newer = self.last is None or sample.at // FINE_MS > self.last.at // FINE_MS
        self.last = sample
        self.recent = [*self.recent, sample][-SUSTAINED:]
        if not newer:
            return
        row = (
            sample.at, sample.cpu, sample.load, sample.memory, sample.received, sample.sent,
        )  # fmt: skip
        self.fine.append(row)
        del self.fine[:-FINE_KEPT]
        for disk in sample.disks[:MOST_DISKS]:
            points = self.disks.setdefault(disk.mount, [])
            if not points or sample.at - points[-1][0] >= COARSE_MS:
                points.append((sample.at, disk.percent))
                del points[:-COARSE_KEPT]
        mounts = {disk.mount for disk in sample.disks}
        for gone in [mount for mount in self.disks if mounts and mount not in mounts]:
            del self.disks[gone]

    def sustained(self, name: str) -> float | None:
        """The least of the last five samples of a figure; None until there are as many."""
        values = [getattr(sample, name) for sample in self.recent]
        known = [value for value in values if value is not None]
        return min(known) if len(known) == SUSTAINED else None


def levels(history: HostHistory) -> Iterable[tuple[str, str, float]]:
    """What rules judge: name, what it is of (a mount, else empty), per cent or seconds."""
    last = history.last
    if last is None:
        return
    for name in ("cpu", "load", "memory", "swap"):
        value = history.sustained(name)
        if value is not None:
            yield name, "", value
    for disk in last.disks[:MOST_DISKS]:
        yield "disk", disk.mount, disk.percent
        if disk.inodes is not None:
            yield "inodes", disk.mount, disk.inodes
    if last.files is not None:
        yield "files", "", last.files
    if last.clock_ms is not None:
        yield "clock_offset", "", abs(last.clock_ms) / 1000


def from_fields(fields: Mapping[str, Any], host: str, at: int) -> Sample | None:
    """A sample from an event of service ``host``, as ``to_fields`` wrote it."""
    wanted = {
        name: fields.get(f"host.{name}")
        for name in ("cpu", "load", "memory", "swap", "received", "sent", "files", "clock_ms")
    }
    try:
        return msgspec.convert(
            {"host": host, "at": at, "disks": fields.get("host.disks") or [], **wanted}, Sample
        )
    except msgspec.ValidationError:
        return None


def to_fields(sample: Sample) -> dict[str, Any]:
    """The fields of a sample in an event."""
    found: dict[str, Any] = msgspec.to_builtins(sample)
    del found["host"], found["at"]
    return {f"host.{name}": value for name, value in found.items() if value not in (None, [])}


def from_otel(
    metrics: Mapping[str, list[tuple[Mapping[str, Any], float]]], host: str, at: int
) -> Sample | None:
    """A sample from ``system.*`` metrics (name → points of attributes and value), or None."""
    memory = _share(metrics, "system.memory", "system.memory.state", "used")
    cpus = _number(metrics, "system.cpu.logical.count")
    load = _number(metrics, "system.cpu.load_average.1m", "system.linux.cpu.load_1m")
    idle = [value for attributes, value in metrics.get("system.cpu.utilization", [])
            if _attribute(attributes, "cpu.mode", "state") == "idle"]  # fmt: skip
    disks = _disks(metrics)
    if memory is None and load is None and not idle and not disks:
        return None
    return Sample(
        host=host,
        at=at,
        cpu=100 * (1 - sum(idle) / len(idle)) if idle else None,
        load=100 * load / cpus if load is not None and cpus else None,
        memory=memory,
        swap=_share(metrics, "system.paging", "system.paging.state", "used"),
        disks=disks,
    )


def _disks(metrics: Mapping[str, list[tuple[Mapping[str, Any], float]]]) -> list[Disk]:
    used: dict[str, float] = {}
    total: dict[str, float] = {}
    for attributes, value in metrics.get("system.filesystem.usage", []):
        mount = _attribute(attributes, "system.filesystem.mountpoint", "mountpoint")
        state = _attribute(attributes, "system.filesystem.state", "state")
        total[mount] = total.get(mount, 0.0) + value
        if state == "used":
            used[mount] = value
    return [
        Disk(mount[:200], 100 * used.get(mount, 0.0) / size, int(size - used.get(mount, 0.0)))
        for mount, size in sorted(total.items())
        if size > 0
    ][:MOST_DISKS]


def _share(
    metrics: Mapping[str, list[tuple[Mapping[str, Any], float]]],
    name: str,
    attribute: str,
    state: str,
) -> float | None:
    """Per cent of a resource in a state, from ``….utilization``, else from ``….usage``."""
    for attributes, value in metrics.get(f"{name}.utilization", []):
        if _attribute(attributes, attribute, "state") == state:
            return 100 * value
    points = metrics.get(f"{name}.usage", [])
    total = sum(value for _, value in points)
    if not points or total <= 0:
        return None
    wanted = sum(
        value for attributes, value in points if _attribute(attributes, attribute, "state") == state
    )
    return 100 * wanted / total


def _number(
    metrics: Mapping[str, list[tuple[Mapping[str, Any], float]]], *names: str
) -> float | None:
    return next((metrics[name][0][1] for name in names if metrics.get(name)), None)


def _attribute(attributes: Mapping[str, Any], *names: str) -> str:
    return next((str(attributes[name]) for name in names if name in attributes), "")


def points(fields: Mapping[str, Any]) -> dict[str, list[tuple[Mapping[str, Any], float]]]:
    """The points in a line of OTLP metrics: name → attributes and value of each."""
    found: dict[str, list[tuple[Mapping[str, Any], float]]] = {}
    for name, value in fields.items():
        kind, _, metric = name.partition(".")
        if kind == "metrics" and isinstance(value, int | float):
            found.setdefault(metric, []).append(({}, float(value)))
        elif kind == "series" and isinstance(value, list):
            for point in value:
                number = point.get("value") if isinstance(point, dict) else None
                if isinstance(number, int | float):
                    found.setdefault(metric, []).append((point, float(number)))
    return found
