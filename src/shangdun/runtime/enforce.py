"""``shangdun enforce``: decisions into the firewall, the web server and what else is configured.

A process of its own, because it needs rights that nothing else needs: CAP_NET_ADMIN for nftables.
Each enforcer has a thread and follows the stream by itself, so a slow one holds up no other.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from shangdun.kernel.clock import SystemClock, to_millis
from shangdun.kernel.config import Config
from shangdun.kernel.errors import ConfigError
from shangdun.lake.collect.spool import Spool
from shangdun.lake.places import spool_folder
from shangdun.observe.event import SYSTEM, event
from shangdun.observe.settings import monitor_config
from shangdun.protect.enforcers.registry import PLACE, build, enforcer_settings
from shangdun.protect.enforcers.settings import EnforcerSettings
from shangdun.records import boot
from shangdun.runtime.enforce_follow import Follower
from shangdun.runtime.enforce_post import Poster
from shangdun.runtime.enforce_source import Records, Remote, Source
from shangdun.runtime.lock import only_one
from shangdun.runtime.monitor.addresses import AddressGuard
from shangdun.runtime.monitor.beat import Beat, Notifier, beat_path
from shangdun.runtime.monitor.emit import Emitter

log = logging.getLogger(__name__)

TURN_SECONDS = 0.2
HUNG_SECONDS = 180.0
"""A turn that lasts longer is no sign of life: longer than every timeout within it together."""
LOOK_SECONDS = 0.5


def configured(config: Config) -> bool:
    """Whether ``shangdun up`` has an enforcer to run."""
    return bool(enforcer_settings(config))


def enforce(
    home: Path, config: Config, stop: threading.Event, *, remote: tuple[str, str, str] | None = None
) -> None:
    """Put decisions in force until asked to stop.

    ``remote`` is address, key and certificate authority of ShangDun on another machine; else the
    records of this one are read. Raises ``Conflict`` if that is done already.
    """
    wanted = enforcer_settings(config)
    if not wanted:
        raise ConfigError("no enforcer is configured", where=PLACE, fix="see docs/enforcers.md")
    with only_one(home, "enforce"):
        if remote is None:
            boot.start()
            boot.migrate(home)
        post = Poster(AddressGuard(metadata=monitor_config(config).metadata_addresses))
        tell = teller(Emitter(Spool(spool_folder(home)), SYSTEM)) if remote is None else _no_tell
        runs = [
            Run(Follower(
                settings,
                build(settings, post),
                _source(settings, remote),
                clock=SystemClock(),
                tell=tell,
                background=ThreadPoolExecutor(1, f"look-{settings.called}"),
            ))
            for settings in wanted
        ]  # fmt: skip
        _drive(runs, stop, Beat(beat_path(home, "enforce"), Notifier.of(os.environ)))


def prepare(config: Config) -> list[str]:
    """Make what must be there before a server starts; gives the names of whom it was made for."""
    done = []
    for settings in enforcer_settings(config):
        make: Callable[[], None] | None = getattr(build(settings, _no_post), "prepare", None)
        if make is not None:
            make()
            done.append(settings.called)
    return done


def teller(emitter: Emitter) -> Callable[[str, str, dict[str, Any]], None]:
    """Makes events of our own of what happens to enforcers."""

    def tell(change: str, said: str, fields: dict[str, Any]) -> None:
        named = {f"enforcer__{name}": value for name, value in fields.items()}
        now = to_millis(SystemClock().now())
        emitter.emit(event("enforcer", now, said, enforcer__change=change, **named))

    return tell


class Run:
    """A follower and its thread."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower
        self._turned = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=follower.name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the change that is under way."""
        self._stop.set()

    def join(self, seconds: float) -> None:
        """Wait for the end."""
        self._thread.join(seconds)

    @property
    def well(self) -> bool:
        """Whether it turned not long ago."""
        return self._thread.is_alive() and time.monotonic() - self._turned < HUNG_SECONDS

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._follower.turn()
            except Exception:
                # an error nobody foresaw in one enforcer must not end the others
                log.exception("%s: a turn failed", self._follower.name)
                self._stop.wait(1.0)
            self._turned = time.monotonic()
            self._stop.wait(TURN_SECONDS)
        self._follower.stop()


def _drive(runs: list[Run], stop: threading.Event, beat: Beat) -> None:
    for run in runs:
        run.start()
    while not stop.wait(LOOK_SECONDS):
        if all(run.well for run in runs):
            beat.beat()
    for run in runs:
        run.stop()
    for run in runs:
        run.join(10.0)


def _source(settings: EnforcerSettings, remote: tuple[str, str, str] | None) -> Source:
    if remote is not None:
        url, key, ca_file = remote
        return Remote(url, key, ca_file=ca_file)
    return Records(settings.called, str(settings.__struct_config__.tag), SystemClock())


def _no_tell(change: str, said: str, fields: dict[str, Any]) -> None:
    """On another machine nobody reads a spool: the log has it, and a problem goes with the feed."""
    del change, said, fields


def _no_post(address: str, headers: dict[str, str], body: bytes) -> int:
    raise OSError(f"nothing is posted to {address} ({len(headers)} headers, {len(body)} bytes)")
