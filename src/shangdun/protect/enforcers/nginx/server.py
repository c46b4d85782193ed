"""nginx as it runs: the files are changed as a whole, tried, and taken over without a cut."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Collection, Iterator
from pathlib import Path

from shangdun.protect.enforcers.due import Change, Due, Range, Slot
from shangdun.protect.enforcers.enforcer import EnforcerError, Present, refused
from shangdun.protect.enforcers.nginx import files
from shangdun.protect.enforcers.nginx.settings import NginxSettings
from shangdun.protect.target import ON_THE_WIRE, TargetKind

log = logging.getLogger(__name__)

TEST_SECONDS = 30.0
TAKEN_SECONDS = 10.0
LOOK_SECONDS = 0.02
MANY_WORKERS = 8
"""Old workers wait for their last connections; beyond these, reloads come further apart."""
SLOWER_SECONDS = 2.0
EMPTY = Due(Range(frozenset(), frozenset()))


class Nginx:
    """One nginx, whose configuration includes ``http.conf`` and ``server.conf`` of the folder.

    ``current`` is a link to the folder of the files in force. It is turned in one step, so that a
    reader, or a crash, meets the files of before or of after and never some of each.
    """

    def __init__(self, settings: NginxSettings) -> None:
        self._settings = settings
        self._folder = Path(settings.folder)
        self.able = Range(
            frozenset(files.MEASURES),
            ON_THE_WIRE | frozenset(map(TargetKind, settings.variables)),
        )
        self.rest_seconds = settings.reload_seconds
        self._lines = files.Lines(settings)
        self._told: set[Slot] = set()

    @property
    def left_out(self) -> set[Slot]:
        """Values that nginx might read as something else than a value."""
        return self._lines.left_out

    def prepare(self) -> None:
        """Files that nothing is in, where there are none: nginx does not start without them."""
        if not (self._folder / "current").exists():
            with _told(self._folder):
                self._folder.mkdir(mode=0o755, parents=True, exist_ok=True)
                self._frame()
                _turn(self._folder / "current", self._fresh(self._lines.names(), ""))

    def replace(self, due: Due, now: int) -> None:
        """All files anew, and a reload whether or not they differ."""
        del now
        self._lines = files.Lines(self._settings)
        for slot, _until in due.slots():
            self._lines.put(slot, due.appeal(slot))
        self._complain()
        with _told(self._folder):
            self._folder.mkdir(mode=0o755, parents=True, exist_ok=True)
            former = self._frame()
        self._take_over(self._lines.names(), former)

    def apply(self, change: Change, due: Due, now: int) -> None:
        """The files of what changed, and a reload."""
        del now
        for slot in change.drop:
            self._lines.drop(slot)
        for slot in change.put:
            self._lines.put(slot, due.appeal(slot))
        self._complain()
        touched = {files.name_of(slot) for slot in (*change.put, *change.drop)}
        self._take_over(touched, {})

    def present(self) -> Present:
        """What the files say, and whether nginx reads them."""
        slots: set[Slot] = set()
        current = self._folder / "current"
        for name in files.names(self._settings):
            with contextlib.suppress(OSError):
                slots.update(files.read(name, (current / name).read_text("utf-8")))
        return Present(frozenset(slots), self._trouble())

    def clear(self, now: int) -> None:
        """Empty files, and a reload."""
        self.replace(EMPTY, now)

    def _frame(self) -> dict[Path, str | None]:
        """Write what the configuration includes; gives what stood there, to go back to."""
        former: dict[Path, str | None] = {}
        for name, text in (
            ("http.conf", files.http_conf(self._settings)),
            ("server.conf", files.server_conf(self._settings)),
        ):
            path = self._folder / name
            before = path.read_text("utf-8") if path.exists() else None
            if before != text:
                former[path] = before
                _write(path, text)
        return former

    def _complain(self) -> None:
        if self.left_out - self._told:
            log.error("%s: %s", self._settings.called, refused(self.left_out))
        self._told = set(self.left_out)

    def _take_over(self, touched: Collection[str], former: dict[Path, str | None]) -> None:
        link = self._folder / "current"
        with _told(self._folder):
            before = link.readlink().name if link.is_symlink() else ""
            fresh = self._fresh(touched, before)
            _turn(link, fresh)
        try:
            self._try()
        except EnforcerError:
            with _told(self._folder):
                if before:
                    _turn(link, before)
                for path, text in former.items():
                    if text is not None:
                        _write(path, text)
            raise
        self._reload()
        self._sweep({fresh, before})

    def _fresh(self, touched: Collection[str], before: str) -> str:
        """A folder with all files: those touched written, the others the same as before."""
        name = f"v{time.time_ns():x}"
        folder = self._folder / name
        folder.mkdir(mode=0o755)
        folder.chmod(0o755)  # whatever the umask: nginx's workers are somebody else
        for file in self._lines.names():
            old = self._folder / before / file
            if file in touched or not before or not old.exists():
                _write(folder / file, self._lines.text(file))
            else:
                os.link(old, folder / file)
        return name

    def _sweep(self, kept: set[str]) -> None:
        for folder in self._folder.glob("v*"):
            if folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)

    def _try(self) -> None:
        done = _run(self._settings.test)
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            wrong = [line for line in said if "[emerg]" in line or "[error]" in line]
            raise EnforcerError(
                f"nginx refuses its configuration: {(wrong or said or [''])[0][:300]}",
                fix="run `nginx -t`; what was in force before still is",
            )

    def _reload(self) -> None:
        master = self._master()
        if master is None:
            return  # it reads the files when it starts; `present` says that it does not run
        before = _workers(master)
        if self._settings.reload:
            done = _run(self._settings.reload)
            if done.returncode:
                told = done.stderr.decode("utf-8", "replace").strip()[:300]
                raise EnforcerError(f"nginx was not reloaded: {told}", fix="see the log of nginx")
        else:
            try:
                os.kill(master, signal.SIGHUP)
            except PermissionError as error:
                raise EnforcerError(
                    f"process {master} may not be told to reload",
                    fix="set `reload`, see docs/enforcers.md",
                ) from error
        self._wait(master, before)

    def _wait(self, master: int, before: dict[int, bool]) -> None:
        """Until every worker of before takes no new connection and others do."""
        end = time.monotonic() + TAKEN_SECONDS
        while time.monotonic() < end:
            now = _workers(master)
            others = now.keys() - before.keys()
            if (others or not before) and all(now[pid] for pid in before.keys() & now.keys()):
                many = sum(now.values()) > MANY_WORKERS
                self.rest_seconds = SLOWER_SECONDS if many else self._settings.reload_seconds
                return
            time.sleep(LOOK_SECONDS)
        raise EnforcerError(
            f"nginx did not take the new files over within {TAKEN_SECONDS:.0f} s",
            fix="see the error log of nginx",
        )

    def _master(self) -> int | None:
        try:
            number = int(Path(self._settings.pid).read_text())
            name = Path(f"/proc/{number}/comm").read_text().strip()
        except (OSError, ValueError):
            return None
        return number if name == "nginx" else None

    def _trouble(self) -> str:
        if self._master() is None:
            return "nginx does not run"
        done = _run([*self._settings.test, "-T"])
        read = f"# configuration file {self._folder}/".encode()
        for name in ("http.conf", "server.conf"):
            if not done.returncode and read + name.encode() + b":" not in done.stdout:
                return f"the configuration of nginx does not include {self._folder}/{name}"
        return ""


def _workers(master: int) -> dict[int, bool]:
    """The worker processes, and whether each is on its way out."""
    found = {}
    with contextlib.suppress(OSError):
        for word in Path(f"/proc/{master}/task/{master}/children").read_text().split():
            with contextlib.suppress(OSError):
                title = Path(f"/proc/{word}/cmdline").read_bytes()
                if b"worker process" in title:
                    found[int(word)] = b"shutting down" in title
    return found


def _turn(link: Path, target: str) -> None:
    fresh = link.with_name("current.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)


def _write(path: Path, text: str) -> None:
    """As a whole, and readable for nginx's workers, whatever the umask."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fchmod(file.fileno(), 0o644)
        os.fsync(file.fileno())
    fresh.replace(path)


def _run(words: list[str]) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603  from shangdun.toml, whose owner runs this process
            words, capture_output=True, check=False, timeout=TEST_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EnforcerError(
            f"{words[0]} cannot be run: {error}", fix="name it in [[protect.enforcers]]"
        ) from error


@contextlib.contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Trouble with the disk becomes an error that says where."""
    try:
        yield
    except OSError as error:
        raise EnforcerError(
            error.strerror or str(error),
            where=str(folder),
            fix="give the folder to the user that `shangdun enforce` runs as",
        ) from error
