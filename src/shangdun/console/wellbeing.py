"""Is everything well, and if not, what is to be done: the health page in ten seconds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from shangdun.console.reasons import reason
from shangdun.console.watching import Condition as SourceCondition
from shangdun.console.watching import Watch, now_ms, read_watch
from shangdun.observe.forecast import days_until_full
from shangdun.observe.host import HostHistory
from shangdun.observe.objective import met
from shangdun.observe.probe import Condition, ProbeState
from shangdun.observe.settings import Objective, monitor_config
from shangdun.observe.state import (
    Observed,
    ProbeStates,
    Restarts,
    observed_path,
    probes_path,
    read,
    restarts_path,
)
from shangdun.records.actor import Actor
from shangdun.records.models import Probe
from shangdun.records.probes import visible_probes

STALE_SECONDS = 60.0
DAY_MS = 86_400_000
DISK_PERCENT, MEMORY_PERCENT, LOAD_PERCENT = 90.0, 95.0, 200.0
"""As the rules have them that come with the product."""
FULL_SOON_DAYS = 14
EXPIRES_SOON_DAYS = 21
CLOCK_MS = 500.0
BEHIND_BYTES = 256 << 20
QUIET_HOST_MS = 10 * 60_000


@dataclass(frozen=True)
class Statement:
    """Something that is not well: how bad, what, what to do, where to look."""

    grave: bool
    text: str
    advice: str
    link: str = ""


@dataclass
class ProbeView:
    """A probe as it was set up, and what its answers say."""

    row: Probe
    state: ProbeState
    now: int

    @property
    def condition(self) -> str:
        """Of the probe, or ``paused``."""
        return self.state.condition.value if self.row.enabled else "paused"

    @property
    def day(self) -> float | None:
        return self.state.uptime(24, self.now)

    @property
    def month(self) -> float | None:
        return self.state.uptime(24 * 30, self.now)

    @property
    def days_left(self) -> int | None:
        left = self.state.days_left
        return None if left is None else int(left)

    @property
    def expires_soon(self) -> bool:
        return self.days_left is not None and self.days_left < EXPIRES_SOON_DAYS

    @property
    def reason(self) -> str:
        """Why the last answer was none, in the page's language."""
        return reason(self.state.last.detail) if self.state.last else ""

    @property
    def spark(self) -> str:
        """The last answers' times as points of a line in a field of 120 × 30."""
        times = [millis for _at, millis, good in self.state.checks if good][-60:]
        return spark(times)


@dataclass
class ObjectiveView:
    """An objective, how well it is met over three days, and how fast its budgets burn."""

    objective: Objective
    good: float | None
    fast: float | None
    burning: bool
    burn: float


@dataclass
class DiskView:
    mount: str
    percent: float
    free: int
    days: float | None
    """Until it is full, as it goes; None: not within a year."""


@dataclass
class HostView:
    """A machine now."""

    name: str
    history: HostHistory
    disks: list[DiskView]
    quiet: bool


@dataclass
class Wellbeing:
    """All that the health page tells."""

    watch: Watch
    probes: list[ProbeView]
    hosts: list[HostView]
    objectives: list[ObjectiveView]
    observed: Observed
    restarts: Restarts
    jobs_alive: bool
    statements: list[Statement]

    @property
    def started_again(self) -> list[tuple[str, int, str]]:
        """Process, when, why; the last five."""
        kept = self.restarts.restarts[:5]
        return [(restart.process, restart.at, reason(restart.reason)) for restart in kept]

    @property
    def grave(self) -> bool:
        return any(statement.grave for statement in self.statements)


def spark(values: list[float]) -> str:
    """Values as points of a line in a field of 120 × 30."""
    highest = max(values, default=0.0) or 1.0
    step = 120 / max(1, len(values) - 1)
    return " ".join(
        f"{number * step:.1f},{29 - 27 * value / highest:.1f}"
        for number, value in enumerate(values)
    )


