"""Processes that are kept running: started, watched, started again, stopped together."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shangdun.runtime.lifeline import tied_to_parent

log = logging.getLogger(__name__)

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
STEADY_SECONDS = 60.0
"""A child that ran so long is well: its next restart comes at once again."""
STOP_SECONDS = 20.0
START_SECONDS = 600.0
"""Until its first sign of life: rules that were never compiled take a while."""


@dataclass(slots=True)
class Child:
    """One process by its name and command."""

    name: str
    command: Sequence[str]
    folder: Path | None = None
    orphaned: signal.Signals = signal.SIGTERM
    """What the kernel sends it where the supervisor was killed."""
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    restart_at: float = 0.0
    delay: float = field(default=FIRST_DELAY)
    sign: Callable[[int], object] | None = None
    """Asked with the process id for a sign of life: another one each time while it is well, None
    before the first. Nothing: only its end is noticed."""
    last_sign: object = None
    signed: float = 0.0
    """When the last sign was first seen, by the clock that never jumps."""


class Children:
    """Each in a process group of its own, so that a Ctrl-C reaches the supervisor alone."""

    def __init__(
        self,
        children: Sequence[Child],
        *,
        hung_seconds: float = 90.0,
        tell: Callable[[str, str], None] = lambda _name, _why: None,
    ) -> None:
        """``tell`` is told the name of a process that had to be started again, and why."""
        self._children = list(children)
        self._hung_seconds = hung_seconds
        self._tell = tell
        self._ties = {child.orphaned: tied_to_parent(child.orphaned) for child in children}

    def start(self) -> None:
        """Start all of them."""
        for child in self._children:
            self._start(child)

    def tend(self) -> None:
        """Start again what has ended or hangs, later and later while that goes on."""
        now = time.monotonic()
        for child in self._children:
            self._end_if_hung(child, now)
            if child.process is not None and child.process.poll() is not None:
                self._note_end(child, now)
            if child.process is None and now >= child.restart_at:
                self._start(child)

    def stop(self) -> None:
        """Ask all to end, wait, and kill what does not."""
        running = [child for child in self._children if child.process is not None]
        for child in running:
            _signal_group(child, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for child in running:
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("%s did not stop in %d s and is killed", child.name, STOP_SECONDS)
            _signal_group(child, signal.SIGKILL)
            child.process.wait()
            child.process = None

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(  # noqa: S603  the commands are ours
            child.command,
            cwd=child.folder,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=self._ties[child.orphaned],  # noqa: PLW1509  the supervisor has no threads
        )
        child.started = child.signed = time.monotonic()
        child.last_sign = None

    def _end_if_hung(self, child: Child, now: float) -> None:
        """A process that lives but gives no sign of it: what it holds is let go by its end.

        Signs are compared, never their times: a clock that jumps and a machine that slept make
        nobody look hung.
        """
        process = child.process
        if process is None or child.sign is None or process.poll() is not None:
            return
        sign = child.sign(process.pid)
        if sign is not None and sign != child.last_sign:
            child.last_sign, child.signed = sign, now
            return
        allowed = self._hung_seconds if child.last_sign is not None else START_SECONDS
        if now - child.signed < allowed:
            return
        log.error("%s (pid %d) hangs and is killed", child.name, process.pid)
        _signal_group(child, signal.SIGKILL)
        process.wait()
        self._note_end(child, now, f"it gave no sign of life for {allowed:.0f} s")

    def _note_end(self, child: Child, now: float, why: str = "") -> None:
        process = child.process
        if process is None:
            return
        _signal_group(child, signal.SIGKILL)  # what it left behind would hold ports and locks
        if now - child.started > STEADY_SECONDS:
            child.delay = FIRST_DELAY
        log.error(
            "%s (pid %d) ended with %s, starting it again in %.1f s",
            child.name,
            process.pid,
            _how(process.returncode),
            child.delay,
        )
        self._tell(child.name, why or f"it ended with {_how(process.returncode)}")
        child.process = None
        child.restart_at = now + child.delay
        child.delay = min(2 * child.delay, LONGEST_DELAY)


def _signal_group(child: Child, number: signal.Signals) -> None:
    if child.process is None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.process.pid, number)


def _how(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
