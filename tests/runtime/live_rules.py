"""A watch with the real detector, whose stored rules are a file; also a process:

    live_rules.py HOME LOG

``HOME/rules.json`` holds the generation and the documents, as the records would give them.
"""

from __future__ import annotations

import signal
import sqlite3
import sys
import threading
from pathlib import Path

import msgspec
from live import SqliteSink, make_watch

from shangdun.detect.detector import Detector
from shangdun.detect.finding import Finding
from shangdun.detect.rule_text import RuleText
from shangdun.kernel.config import DetectConfig
from shangdun.kernel.errors import StoreError
from shangdun.runtime import reload as reloading
from shangdun.runtime.loop import Bounds, Watch
from shangdun.runtime.pipeline import Pipeline
from shangdun.runtime.pulse import Pulse
from shangdun.runtime.records import StoredRules
from shangdun.runtime.reload import Reload, RulesAhead, former_detector

EVENT = """
title: A line
name: line
id: 00000000-0000-4000-8000-000000000001
logsource: {category: test}
detection:
  selection: {key|startswith: k}
  condition: selection
"""
COUNT = """
title: Many lines of a key
id: 00000000-0000-4000-8000-000000000002
correlation:
  type: event_count
  rules: [line]
  group-by: [key]
  timespan: 30d
  condition: {gte: %d}
"""
EVERY_LINE = """
title: Every line
id: 00000000-0000-4000-8000-000000000003
level: low
logsource: {category: test}
detection:
  selection: {n|gte: 0}
  condition: selection
"""
COUNTED = "00000000-0000-4000-8000-000000000002"
EVERY = "00000000-0000-4000-8000-000000000003"


def text(document: str) -> RuleText:
    title = document.partition("title: ")[2].partition("\n")[0]
    return RuleText(f"stored:{title}", document)


class RulesFile:
    """Stands for the records: what ``RulesAhead`` asks."""

    def __init__(self, home: Path) -> None:
        self.path = home / "rules.json"

    def write(self, generation: int, *documents: str, **lists: list[str]) -> None:
        stored = StoredRules(generation, [text(one) for one in documents], lists)
        temporary = self.path.with_suffix(".new")
        temporary.write_bytes(msgspec.json.encode(stored))
        temporary.replace(self.path)

    def stored(self) -> StoredRules:
        return msgspec.json.decode(self.path.read_bytes(), type=StoredRules)

    def generation(self) -> int:
        return self.stored().generation


class CountSink(SqliteSink):
    """Keeps of each finding its rule, how many events it counts and the first line it shows."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS counted (uid TEXT, rule TEXT, count INT, line INT)"
        )

    def record(self, batch: int, findings: list[Finding]) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise StoreError(str(error)) from error
        if batch > self.progress():
            rows = [(f.uid, f.rule_uid, f.count, f.evidences[0].line) for f in findings]
            self._connection.executemany("INSERT INTO counted VALUES (?, ?, ?, ?)", rows)
            self._connection.execute("UPDATE progress SET batch = ?", (batch,))
        self._connection.execute("COMMIT")

    def counted(self, rule: str) -> list[tuple[str, int, int]]:
        rows = self._connection.execute(
            "SELECT uid, count, line FROM counted WHERE rule = ? ORDER BY line", (rule,)
        )
        return list(rows)


class Live:
    """A watch, its pulse and its reload."""

    def __init__(self, home: Path, log: Path, bounds: Bounds | None = None) -> None:
        self.pulse = Pulse(home)
        file = RulesFile(home)
        config = DetectConfig(builtin=False)
        self.reload = Reload(config, RulesAhead(file.generation, file.stored), self.pulse)
        rules = self.reload.first()
        self.pipeline = Pipeline(lambda: Detector(rules), rules=rules.key, former=former_detector)
        self.sink = CountSink(home / "findings.sqlite3")
        self.watch: Watch = make_watch(
            home,
            log,
            pulse=self.pulse,
            pipeline=self.pipeline,
            sink=self.sink,
            bounds=bounds or Bounds(commit_seconds=0.0),
        )

    def tend(self) -> None:
        self.reload.tend(self.watch, self.pipeline.rules)


def main() -> None:
    reloading.LOOK_SECONDS = 0.1
    home, log = Path(sys.argv[1]), Path(sys.argv[2])
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    live = Live(home, log, Bounds(commit_seconds=0.5, rows=2000))
    live.watch.run(stop, tend=live.tend)


if __name__ == "__main__":
    main()
