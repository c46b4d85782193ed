"""Our figures for Prometheus. Labels come from what administrators named, never from traffic.

A route of the shop is no label: its name comes from requests, which anybody can make up.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from shangdun import __version__
from shangdun.lake.health import Health, read_health
from shangdun.lake.places import spool_folder
from shangdun.observe.exposition import Family, Kind
from shangdun.observe.probe import Condition
from shangdun.observe.state import (
    Observed,
    ProbeStates,
    Restarts,
    observed_path,
    probes_path,
    read,
    restarts_path,
)

G, C = Kind.GAUGE, Kind.COUNTER


def families(home: Path, names: dict[int, str], now: int) -> list[Family]:
    """Everything that is told, as of ``now`` (ms); ``names`` of probes by their number."""
    health = read_health(home)
    info = Family("shangdun_build_info", G, "Version of ShangDun").add(1, version=__version__)
    up = Family("shangdun_watch_up", G, "Whether the watch runs")
    up.add(float(bool(health and health.fresh(now))))
    found = [info, up]
    if health:
        found += [*_watch(health), *_sources(health, now), *_rules(health), *_memories(health)]
    observed = read(observed_path(home), Observed)
    return [*found, *_objectives(observed), *_probes(home, names), *_stores(home)]


def _watch(health: Health) -> list[Family]:
    seconds = health.started / 1000
    return [
        Family("shangdun_watch_start_time_seconds", G, "When the watch started").add(seconds),
        Family("shangdun_watch_written_time_seconds", G, "When the watch last gave a sign").add(
            health.written / 1000
        ),
        Family("shangdun_watch_waiting", G, "Whether the watch waits for a store").add(
            float(bool(health.error))
        ),
        Family("shangdun_findings", C, "Findings since the watch started").add(health.findings),
        Family("shangdun_pending_events", G, "Events not yet in the lake").add(
            health.pending_events
        ),
        Family("shangdun_journal_bytes", G, "Journal of what is not yet in the lake").add(
            health.journal_bytes
        ),
        Family("shangdun_rules", G, "Rules in force").add(health.rules),
        Family("shangdun_rule_errors", G, "Rules that could not be used").add(
            len(health.rule_errors)
        ),
        Family("shangdun_correlation_evicted_groups", C, "Subjects given up for want of room").add(
            health.evicted_groups
        ),
        Family("shangdun_correlation_evicted_events", C, "Events given up for want of room").add(
            health.evicted_events
        ),
        Family("shangdun_correlation_late_events", C, "Events too late for their window").add(
            health.late_events
        ),
    ]


def _sources(health: Health, now: int) -> list[Family]:
    events = Family("shangdun_source_events", C, "Events of a source since the watch started")
    size = Family("shangdun_source_bytes", C, "Bytes read of a source")
    dead = Family("shangdun_source_dead_letters", C, "Lines that could not be read")
    losses = Family("shangdun_source_losses", C, "Places where a file was gone unread")
    lag = Family("shangdun_source_lag_bytes", G, "Seen but not yet read")
    last = Family("shangdun_source_last_received_time_seconds", G, "When a line last came")
    silent = Family("shangdun_source_silent", G, "Whether it is quiet when it usually is not")
    failing = Family("shangdun_source_failing", G, "Whether it cannot be read")
    for source in health.sources:
        label = source.name
        events.add(source.events, source=label)
        size.add(source.bytes, source=label)
        dead.add(source.dead_letters, source=label)
        losses.add(source.losses, source=label)
        lag.add(source.lag_bytes, source=label)
        last.add(source.last_received / 1000, source=label)
        silent.add(float(source.silent(now)), source=label)
        failing.add(float(bool(source.error)), source=label)
    return [events, size, dead, losses, lag, last, silent, failing]


def _rules(health: Health) -> list[Family]:
    seconds = Family("shangdun_rule_seconds", C, "Time of the most expensive rules")
    cut = Family("shangdun_rule_cut_off", C, "Values an expression was not compared with")
    for cost in {cost.uid: cost for cost in health.costs}.values():
        seconds.add(cost.seconds, rule=cost.uid)
        cut.add(cost.cut_off, rule=cost.uid)
    return [seconds, cut]


def _memories(health: Health) -> list[Family]:
    """What baselines and correlations left out since their memory began."""
    left = Family("shangdun_rule_left_out", C, "What a rule with a memory could not count")
    learning = Family("shangdun_baseline_learning", G, "Whether a baseline still learns")
    held = Family("shangdun_withheld_findings", C, "Findings held back by announced sales")
    for one in {one.uid: one for one in health.memories}.values():
        for why in ("evicted", "trimmed", "late", "ungrouped", "untimed", "non_numeric"):
            if value := getattr(one, why):
                left.add(value, rule=one.uid, why=why)
        if one.baseline:
            learning.add(float(one.learning), rule=one.uid)
            held.add(one.withheld, rule=one.uid)
    held.add(health.withheld - sum(one.withheld for one in health.memories), rule="")
    return [left, learning, held]


def _objectives(observed: Observed) -> list[Family]:
    burn = Family("shangdun_objective_burn", G, "Error budget spent, in multiples of what may be")
    for one in observed.burns:
        burn.add(one.long, objective=one.objective, kind=one.kind, window=one.window)
    return [burn]


def _probes(home: Path, names: dict[int, str]) -> list[Family]:
    up = Family("shangdun_probe_up", G, "Whether a probe is answered as it should")
    seconds = Family("shangdun_probe_duration_seconds", G, "How long the last answer took")
    expiry = Family("shangdun_probe_certificate_days", G, "Days the certificate is good for")
    for uid, state in read(probes_path(home), ProbeStates).probes.items():
        name = names.get(uid)
        if name is None or state.last is None:
            continue
        up.add(float(state.condition is not Condition.DOWN), probe=name)
        seconds.add(state.last.millis / 1000, probe=name)
        expiry.add(state.days_left, probe=name)
    restarts = Family("shangdun_process_restarts_kept", G, "Restarts among the last twenty")
    counts: dict[str, int] = {}
    for one in read(restarts_path(home), Restarts).restarts:
        counts[one.process] = counts.get(one.process, 0) + 1
    for process, count in counts.items():
        restarts.add(count, process=process)
    return [up, seconds, expiry, restarts]


def _stores(home: Path) -> list[Family]:
    size = Family("shangdun_store_bytes", G, "Room that a store takes in the home directory")
    size.add(_bytes(home.glob("records.sqlite3*")), store="records")
    size.add(_bytes(spool_folder(home).glob("*/*.log")), store="spool")
    return [size]


def _bytes(paths: Iterable[Path]) -> int:
    total = 0
    for path in paths:
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue
    return total