def read_wellbeing(actor: Actor) -> Wellbeing:
    """For somebody who may see sources."""
    home, now = Path(settings.HOME), now_ms()
    observed = read(observed_path(home), Observed)
    found = Wellbeing(
        watch=read_watch(actor),
        probes=read_probes(actor),
        hosts=_hosts(observed, now),
        objectives=_objectives(observed, now),
        observed=observed,
        restarts=read(restarts_path(home), Restarts),
        jobs_alive=_beats(home / "run" / "jobs.beat"),
        statements=[],
    )
    found.statements = sorted(_statements(found, now), key=lambda one: not one.grave)
    return found


def read_probes(actor: Actor) -> list[ProbeView]:
    """All probes, those that are down first."""
    now = now_ms()
    states = read(probes_path(Path(settings.HOME)), ProbeStates).probes
    views = [
        ProbeView(row, states.get(row.pk) or ProbeState(uid=row.pk), now)
        for row in visible_probes(actor)
    ]
    order = ("down", "failing", "unknown", "up", "paused")
    return sorted(views, key=lambda view: (order.index(view.condition), view.row.name))


def disks_of(history: HostHistory) -> list[DiskView]:
    """The disks of a machine, the fullest first."""
    disks = history.last.disks if history.last else []
    views = [
        DiskView(
            disk.mount,
            disk.percent,
            disk.free,
            days_until_full([*history.disks.get(disk.mount, [])]),
        )
        for disk in disks
    ]
    return sorted(views, key=lambda view: -view.percent)


def _hosts(observed: Observed, now: int) -> list[HostView]:
    return [
        HostView(
            name,
            history,
            disks_of(history),
            history.last is None or now - history.last.at > QUIET_HOST_MS,
        )
        for name, history in sorted(observed.hosts.items())
    ]


