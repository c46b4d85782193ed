"""What ``shangdun up --demo`` adds: a shop with its traffic, watched and guarded like any other."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from pathlib import Path

import msgspec

from shangdun.kernel.config import Config, SourceConfig
from shangdun.kernel.errors import UsageError
from shangdun.lake.store.disk import replace_file
from shangdun.runtime.children import Child
from shangdun.runtime.web import address

DEMO_PORT = 8601
DEMO_FOLDER = Path(__file__).resolve().parents[3] / "examples" / "shop"
GUARD = "demo-shop"
GUARD_SOURCE = "shop-guard"
GUARD_FILE = "guard.json"
PROOF = {
    "url": f"http://127.0.0.1:{DEMO_PORT}",
    "search": "/search/?q=",
    "login": "/accounts/login/",
}
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  where the shop finds the console


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
    token = _guard_settings(home)["token"]
    return [
        SourceConfig(name="shop-access", format="combined", path=str(folder / "access.log")),
        SourceConfig(name="shop-events", format="shop", path=str(folder / "shop-events.jsonl")),
        SourceConfig(name=GUARD_SOURCE, format="ocsf", http=True, token=token),
    ]


def demo_environment(home: Path, config: Config, environ: Mapping[str, str]) -> dict[str, str]:
    """What ``up --demo`` sets for its children so that they watch the demo too.

    The demo asks for no second factor unless told otherwise, and acts on what it finds without
    asking: it shows, it does not protect.
    """
    names = {source.name for source in config.sources}
    added = [source for source in demo_sources(home) if source.name not in names]
    sources = msgspec.json.encode([*config.sources, *added]).decode()
    acts = {} if "mode" in config.protect else {"SHANGDUN_PROTECT__MODE": "act"}
    if "proof" not in config.protect:
        acts["SHANGDUN_PROTECT__PROOF"] = msgspec.json.encode(PROOF).decode()
    return {"SHANGDUN_WEB__MFA": "offered", **acts, **environ, "SHANGDUN_SOURCES": sources}


def introduce_guard(home: Path, config: Config) -> None:
    """Give the demo's guard a key, unless the one in its file is known; needs the records."""
    from shangdun.actions.change_enforcer import do_add_enforcer, do_issue_enforcer_key  # noqa: PLC0415  needs records.boot.start
    from shangdun.records.access import token_hash  # noqa: PLC0415  as above
    from shangdun.records.actor import SETUP  # noqa: PLC0415  as above
    from shangdun.records.models import Enforcer, EnforcerKind  # noqa: PLC0415  as above

    told = _guard_settings(home)
    host, port = address(config)
    host = EVERYWHERE.get(host, f"[{host}]" if ":" in host else host)
    row = Enforcer.objects.filter(name=GUARD).first()
    if row is None:
        _, told["key"] = do_add_enforcer(SETUP, name=GUARD, kind=EnforcerKind.GUARD)
    elif row.key_hash != token_hash(told.get("key", "")):
        told["key"] = do_issue_enforcer_key(SETUP, enforcer_id=row.pk)
    _write(home, {**told, "url": f"http://{host}:{port}", "source": GUARD_SOURCE})


def _guard_settings(home: Path) -> dict[str, str]:
    """As the demo's guard reads them; a token is made where there is none yet."""
    try:
        found = json.loads((home / "demo" / GUARD_FILE).read_text("utf-8"))
    except (OSError, ValueError):
        found = None
    if isinstance(found, dict) and found.get("token"):
        return {str(name): str(value) for name, value in found.items()}
    made = {"token": "sdt_" + secrets.token_urlsafe(32)}
    _write(home, made)
    return made


def _write(home: Path, told: Mapping[str, str]) -> None:
    path = home / "demo" / GUARD_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, json.dumps(told).encode())
    path.chmod(0o600)
