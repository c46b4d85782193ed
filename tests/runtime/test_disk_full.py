"""A disk that is really full: a small file system of its own, or a limit on the size of files."""

from __future__ import annotations

import os
import resource
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from live import SqliteSink, expected_findings, lake_numbers, line, make_watch

from shangdun.kernel.errors import StoreError
from shangdun.lake.health import read_health
from shangdun.lake.store.disk import DISK_FULL
from shangdun.runtime.journal import Journal
from shangdun.runtime.loop import Bounds


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 12 MiB."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root; the limit on file sizes is tested")
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=12m", "shangdun-test", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("this machine does not let a small file system be mounted")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def wait_until(holds: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 4096)


def test_a_full_disk_is_said_and_passes(
    small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shangdun.runtime.loop.RETRY_SECONDS", 0.1)
    home, log = small_disk / "home", tmp_path / "app.log"
    home.mkdir()
    log.write_bytes(b"".join(line(number) for number in range(500)))
    sink = SqliteSink(tmp_path / "findings.sqlite3")
    watch = make_watch(home, log, bounds=Bounds(commit_seconds=0.1), sink=sink)
    stop = threading.Event()
    thread = threading.Thread(target=watch.run, args=(stop,))
    thread.start()
    try:
        wait_until(lambda: len(lake_numbers(home)) == 500)
        wait_until((home / "run" / "health.ballast").exists)
        hog = small_disk / "hog"
        with pytest.raises(OSError, match="space"):
            fill(hog)
        with log.open("ab") as file:
            file.writelines(line(number) for number in range(500, 20_000))

        def said() -> bool:
            health = read_health(home)
            return health is not None and "the disk is full" in health.error

        wait_until(said)
        health = read_health(home)
        assert health is not None
        assert health.state == "waiting"
        assert len(lake_numbers(home)) == 500
        hog.unlink()
        wait_until(lambda: len(lake_numbers(home)) == 20_000)
        wait_until(lambda: not said())
    finally:
        stop.set()
        thread.join()
    assert lake_numbers(home) == list(range(20_000))
    assert sink.findings() == expected_findings(20_000)


def test_a_limit_on_file_sizes_is_a_full_disk(tmp_path: Path) -> None:
    """Without root: the kernel refuses to let the journal grow, then lets it."""
    from test_journal import batches, entry  # noqa: PLC0415

    journal = Journal(tmp_path / "journal")
    journal.append(entry(1, 2000))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, hard))
    try:
        with pytest.raises(StoreError, match="disk is full") as caught:
            journal.append(entry(2, 2000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.code == DISK_FULL
    assert "free space" in str(caught.value)
    journal.append(entry(2, 2000))
    assert batches(tmp_path / "journal") == [1, 2]
