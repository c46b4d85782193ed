"""A watch over real files with a small detector and a records of its own; also a process:

    live.py HOME LOG [COMMIT_SECONDS]

The detector has one rule by the line and one that counts over many lines, so that a lost, a
repeated or a wrongly remembered line shows in what it finds.
"""

from __future__ import annotations

import json
import signal
import sqlite3
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import polars as pl

from shangdun.detect.correlation.state import Figures
from shangdun.detect.finding import Finding
from shangdun.kernel.config import SourceConfig
from shangdun.kernel.errors import StoreError
from shangdun.lake.block import Parsed
from shangdun.lake.collect.spool import Spool
from shangdun.lake.store import Lake
from shangdun.lake.store.parquet import read_sorted
from shangdun.runtime.intake import SourceIntake
from shangdun.runtime.loop import Bounds, Parts, Watch
from shangdun.runtime.pipeline import Pipeline
from shangdun.runtime.pulse import Pulse

KEYS = 7
EVERY = 10
COUNT = 25
BASE = 1_770_000_000_000


def line(number: int) -> bytes:
    return b'{"n":%d,"time":%d}\n' % (number, BASE + number * 1000)


class CountingDetector:
    """``line``: every tenth number; ``count``: every 25th line of a key."""

    def __init__(self) -> None:
        self.counts: Counter[int] = Counter()

    def process(self, parsed: Parsed, *, source: str, file_id: str, path: str) -> list[Finding]:
        found = []
        for number in parsed.events["n"].to_list():
            if number % EVERY == 0:
                found.append(_finding("line", number, 1))
            key = number % KEYS
            self.counts[key] += 1
            if self.counts[key] % COUNT == 0:
                found.append(_finding("count", key, self.counts[key]))
        return found

    def figures(self) -> Figures:
        return Figures()

    def snapshot(self) -> bytes:
        return json.dumps(self.counts).encode()

    def announce(self, sales: object) -> None:
        pass

    def advance(self, now: int, *, sources: object) -> list[Finding]:
        return []

    def restore(self, state: bytes) -> None:
        self.counts = Counter({int(key): value for key, value in json.loads(state).items()})


def _finding(rule: str, subject: int, count: int) -> Finding:
    return Finding(
        uid=f"{rule}-{subject}-{count}",
        rule_uid=rule,
        title=rule,
        severity_id=3,
        time=0,
        first_time=0,
        count=count,
    )


def expected_findings(lines: int) -> list[str]:
    """What the rules find in lines 0 … lines-1, whatever happened on the way."""
    found = [f"line-{number}-1" for number in range(0, lines, EVERY)]
    for key in range(KEYS):
        total = len(range(key, lines, KEYS))
        found += [f"count-{key}-{count}" for count in range(COUNT, total + 1, COUNT)]
    return sorted(found)


class SqliteSink:
    """Findings in SQLite, as the records keep them: findings and progress in one transaction."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(
            path, isolation_level=None, timeout=0.2, check_same_thread=False
        )
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("CREATE TABLE IF NOT EXISTS finding (uid TEXT)")
        self._connection.execute("CREATE TABLE IF NOT EXISTS progress (batch INTEGER)")
        if not self.findings() and not self.progress():
            self._connection.execute("INSERT INTO progress VALUES (0)")

    def progress(self) -> int:
        row = self._connection.execute("SELECT max(batch) FROM progress").fetchone()
        return int(row[0] or 0)

    def record(self, batch: int, findings: list[Finding]) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise StoreError(str(error)) from error
        if batch > self.progress():
            rows = [(finding.uid,) for finding in findings]
            self._connection.executemany("INSERT INTO finding VALUES (?)", rows)
            self._connection.execute("UPDATE progress SET batch = ?", (batch,))
        self._connection.execute("COMMIT")

    def findings(self) -> list[str]:
        return sorted(row[0] for row in self._connection.execute("SELECT uid FROM finding"))


def no_listener(config: SourceConfig, spool: Spool) -> None:
    raise OSError("nothing listens in this test")


def make_watch(home: Path, log: Path, **options: object) -> Watch:
    """A watch of one JSON source; ``options`` are its bounds, clock and parts to replace."""
    bounds = options.pop("bounds", None) or Bounds(commit_seconds=0.0)
    clock = options.pop("clock", None)
    pulse = Pulse(home)
    intake = SourceIntake(Spool(home / "spool"), no_listener, pulse)
    intake.configure([SourceConfig(name="app", format="json", path=str(log))])
    parts = {
        "intake": intake,
        "pipeline": Pipeline(CountingDetector),
        "sink": SqliteSink(home / "findings.sqlite3"),
        "lake": Lake(home / "lake"),
        "pulse": pulse,
        **options,
    }
    return Watch(home / "watch", Parts(**parts), bounds=bounds, clock=clock)


def lake_frame(home: Path) -> pl.DataFrame:
    """All rows of the lake."""
    lake = Lake(home / "lake")
    paths = [lake.events.path / file.path for file in lake.files()]
    if not paths:
        return pl.DataFrame(schema={"unmapped": pl.String})
    frame = pl.from_arrow(read_sorted(paths))
    assert isinstance(frame, pl.DataFrame)
    return frame


def lake_numbers(home: Path) -> list[int]:
    """The numbers of all lines in the lake, sorted."""
    texts = lake_frame(home)["unmapped"].cast(pl.String).to_list()
    return sorted(json.loads(text)["n"] for text in texts)


def run_rounds(watch: Watch, *, quiet: int = 3, limit: int = 500) -> None:
    """Go round until nothing comes any more and everything is committed."""
    still = 0
    for _ in range(limit):
        still = 0 if watch.step() else still + 1
        if still > quiet and watch.commit():
            return
        time.sleep(0.01)
    raise AssertionError("the watch does not come to rest")


def main() -> None:
    home, log = Path(sys.argv[1]), Path(sys.argv[2])
    seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 0.2
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    watch = make_watch(home, log, bounds=Bounds(commit_seconds=seconds, rows=3000))
    watch.run(stop)


if __name__ == "__main__":
    main()
