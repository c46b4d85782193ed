"""Processes that end or hang are started again, and it is said why."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shangdun.runtime.children import Child, Children

BEATING = (
    "import sys,time\nn=0\nwhile True:\n n+=1; open(sys.argv[1],'w').write(str(n)); time.sleep(.02)"
)
MUTE = "import time; time.sleep(60)"


class Kept:
    """One child that beats into a file, its supervisor, and what that said."""

    def __init__(self, path: Path, code: str, hung_seconds: float = 0.6) -> None:
        self.said: list[tuple[str, str]] = []
        self.path = path
        self.child = Child("worker", [sys.executable, "-c", code, str(path)], sign=self.sign)
        self.children = Children(
            [self.child],
            hung_seconds=hung_seconds,
            tell=lambda name, why: self.said.append((name, why)),
        )
        self.children.start()

    def sign(self, pid: int) -> str | None:
        del pid
        return self.path.read_text() if self.path.exists() else None

    @property
    def pid(self) -> int:
        assert self.child.process
        return self.child.process.pid

    def tend(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.children.tend()
            time.sleep(0.03)

    def until_said(self) -> None:
        deadline = time.monotonic() + 15
        while not self.said or self.child.process is None:
            assert time.monotonic() < deadline
            self.tend(0.1)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    made = Kept(tmp_path / "beat", BEATING)
    yield made
    made.children.stop()


def test_one_that_beats_is_left_alone(kept):
    pid = kept.pid
    kept.tend(2.0)
    assert kept.pid == pid
    assert kept.said == []


def test_one_that_is_stopped_is_killed_and_started_again(kept):
    kept.tend(0.5)
    pid = kept.pid
    os.kill(pid, signal.SIGSTOP)
    kept.until_said()
    assert kept.pid != pid
    assert kept.said == [("worker", "it gave no sign of life for 1 s")]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_one_that_ends_is_started_again_with_its_reason(kept):
    pid = kept.pid
    os.kill(pid, signal.SIGKILL)
    kept.until_said()
    assert kept.pid != pid
    assert kept.said == [("worker", "it ended with signal SIGKILL")]


def test_one_that_has_not_begun_to_beat_has_more_time(tmp_path: Path):
    kept = Kept(tmp_path / "beat", MUTE)
    try:
        kept.tend(1.5)
        assert kept.said == []
    finally:
        kept.children.stop()


def test_restarts_come_later_and_later(tmp_path: Path):
    kept = Kept(tmp_path / "beat", "raise SystemExit(3)")
    try:
        kept.tend(3.0)
        assert 2 <= len(kept.said) <= 4  # at 0, 0.5, 1.5, 3.5 s
        assert kept.said[0][1] == "it ended with exit code 3"
    finally:
        kept.children.stop()
