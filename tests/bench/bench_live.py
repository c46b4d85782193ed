"""Live: from a line's write to its finding in the database, at 10,000 lines a second.

`shangdun watch` runs as it does for a user (builtin rules, SQLite records, lake commits every two
seconds) over an access log that another process writes; ten lines a second match a rule, each with
an address of its own, so that each opens an incident. The latency is from before the write to when
another connection sees the finding, looked for every 5 ms. Everything shares this machine's cores.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

from tests.bench.access_lines import access_lines
from tests.bench.row import Row

from shangdun.lake.health import read_health
from shangdun.lake.store import Lake

RATE = 10_000
SECONDS = 30
TICK = 0.02
MARKS = 10
RULE = """
title: Benchmark marker
id: 6f3c1d2e-0000-4000-8000-000000000001
status: experimental
logsource: {category: webserver}
detection:
  selection: {cs-uri|contains: bench-marker}
  condition: selection
level: low
"""
CONFIG = """
[[sources]]
name = "bench"
format = "combined"
path = "{log}"
[detect]
rules = ["{rules}"]
"""


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        log = Path(folder) / "access.log"
        rules = Path(folder) / "rules"
        home.mkdir()
        rules.mkdir()
        (rules / "marker.yml").write_text(RULE)
        (home / "shangdun.toml").write_text(CONFIG.format(log=log, rules=rules))
        log.touch()
        environment = os.environ | {"SHANGDUN_HOME": str(home)}
        command = [sys.executable, "-m", "shangdun.cli", "watch"]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        try:
            return _run(home, log, process)
        finally:
            process.kill()
            process.wait()


def _run(home: Path, log: Path, process: subprocess.Popen[bytes]) -> list[Row]:
    _until(lambda: (health := read_health(home)) is not None and health.state == "running")
    for number in range(3):  # the first lines wait for what is compiled once
        _write(log, [f"198.18.0.{number}"], 100)
    _until(lambda: len(_seen(home)) >= 3)
    written: dict[str, float] = {}
    found: dict[str, float] = {}
    stop = threading.Event()
    reader = threading.Thread(target=_look, args=(home, found, stop))
    reader.start()
    cpu = _cpu(process.pid)
    _write_all(log, written)
    cpu = _cpu(process.pid) - cpu
    _until(lambda: not written.keys() - found.keys())
    stop.set()
    reader.join()
    latencies = sorted(found[address] - moment for address, moment in written.items())
    _until(lambda: sum(file.rows for file in Lake(home / "lake").files()) >= RATE * SECONDS)
    note = f"{len(latencies)} findings in {RATE * SECONDS:,} lines"
    return [
        Row("line written → finding, p50", _at(latencies, 0.50), "s", None, note=note),
        Row("line written → finding, p99", _at(latencies, 0.99), "s", 1.0, at_least=False),
        Row("line written → finding, greatest", latencies[-1], "s"),
        Row("CPU of the watch at 10,000 lines/s", cpu / SECONDS, "cores"),
    ]


def _write_all(log: Path, written: dict[str, float]) -> None:
    plain = access_lines(RATE, seconds=60).splitlines(keepends=True)
    a_tick = int(RATE * TICK)
    ticks_a_mark = int(1 / TICK / MARKS)
    began = time.perf_counter()
    with log.open("ab", buffering=0) as file:
        for tick in range(int(SECONDS / TICK)):
            start = tick * a_tick % RATE
            lines = plain[start : start + a_tick]
            if tick % ticks_a_mark == 0:
                address = f"198.19.{tick // 250}.{tick % 250}"
                lines[a_tick // 2] = _marked(address)
                written[address] = time.perf_counter()
            file.write(b"".join(lines))
            time.sleep(max(0.0, began + (tick + 1) * TICK - time.perf_counter()))


def _marked(address: str) -> bytes:
    stamp = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime())
    return f'{address} - - [{stamp}] "GET /bench-marker HTTP/1.1" 200 5 "-" "bench"\n'.encode()


def _write(log: Path, marked: list[str], plain: int) -> None:
    with log.open("ab") as file:
        file.write(b"".join(map(_marked, marked)) + access_lines(plain, seconds=60))


def _look(home: Path, found: dict[str, float], stop: threading.Event) -> None:
    last = 0
    query = "SELECT id, value FROM records_findingentity WHERE id > ? AND kind = 'address'"
    with closing(_records(home)) as connection:
        while not stop.is_set():
            for number, address in connection.execute(query, (last,)).fetchall():
                last = max(last, number)
                found.setdefault(address, time.perf_counter())
            time.sleep(0.005)


def _seen(home: Path) -> set[str]:
    query = "SELECT value FROM records_findingentity WHERE kind = 'address'"
    with closing(_records(home)) as connection:
        return {row[0] for row in connection.execute(query)}


def _records(home: Path) -> sqlite3.Connection:
    return sqlite3.connect(home / "records.sqlite3", timeout=20, isolation_level=None)


def _until(holds: object, seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise TimeoutError("the watch does not come so far")
        time.sleep(0.05)


def _at(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))]


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
