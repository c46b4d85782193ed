"""``shangdun up``: everything on this machine, from one command, until Ctrl-C."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from shangdun.kernel.config import Config, SourceConfig
from shangdun.kernel.errors import UsageError
from shangdun.observe.settings import monitor_config
from shangdun.records import boot
from shangdun.runtime.children import Child, Children
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
ROLES = ("web", "watch", "jobs")

DEMO_PORT = 8601
DEMO_FOLDER = Path(__file__).resolve().parents[3] / "examples" / "shop"


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
        settings = monitor_config(config)
        notifier = Notifier.of(os.environ)
        boot.start()
        boot.migrate(home)
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


def demo_child(home: Path, folder: Path = DEMO_FOLDER) -> Child:
    """The shop with its traffic, in its own environment."""
    python = folder / ".venv" / "bin" / "python"
    if not python.exists():
        raise UsageError(
            "the demo shop is not set up",
            code="usage.demo",
            where=str(folder),
            fix="run `make run` in a checkout; an installed package comes without the demo",
        )
    script = str(folder / "demo.py")
    command = [str(python), script, "--home", str(home), "--port", str(DEMO_PORT)]
    return Child("demo", command, folder)


def demo_sources(home: Path) -> list[SourceConfig]:
    """What the demo writes, as a shop's own ``shangdun.toml`` would name it."""
    folder = home / "demo"
    return [
        SourceConfig(name="shop-access", format="combined", path=str(folder / "access.log")),
        SourceConfig(name="shop-events", format="shop", path=str(folder / "shop-events.jsonl")),
    ]


def demo_environment(home: Path, config: Config, environ: Mapping[str, str]) -> dict[str, str]:
    """What ``up --demo`` sets for its children so that they watch the demo too.

    The demo asks for no second factor unless told otherwise: it shows, it does not protect.
    """
    names = {source.name for source in config.sources}
    added = [source for source in demo_sources(home) if source.name not in names]
    sources = msgspec.json.encode([*config.sources, *added]).decode()
    return {"SHANGDUN_WEB__MFA": "offered", **environ, "SHANGDUN_SOURCES": sources}


def _welcome(config: Config, account: tuple[str, str] | None, tell: Callable[[str], None]) -> None:
    host, port = address(config)
    host = f"[{host}]" if ":" in host else host
    tell(f"ShangDun 商盾 is at http://{host}:{port}/ (Ctrl-C stops it)")
    if account:
        tell(f"sign in as {account[0]} with the one-time password {account[1]}")
        tell("it is shown this once and must be changed at the first sign-in")
