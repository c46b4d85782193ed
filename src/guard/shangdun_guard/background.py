"""The guard's own threads: begun in the process that serves, watched, and begun again."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable

Job = Callable[[], float]
"""Does a little; returns the seconds until it is to be called again, 0.0 for the usual time."""
log = logging.getLogger("shangdun.guard")


class Background:
    """One daemon thread a job. They begin with the first request, so behind every fork."""

    def __init__(self, jobs: dict[str, Job], every: float, began: Callable[[], None]) -> None:
        self._jobs = jobs
        self._every = every
        self._began = began
        self._process = 0
        self._threads: dict[str, threading.Thread] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._closed = False
        self._told: dict[str, str] = {}
        self.deaths = 0
        """Threads that were found dead and begun again."""
        self.failures = 0
        """Steps of jobs that raised what nobody expected."""

    def ensure(self) -> None:
        """Called with every request: cheap while all is well."""
        if self._process == os.getpid():
            for thread in self._threads.values():
                if not thread.is_alive():
                    break
            else:
                return
        self._begin()

    def close(self) -> None:
        """Stop the threads and begin none again."""
        self._closed = True
        self._stop.set()
        for thread in self._threads.values():
            thread.join(timeout=2.0)

    def after_fork(self) -> None:
        """In a child no thread of the parent runs, and its locks may be held for ever."""
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._process, self._threads = 0, {}

    def _begin(self) -> None:
        with self._lock:
            if self._closed:
                return
            if self._process != os.getpid():
                self._process, self._threads = os.getpid(), {}
                _warn_of_uwsgi()
                self._began()
            for name, job in self._jobs.items():
                before = self._threads.get(name)
                if before is not None and before.is_alive():
                    continue
                if before is not None:
                    self.deaths += 1
                    log.error("the thread %s had died and is begun again", name)
                thread = threading.Thread(
                    target=self._run, args=(name, job, self._stop), name=name, daemon=True
                )
                if _started(thread):
                    self._threads[name] = thread

    def _run(self, name: str, job: Job, stop: threading.Event) -> None:
        wait = 0.0
        while not stop.wait(wait):
            wait = self._step(name, job)

    def _step(self, name: str, job: Job) -> float:
        try:
            return job() or self._every
        except Exception as error:
            self.failures += 1
            if self._told.get(name) != repr(error):  # the same again every second helps nobody
                self._told[name] = repr(error)
                log.exception("%s failed and goes on", name)
            return 1.0


def _started(thread: threading.Thread) -> bool:
    try:
        thread.start()
    except RuntimeError:  # the machine has no thread to give, or the process is ending
        return False
    return True


def _warn_of_uwsgi() -> None:
    uwsgi = sys.modules.get("uwsgi")
    options = getattr(uwsgi, "opt", None) or {}
    if uwsgi is not None and not options.get("enable-threads") and not options.get("threads"):
        log.error("uWSGI runs without --enable-threads: no decision will arrive; add it")
