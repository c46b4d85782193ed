"""``shangdun watch``: the live loop over the configured sources, rules and records."""

from __future__ import annotations

import logging
import os
import threading
import time
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from shangdun.detect.detector import Detector
from shangdun.kernel.config import Config
from shangdun.kernel.errors import ShangdunError
from shangdun.lake.collect.spool import Spool
from shangdun.lake.collect.syslog_listener import listen
from shangdun.lake.places import lake_folder, spool_folder, watch_folder
from shangdun.lake.store import Lake
from shangdun.observe.event import SYSTEM
from shangdun.observe.settings import monitor_config
from shangdun.records import boot
from shangdun.runtime.intake import SourceIntake
from shangdun.runtime.lock import only_one
from shangdun.runtime.loop import Bounds, Parts, Watch
from shangdun.runtime.monitor.beat import Beat, Notifier
from shangdun.runtime.monitor.costs import rule_costs, rule_memories, withheld
from shangdun.runtime.monitor.emit import Emitter
from shangdun.runtime.monitor.observer import Observer
from shangdun.runtime.pipeline import Pipeline
from shangdun.runtime.pulse import Pulse
from shangdun.runtime.records import (
    RecordsSink,
    rules_generation,
    sales_announced,
    stored_rules,
    watched_sources,
)
from shangdun.runtime.reload import Reload, RulesAhead, former_detector, limits_of

log = logging.getLogger(__name__)

SOURCES_SECONDS = 3.0
"""How soon a source added on the page is watched."""
INSPECT_SECONDS = 1.0


def watch(home: Path, config: Config, stop: threading.Event) -> None:
    """Watch until ``stop`` is set; raises ``Conflict`` if another process watches for this home."""
    with only_one(home, "watch"):
        boot.start()
        boot.migrate(home)
        spool = Spool(spool_folder(home))
        settings = monitor_config(config)
        observer = Observer(home, settings.objectives, Emitter(spool, SYSTEM).emit)
        pulse = Pulse(home, observer=observer)
        pulse.start()
        reload = Reload(config.detect, RulesAhead(rules_generation, stored_rules), pulse)
        rules, limits = reload.first(), limits_of(config.detect)
        intake = SourceIntake(spool, listen, pulse)
        intake.configure(watched_sources(config))
        parts = Parts(
            intake=intake,
            pipeline=Pipeline(
                lambda: Detector(rules, limits=limits),
                rules=rules.key,
                former=partial(former_detector, limits=limits),
                zone=ZoneInfo(config.web.time_zone),
            ),
            sink=RecordsSink(home),
            lake=Lake(lake_folder(home, config)),
            pulse=pulse,
        )
        pulse.costing(lambda: rule_costs(parts.pipeline.detector))
        pulse.remembering(
            lambda: rule_memories(parts.pipeline.detector),
            lambda: withheld(parts.pipeline.detector),
        )
        loop = Watch(
            watch_folder(home), parts, bounds=Bounds(commit_seconds=config.lake.commit_seconds)
        )
        try:
            tending = _Tending(config, intake, parts.pipeline)
            tending.announce()
            beat = Beat(None, Notifier.of(os.environ))

            def tend() -> None:
                beat.beat()
                tending.tend()
                reload.tend(loop, parts.pipeline.rules)

            loop.run(stop, tend=tend)
        finally:
            spool.close()


class _Tending:
    """What is looked after between rounds."""

    def __init__(self, config: Config, intake: SourceIntake, pipeline: Pipeline) -> None:
        self._config = config
        self._pipeline = pipeline
        self._intake = intake
        self._sources_at = 0.0
        self._inspect_at = 0.0

    def tend(self) -> None:
        now = time.monotonic()
        if now >= self._inspect_at:
            self._inspect_at = now + INSPECT_SECONDS
            self._intake.inspect()
        if now >= self._sources_at:
            self._sources_at = now + SOURCES_SECONDS
            try:
                self._intake.configure(watched_sources(self._config))
            except ShangdunError as error:
                log.warning("the list of sources stays as it is: %s", error)
            self.announce()

    def announce(self) -> None:
        """Tell the detector of the sales that people announced."""
        try:
            self._pipeline.announce(sales_announced())
        except ShangdunError as error:
            log.warning("the announced sales stay as they are: %s", error)
