"""The shop's logs come in, with a bad day now and then: the evidence that the watch was kept."""

from __future__ import annotations

from shangdun.actions.programmes.look import note_sources
from shangdun.runtime.year.day import Day

ORDER = 5
SOURCES = ("shop-access", "shop-events")
SILENT = 0.01
"""Of days on which a source said nothing."""
LOOKS = 24


def act(day: Day) -> None:
    live = {}
    for name in SOURCES:
        live[name] = day.chance(f"source {name}").random() >= SILENT
        if not live[name]:
            day.write("source.silent", name)
    note_sources(live, day.clock.now(), LOOKS)
