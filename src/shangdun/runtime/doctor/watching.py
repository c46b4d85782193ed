"""Whether everything that should be watched is being watched."""

from __future__ import annotations

from collections.abc import Iterator

from shangdun.kernel.clock import to_millis
from shangdun.lake.health import Health, SourceHealth, read_health
from shangdun.lake.places import rejected_folder
from shangdun.observe.event import OWN_SOURCES
from shangdun.runtime.doctor.symptom import Kind, Place, Symptom

LAG_BYTES = 64 << 20
MINUTE = 60_000


def check(place: Place) -> Iterator[Symptom]:
    rejected = rejected_folder(place.home)
    if batches := len(list(rejected.glob("*.json"))):
        yield Symptom(
            Kind.BROKEN,
            f"the records refused the findings of {batches} batches; they are in {rejected}",
            "report the error that the log of the watch gives for them: it is a bug",
        )
    now = to_millis(place.clock.now())
    health = read_health(place.home)
    if health is None or not health.fresh(now):
        yield Symptom(Kind.MISSING, "nothing is watching", "start `shangdun up` (or `watch`)")
        return
    for cost in health.costs:
        if cost.cut_off:
            yield Symptom(
                Kind.BROKEN,
                f"rule {cost.title}: {cost.cut_off} values took too long and were left out",
                "rewrite its regular expression",
            )
    if health.error:
        yield Symptom(Kind.BROKEN, f"the watch waits: {health.error}", "it goes on by itself then")
    yield from _memory(health)
    if all(source.name in OWN_SOURCES for source in health.sources):
        yield Symptom(
            Kind.MISSING, "there is no source", "add one to shangdun.toml or on the Sources page"
        )
    for source in health.sources:
        yield from _source(source, now)


def _memory(health: Health) -> Iterator[Symptom]:
    if health.evicted_groups or health.evicted_events:
        yield Symptom(
            Kind.BROKEN,
            f"correlations ran out of room: {health.evicted_events} events of"
            f" {health.evicted_groups} subjects were given up",
            "narrow the rules that match so much, or shorten their timespan",
        )


def _source(source: SourceHealth, now: int) -> Iterator[Symptom]:
    name = f"source {source.name}"
    if source.error:
        yield Symptom(Kind.BROKEN, f"{name}: {source.error}", "mend that; reading is tried again")
    if not source.last_received and source.name not in OWN_SOURCES:
        yield Symptom(Kind.LATE, f"{name} has brought nothing yet", "check its path and rights")
    elif source.silent(now) and source.name not in OWN_SOURCES:
        minutes = (now - source.last_received) // MINUTE
        yield Symptom(Kind.LATE, f"{name} has been silent for {minutes} minutes", "is it running?")
    if source.lag_bytes > LAG_BYTES:
        yield Symptom(
            Kind.LATE, f"{name} is {source.lag_bytes >> 20} MiB behind", "see docs/running.md"
        )
    if source.losses:
        yield Symptom(
            Kind.BROKEN,
            f"{name}: files vanished before they were read ({source.losses} places)",
            "rotate later, or keep more rotated files",
        )
    if source.dead_letters:
        yield Symptom(
            Kind.BROKEN,
            f"{name}: {source.dead_letters} lines could not be read, lastly: {source.last_dead}",
            "`shangdun dead-letters list` shows them; nothing is lost",
        )
