"""Signs of life: what a process gives, and how its supervisor and systemd read them."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import MutableMapping
from pathlib import Path

BEAT_SECONDS = 1.0


def beat_path(home: Path, role: str) -> Path:
    """Where a process without a health file of its own beats."""
    return home / "run" / f"{role}.beat"


class Beat:
    """Writes a new sign at most once a second, and tells systemd if that asks."""

    def __init__(self, path: Path | None, notifier: Notifier) -> None:
        self._path = path
        self._notifier = notifier
        self._next = 0.0
        self._count = 0

    def beat(self) -> None:
        """Give a sign; a disk that is full must not end the process."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + BEAT_SECONDS
        self._count += 1
        self._notifier.alive()
        if self._path:
            with contextlib.suppress(OSError):
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._path.write_text(f"{os.getpid()} {self._count}\n")


class Notifier:
    """sd_notify(3) where systemd asks for it; else nothing."""

    def __init__(self, address: str = "", watchdog_seconds: float = 0.0) -> None:
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self.watchdog_seconds = watchdog_seconds
        self._ready = False

    @classmethod
    def of(cls, environ: MutableMapping[str, str]) -> Notifier:
        """As the environment says; the variables are taken out, children are not meant by them."""
        address = environ.pop("NOTIFY_SOCKET", "")
        micros, pid = environ.pop("WATCHDOG_USEC", ""), environ.pop("WATCHDOG_PID", "")
        meant = not pid or pid == str(os.getpid())
        return cls(address, int(micros) / 1e6 if micros.isdecimal() and meant else 0.0)

    @property
    def wanted(self) -> bool:
        """Whether anybody listens."""
        return bool(self._address)

    def alive(self) -> None:
        """Say that it works; the first time also that it is ready."""
        self._send("WATCHDOG=1" if self._ready else "READY=1\nWATCHDOG=1")
        self._ready = True

    def stopping(self) -> None:
        """Say that it is about to end."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        with (
            contextlib.suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out,
        ):
            out.settimeout(1.0)
            out.sendto(message.encode(), self._address)
