"""The console's web server."""

from __future__ import annotations

import importlib
import os
import signal
import threading
import time
from dataclasses import dataclass
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from shangdun.kernel.config import Config
from shangdun.kernel.errors import ConfigError
from shangdun.runtime.lifeline import tie_to
from shangdun.runtime.monitor.beat import Notifier
from shangdun.runtime.patience import THREADS, Patient
from shangdun.runtime.signs import answers

TARGET = "shangdun.console.wsgi:application"
BACKLOG = 1024


def address(config: Config) -> tuple[str, int]:
    """Host and port of ``web.bind``."""
    host, _, port = config.web.bind.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65_535:
        raise ConfigError(
            f"{config.web.bind!r} is no HOST:PORT", where="web.bind", fix="write 127.0.0.1:8600"
        )
    return host.strip("[]"), int(port)


def serve(config: Config) -> None:
    """Answer requests until SIGTERM or SIGINT."""
    host, port = address(config)
    server = Granian(
        TARGET,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=config.web.workers,
        blocking_threads=THREADS,
        backlog=BACKLOG,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
        log_access=False,
    )
    _answer_systemd(host, port)
    server.serve(target_loader=_Loader(os.getpid()))


def _answer_systemd(host: str, port: int) -> None:
    """Where systemd asks for signs of life, give one whenever the pages answer."""
    notifier = Notifier.of(os.environ)
    if not notifier.wanted:
        return

    def tell() -> None:
        while True:
            time.sleep(max(1.0, notifier.watchdog_seconds / 3))
            if answers(host, port):
                notifier.alive()

    threading.Thread(target=tell, name="watchdog", daemon=True).start()


@dataclass(frozen=True)
class _Loader:
    """Runs first in a worker: one whose server was killed must let go of the port."""

    server: int

    def __call__(self, target: str) -> Any:  # noqa: ANN401  a WSGI application has no type here
        tie_to(self.server, signal.SIGKILL)
        module, _, name = target.partition(":")
        # One request at a time: SQLite and the templates hold Python's lock anyway.
        return Patient(getattr(importlib.import_module(module), name))
