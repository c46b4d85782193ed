"""kill -9 at random moments, while a writer appends and rotates: everything exactly once."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from live import SqliteSink, expected_findings, lake_numbers, line

from shangdun.lake.health import read_health
from shangdun.lake.store import Lake
from shangdun.runtime.journal import Journal

KILLS = 50
SEED = 20_260_304


class Writer(threading.Thread):
    """Appends lines in pieces that end anywhere, and rotates by rename as logrotate does."""

    def __init__(self, log: Path) -> None:
        super().__init__()
        self._log = log
        self._random = random.Random(SEED)
        self.stopping = threading.Event()
        self.lines = 0

    def run(self) -> None:
        file = self._log.open("ab", buffering=0)
        since = 0
        while not self.stopping.wait(0.02):
            count = self._random.randint(1, 60)
            data = b"".join(line(number) for number in range(self.lines, self.lines + count))
            cut = self._random.randrange(len(data))
            file.write(data[:cut])
            time.sleep(self._random.random() / 100)
            file.write(data[cut:])
            self.lines += count
            since += count
            if since > 2500:
                file.close()
                self._rotate()
                file = self._log.open("ab", buffering=0)
                since = 0
        file.close()

    def _rotate(self) -> None:
        numbered = sorted(
            (int(path.suffix[1:]), path) for path in self._log.parent.glob("app.log.*")
        )
        for number, path in reversed(numbered):
            path.rename(self._log.with_name(f"app.log.{number + 1}"))
        self._log.rename(self._log.with_name("app.log.1"))


def start(home: Path, log: Path) -> subprocess.Popen[bytes]:
    script = Path(__file__).with_name("live.py")
    return subprocess.Popen([sys.executable, script, home, log], stderr=subprocess.PIPE)


def kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    _, errors = process.communicate()
    assert process.returncode == -signal.SIGKILL, errors.decode()


def wait_until(holds: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.1)


def works(home: Path, pid: int) -> bool:
    health = read_health(home)
    return health is not None and health.pid == pid and health.state == "running"


def rows_in_lake(home: Path) -> int:
    return sum(file.rows for file in Lake(home / "lake").files())


def check_journal(home: Path) -> None:
    """It keeps what leads from the older of two memories to the lake's last batch, not more."""
    committed = Lake(home / "lake").committed("watch")
    memories = sorted(int(path.name.partition("-")[2]) for path in (home / "watch").glob("state-*"))
    assert len(memories) == 2
    assert memories[-1] == committed
    journal = Journal(home / "watch" / "journal")
    kept = [entry.batch for entry in journal.entries() if entry.batch > memories[0]]
    assert kept == list(range(memories[0] + 1, committed + 1))
    size = journal.size()
    journal.prune(memories[0])
    assert journal.size() == size, "what neither memory needs was kept"
    journal.prune(committed)
    assert journal.size() == 0, "a batch was journaled that the lake does not have"


@pytest.mark.slow
def test_fifty_kills_lose_and_double_nothing(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "log"
    folder.mkdir()
    log = folder / "app.log"
    log.touch()
    process = start(home, log)
    wait_until(lambda: list((home / "watch").glob("state-*")) != [])  # it follows the log
    kill(process)
    writer = Writer(log)
    writer.start()
    moments = random.Random(SEED)
    reached: list[int] = []
    try:
        for number in range(KILLS):
            process = start(home, log)
            if number % 3:  # while it reads, journals, commits
                wait_until(lambda pid=process.pid: works(home, pid))
                time.sleep(0.8 * moments.random())
            else:  # while it starts, recovers, and perhaps later
                time.sleep(0.5 + 1.5 * moments.random())
            kill(process)
            reached.append(Lake(home / "lake").committed("watch"))
    finally:
        writer.stopping.set()
        writer.join()
    process = start(home, log)
    wait_until(lambda: rows_in_lake(home) >= writer.lines)
    process.terminate()
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors.decode()

    assert len(set(reached)) > KILLS // 3, "the kills came before anything was committed"
    counts = Counter(lake_numbers(home))
    assert [number for number, times in counts.items() if times > 1] == []
    assert sorted(set(range(writer.lines)) - set(counts)) == []
    assert SqliteSink(home / "findings.sqlite3").findings() == expected_findings(writer.lines)
    check_journal(home)
    print(f"{KILLS} kills, {writer.lines} lines, {len(set(reached))} of them after a commit")
