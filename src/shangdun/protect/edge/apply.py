"""Putting the edge in force: tested by nginx first, undone as a whole when it does not hold."""

from __future__ import annotations

import contextlib
import difflib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from shangdun.kernel.errors import ShangdunError, UsageError
from shangdun.protect.edge.render import HTTP_FILE, RULES_FILE, SERVER_FILE
from shangdun.protect.edge.tree import read_config

SECONDS = 60
OURS = (HTTP_FILE, SERVER_FILE, RULES_FILE)
_MODE = 0o644
_NGINX_USERS = ("www-data", "nginx", "http")


class Nginx(msgspec.Struct, frozen=True, kw_only=True):
    """The server that is told: program, configuration, and the folder the edge is written to."""

    program: str
    config: Path
    prefix: Path


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What became of it."""

    changed: list[str]
    """Files beneath the prefix; empty when all stood there already."""
    reloaded: bool


def find_nginx(prefix: Path) -> Nginx:
    """The nginx that Debian lays out, or another beneath ``prefix``. Raises ``UsageError``."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/sbin")
    config = prefix / "nginx.conf"
    if not program:
        raise UsageError("nginx is not installed", code="edge.nginx", fix="apt install nginx")
    if not config.is_file():
        raise UsageError(
            "there is no nginx.conf", code="edge.file", where=str(config), fix="give its --prefix"
        )
    return Nginx(program=program, config=config, prefix=prefix)


def differences(files: Mapping[str, str], prefix: Path) -> Iterator[str]:
    """What would change, as a unified diff."""
    for name in OURS:
        path = prefix / name
        old = path.read_text("utf-8") if path.is_file() else ""
        new = files.get(name, "")
        yield from difflib.unified_diff(
            old.splitlines(keepends=True), new.splitlines(keepends=True), str(path), str(path)
        )


def apply(files: Mapping[str, str], nginx: Nginx) -> Applied:
    """Write the files, have nginx test the whole, reload it; else put back what was there.

    A reload drops no connection: old workers finish what they have. Raises ``ShangdunError`` with
    nginx's own words when the test or the reload fails; then nothing is changed.
    """
    before = {name: _read(nginx.prefix / name) for name in OURS}
    wanted = {name: files[name].encode() if name in files else None for name in OURS}
    changed = [name for name in OURS if before[name] != wanted[name]]
    if RULES_FILE in files:
        _private_folder(nginx.prefix / RULES_FILE)
    try:
        for name in changed:
            _put(nginx.prefix / name, wanted[name])
        _run(nginx, "-t")
        reloaded = bool(changed) and _is_running(nginx)
        if reloaded:
            _run(nginx, "-s", "reload")
    except BaseException:
        for name in changed:
            _put(nginx.prefix / name, before[name])
        raise
    return Applied(changed=changed, reloaded=reloaded)


def open_decisions(folder: Path) -> None:
    """Empty files where the enforcer has written none yet: nginx starts without a decision."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    for name in ("http.conf", "server.conf"):
        if not (folder / name).exists():
            _put(folder / name, b"# No decisions yet: `shangdun enforce` writes them.\n")


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _put(path: Path, data: bytes | None) -> None:
    """Whole or not at all, also when the power fails."""
    if data is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(_MODE)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _private_folder(rules: Path) -> None:
    """Where ModSecurity keeps bodies while it reads them: its workers' and nobody else's."""
    folder = rules.parent / "private"
    folder.mkdir(parents=True, exist_ok=True)
    rules.parent.chmod(0o755)
    folder.chmod(0o700)
    if os.geteuid() == 0:
        for user in _NGINX_USERS:
            with contextlib.suppress(KeyError):
                os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
                return


def _run(nginx: Nginx, *arguments: str) -> None:
    command = [nginx.program, "-c", str(nginx.config), *arguments]
    done = subprocess.run(  # noqa: S603  our own words alone, and no shell
        command, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if done.returncode:
        words = [line for line in done.stderr.splitlines() if "[emerg]" in line or "error" in line]
        raise ShangdunError(
            "; ".join(words[:3]) or done.stderr.strip()[-500:] or "nginx refused it",
            code="edge.refused",
            where=str(nginx.config),
            fix="nothing was changed; mend what nginx names and apply again",
        )


def _is_running(nginx: Nginx) -> bool:
    """By the pid file that this very configuration names."""
    named = [one.args[0] for one in read_config(nginx.config).root.own("pid") if one.args]
    path = Path(named[-1] if named else "/run/nginx.pid")
    try:
        os.kill(int(path.read_text("ascii")), 0)
    except (OSError, ValueError):
        return False
    return True
