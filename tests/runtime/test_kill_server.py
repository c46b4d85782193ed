"""kill -9 of the real watch: Sigma rules, correlations in memory, findings in the records."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from shangdun.lake.health import read_health
from shangdun.lake.store import Lake

KILLS = 10
HITS = 7
PLAIN = 40
SEED = 4_711
RULES = """
title: Marker
id: 6f3c1d2e-0000-4000-8000-000000000003
name: marker
logsource: {category: webserver}
detection:
  selection: {cs-uri|contains: marker-4711}
  condition: selection
level: low
---
title: Many markers
id: 6f3c1d2e-0000-4000-8000-000000000004
correlation:
  type: event_count
  rules: [marker]
  group-by: [src_endpoint.ip]
  timespan: 1h
  condition: {gte: 5}
  generate: true
level: high
"""
COUNTS = """
SELECT rule_uid, count(*), sum(count), count(DISTINCT fold_key) FROM records_finding
GROUP BY rule_uid ORDER BY rule_uid"""


class Attackers(threading.Thread):
    """One address after the other sends ``HITS`` marked lines among plain ones; logs rotate."""

    def __init__(self, log: Path) -> None:
        super().__init__()
        self._log = log
        self._random = random.Random(SEED)
        self.stopping = threading.Event()
        self.addresses = 0
        self.lines = 0

    def run(self) -> None:
        while not self.stopping.is_set():
            number = self.addresses
            for _ in range(HITS):
                self._write(f"198.19.{number // 250}.{number % 250}", "/?q=marker-4711")
                for _ in range(PLAIN):
                    self._write("203.0.113.1", f"/product/{self.lines}")
                time.sleep(self._random.random() / 20)
            self.addresses += 1
            if self.addresses % 20 == 0:
                self._log.rename(self._log.with_name(f"access.log.{self.addresses // 20}"))

    def _write(self, address: str, path: str) -> None:
        stamp = datetime.now(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
        with self._log.open("ab", buffering=0) as file:
            line = f'{address} - - [{stamp}] "GET {path} HTTP/1.1" 200 5 "-" "x"\n'
            file.write(line.encode())
        self.lines += 1


def wait_until(holds: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.1)


def rows_of_shop(lake: Lake) -> int:
    """Without what the watch says of itself."""
    paths = [lake.events.path / file.path for file in lake.files()]
    return sum(
        pl.read_parquet(path, columns=["source"]).filter(source="shop").height for path in paths
    )


def start() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "shangdun.cli", "watch"])


def counts(home: Path) -> list[tuple[str, int, int, int]]:
    connection = sqlite3.connect(home / "records.sqlite3")
    try:
        return connection.execute(COUNTS).fetchall()
    finally:
        connection.close()


@pytest.mark.slow
def test_kills_lose_and_double_no_event_and_no_finding(home: Path, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.touch()
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "marker.yml").write_text(RULES)
    (home / "shangdun.toml").write_text(
        f'[[sources]]\nname = "shop"\nformat = "combined"\npath = "{log}"\n'
        f'[detect]\nbuiltin = false\nrules = ["{tmp_path}/rules"]\n[lake]\ncommit_seconds = 0.5\n'
    )
    process = start()
    wait_until(lambda: (health := read_health(home)) and health.state == "running")
    attackers = Attackers(log)
    attackers.start()
    moments = random.Random(SEED)
    try:
        for _ in range(KILLS):
            time.sleep(2.0 + 2.0 * moments.random())
            process.kill()
            assert process.wait() == -signal.SIGKILL
            process = start()
    finally:
        attackers.stopping.set()
        attackers.join()
    lake = Lake(home / "lake")
    wait_until(lambda: rows_of_shop(lake) >= attackers.lines)
    process.terminate()
    assert process.wait(30) == 0

    assert rows_of_shop(lake) == attackers.lines
    marked, many = counts(home)
    hits = HITS * attackers.addresses
    assert marked[2] == hits
    assert many[2] == hits
    assert marked[1] == marked[3]  # many addresses become one storm, and none of them twice
    assert many[1] == many[3]
