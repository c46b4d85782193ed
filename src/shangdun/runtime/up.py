"""``shangdun up``: everything on this machine, from one command, until Ctrl-C."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from shangdun.kernel.config import Config
from shangdun.observe.settings import monitor_config
from shangdun.records import boot
from shangdun.runtime.children import Child, Children
from shangdun.runtime.demo import demo_child, demo_environment, introduce_guard
from shangdun.runtime.enforce import configured
from shangdun.runtime.lock import only_one
from shangdun.runtime.monitor.beat import Beat, Notifier
from shangdun.runtime.monitor.restarted import Restarted
from shangdun.runtime.records import first_administrator
from shangdun.runtime.signs import sign_of_beat, sign_of_watch, sign_of_web
from shangdun.runtime.stop import stop_on_signals
from shangdun.runtime.web import address

log = logging.getLogger(__name__)

TEND_SECONDS = 0.5
FIRST_SIGN = "secret.key"
"""What the first start leaves in the home directory; tables and rules are prepared only then."""
ROLES = ("web", "watch", "jobs")


def up(home: Path, config: Config, *, demo: bool, tell: Callable[[str], None]) -> None:
    """Prepare the home directory, run everything, and stop it all on SIGTERM or SIGINT.

    Raises ``Conflict`` when another server runs on this home directory.
    """
    stop = stop_on_signals()
    with only_one(home, "up"):
        shop = []
        if demo:
            os.environ.update(demo_environment(home, config, os.environ))
            shop.append(demo_child(home))
        if not (home / FIRST_SIGN).exists():
            tell("preparing the first start, which takes about a minute …")
        settings = monitor_config(config)
        notifier = Notifier.of(os.environ)
        boot.start()
        boot.migrate(home)
        if demo:
            introduce_guard(home, config)
        account = first_administrator()
        signs = _signs(home, config)
        roles = [*ROLES, "enforce"] if configured(config) else ROLES
        children = Children(
            [*(role_child(role, signs[role]) for role in roles), *shop],
            hung_seconds=settings.hung_seconds,
            tell=Restarted(home).note,
        )
        children.start()
        beat = Beat(None, notifier)
        try:
            _welcome(config, account, tell)
            while not stop.wait(TEND_SECONDS):
                children.tend()
                beat.beat()
            tell("stopping…")
        finally:
            notifier.stopping()
            children.stop()
    tell("stopped; everything taken in is stored")


def _signs(home: Path, config: Config) -> dict[str, Callable[[int], object]]:
    return {
        "web": sign_of_web(*address(config)),
        "watch": sign_of_watch(home),
        "jobs": sign_of_beat(home, "jobs"),
        "enforce": sign_of_beat(home, "enforce"),
    }


def role_child(role: str, sign: Callable[[int], object] | None = None) -> Child:
    """One of our own processes; it reads the same home directory and environment."""
    # Granian does not always end on SIGTERM when its worker is gone at the same moment; an orphan
    # would hold the port, and a web server has nothing to write before its end.
    orphaned = signal.SIGKILL if role == "web" else signal.SIGTERM
    return Child(role, [sys.executable, "-m", "shangdun.cli", role], orphaned=orphaned, sign=sign)


def _welcome(config: Config, account: tuple[str, str] | None, tell: Callable[[str], None]) -> None:
    host, port = address(config)
    host = f"[{host}]" if ":" in host else host
    tell(f"ShangDun 商盾 is at http://{host}:{port}/ (Ctrl-C stops it)")
    if account:
        tell(f"sign in as {account[0]} with the one-time password {account[1]}")
        tell("it is shown this once and must be changed at the first sign-in")