def _objectives(observed: Observed, now: int) -> list[ObjectiveView]:
    views = []
    for objective in monitor_config(settings.CONFIG).objectives:
        ledger = observed.objectives.get(objective.name)
        if ledger is None:
            continue
        good, fast = met(ledger, now // 60_000)
        burns = [burn for burn in observed.burns if burn.objective == objective.name]
        views.append(
            ObjectiveView(
                objective,
                good,
                fast,
                any(burn.burning for burn in burns),
                max((burn.long for burn in burns), default=0.0),
            )
        )
    return views


def _beats(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime < STALE_SECONDS
    except OSError:
        return False


def _statements(found: Wellbeing, now: int) -> Iterator[Statement]:
    yield from _of_processes(found, now)
    yield from _of_probes(found)
    yield from _of_sources(found)
    yield from _of_objectives(found)
    yield from _of_hosts(found)


def _of_processes(found: Wellbeing, now: int) -> Iterator[Statement]:
    watch = found.watch
    if not watch.fresh:
        yield Statement(
            grave=True,
            text=_("The watch does not run."),
            advice=_("Nothing is lost, but nothing is found either: start shangdun up."),
        )
    elif watch.health and watch.health.error:
        yield Statement(
            grave=True,
            text=_("The watch waits: %(why)s") % {"why": watch.health.error[:300]},
            advice=_("It goes on by itself when that is mended."),
        )
    if not found.jobs_alive:
        yield Statement(
            grave=True,
            text=_("The jobs process does not run."),
            advice=_("No probe is asked and the ledger is not signed: start shangdun up."),
        )
    recent = [restart for restart in found.restarts.restarts if now - restart.at < DAY_MS]
    if recent:
        names = ", ".join(sorted({restart.process for restart in recent}))
        yield Statement(
            grave=False,
            text=_("Started again within a day: %(names)s (%(n)d times)")
            % {"names": names, "n": len(recent)},
            advice=_("See below why; look for memory and disk that ran out."),
        )
    health = watch.health
    if health and (health.evicted_events or watch.losses or any(c.cut_off for c in health.costs)):
        yield Statement(
            grave=True,
            text=_("Something was not examined: lines lost, events given up, or rules cut off."),
            advice=_("The figures below say which; narrow the rules, keep rotated files longer."),
        )
    if health and health.journal_bytes > BEHIND_BYTES:
        yield Statement(
            grave=False,
            text=_("The watch is behind."),
            advice=_("See whether traffic jumped and whether the disk keeps up."),
        )


def _of_probes(found: Wellbeing) -> Iterator[Statement]:
    for view in found.probes:
        link = reverse("probe", args=[view.row.pk])
        if view.condition == Condition.DOWN:
            yield Statement(
                grave=True,
                text=_("%(name)s does not answer: %(why)s")
                % {"name": view.row.name, "why": view.reason},
                advice=_("Shoppers probably meet the same. See since when and what changed."),
                link=link,
            )
        elif view.expires_soon and view.row.enabled:
            yield Statement(
                grave=(view.days_left or 0) < 7,
                text=_("The certificate of %(name)s is good for %(n)d days.")
                % {"name": view.row.probe().host, "n": view.days_left or 0},
                advice=_("Renew it, and see that every node has the new one."),
                link=link,
            )


def _of_sources(found: Wellbeing) -> Iterator[Statement]:
    if not found.watch.fresh:
        return
    for source in found.watch.unwell:
        link = reverse("source", args=[source.name])
        silent = source.condition == SourceCondition.SILENT
        yield Statement(
            grave=True,
            text=_("%(name)s is silent, which it usually is not at this time.")
            % {"name": source.name}
            if silent
            else _("%(name)s is not read as it should.") % {"name": source.name},
            advice=_("See its file, its sender, and whether the shop itself works.")
            if silent
            else _("Its page says why."),
            link=link,
        )


def _of_objectives(found: Wellbeing) -> Iterator[Statement]:
    for view in found.objectives:
        if view.burning:
            yield Statement(
                grave=True,
                text=_("The error budget of %(name)s burns %(n).1f times as fast as it may.")
                % {"name": view.objective.name, "n": view.burn},
                advice=_("The routes below show what fails or is slow."),
                link=reverse("health_routes"),
            )


def _of_hosts(found: Wellbeing) -> Iterator[Statement]:
    for host in found.hosts:
        if host.quiet or host.history.last is None:
            continue
        yield from _of_disks(host)
        exhausted = {
            _("memory"): (host.history.sustained("memory"), MEMORY_PERCENT),
            _("load"): (host.history.sustained("load"), LOAD_PERCENT),
        }
        for name, (value, limit) in exhausted.items():
            if value is not None and value >= limit:
                yield Statement(
                    grave=True,
                    text=_("%(host)s: %(what)s at %(n)d %% for five minutes.")
                    % {"host": host.name, "what": name, "n": value},
                    advice=_("Find the process that takes it."),
                    link=f"{reverse('health_hosts')}?host={host.name}",
                )
        clock: float | None = host.history.last.clock_ms
        if clock is not None and abs(clock) >= CLOCK_MS:
            yield Statement(
                grave=False,
                text=_("The clock of %(host)s is %(n).1f s off.")
                % {"host": host.name, "n": clock / 1000},
                advice=_("See whether chrony or ntpd runs."),
            )


def _of_disks(host: HostView) -> Iterator[Statement]:
    for disk in host.disks:
        named: dict[str, Any] = {"host": host.name, "mount": disk.mount}
        link = f"{reverse('health_hosts')}?host={host.name}"
        if disk.percent >= DISK_PERCENT:
            yield Statement(
                grave=True,
                text=_("%(host)s: %(mount)s is %(n)d %% full.") % (named | {"n": disk.percent}),
                advice=_("Remove what is not needed, or enlarge it."),
                link=link,
            )
        elif disk.days is not None and disk.days < FULL_SOON_DAYS:
            yield Statement(
                grave=False,
                text=_("%(host)s: %(mount)s will be full in about %(n)d days.")
                % (named | {"n": disk.days}),
                advice=_("See what grows."),
                link=link,
            )
