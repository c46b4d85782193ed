"""A first look at a source: which format a sample is in, what is read from it and what is not.

A path is read only by who may manage sources, only inside the folders that ``web.log_folders``
opens, only from regular files, and only the last part of them. Without that, whoever takes over an
administrator's session could read every file that the service can read.
"""

from __future__ import annotations

import glob
import os
import stat
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from shangdun.kernel.errors import UsageError
from shangdun.lake.parse import sniff
from shangdun.lake.preview import preview
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.roles import Capability

SAMPLE_BYTES = 128 << 10
ROWS_SHOWN = 5
DEAD_SHOWN = 10
FILES_MATCHED = 200


@dataclass
class Look:
    """What a sample gave: `rows` are the first events as (column, value) pairs."""

    format: str = ""
    guessed: bool = False
    lines: int = 0
    events: int = 0
    dead: int = 0
    rows: list[list[tuple[str, Any]]] = field(default_factory=list)
    problems: list[tuple[int, str, str]] = field(default_factory=list)
    """Line, reason and text of what could not be read."""
    file: str = ""

    @property
    def share(self) -> int:
        return round(100 * self.events / max(1, self.events + self.dead))


def look_at(sample: bytes, format_name: str) -> Look:
    """Read a sample with a format, or with the one that it seems to be in when none is named."""
    sample = sample[:SAMPLE_BYTES]
    name = format_name or sniff(sample) or ""
    if not name:
        return Look(lines=len(sample.splitlines()))
    zone = ZoneInfo(settings.CONFIG.web.time_zone)
    shown = preview(sample, name, limit=DEAD_SHOWN, zone=zone)
    return Look(
        format=name,
        guessed=not format_name,
        lines=len(sample.splitlines()),
        events=shown.events,
        dead=shown.unreadable,
        rows=[list(row.fields.items()) for row in shown.rows[:ROWS_SHOWN]],
        problems=[
            (letter.line, letter.reason, letter.raw[:500].decode("utf-8", "backslashreplace"))
            for letter in shown.dead
        ],
    )


def allowed_glob(actor: Actor, pattern: str) -> str:
    """The pattern with its folder resolved; ``UsageError`` where the console may not look."""
    require(actor, Capability.MANAGE_SOURCES)
    path = Path(pattern)
    fixed = Path(*[part for part in path.parts[:-1] if not glob.has_magic(part)])
    wild = any(glob.has_magic(part) for part in path.parts[:-1])
    if not path.is_absolute() or "\0" in pattern or wild or path.name in {"", ".."}:
        raise _closed()
    folder = Path(os.path.realpath(fixed))
    if not any(
        folder.is_relative_to(os.path.realpath(root)) for root in settings.CONFIG.web.log_folders
    ):
        raise _closed()
    return str(folder / path.name)


def read_sample(actor: Actor, pattern: str) -> tuple[str, bytes]:
    """The newest file that matches and the end of it, from a line's start."""
    allowed = allowed_glob(actor, pattern)
    names = glob.glob(allowed)[:FILES_MATCHED]  # noqa: PTH207 - the pattern is absolute
    files = [name for name in names if stat.S_ISREG(os.lstat(name).st_mode)]
    if not files:
        raise _unreadable()
    newest = max(files, key=lambda name: os.lstat(name).st_mtime)
    try:
        return newest, _tail_of(newest)
    except (OSError, zlib.error) as error:
        raise _unreadable() from error


def _tail_of(name: str) -> bytes:
    # Not through a link that appeared since, and never waiting on a pipe or a device.
    descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise OSError("not a regular file")
        if name.endswith(".gz"):
            return zlib.decompressobj(wbits=31).decompress(file.read(SAMPLE_BYTES), SAMPLE_BYTES)
        start = max(0, about.st_size - SAMPLE_BYTES)
        file.seek(start)
        data = file.read(SAMPLE_BYTES)
        return data.partition(b"\n")[2] if start else data


def _closed() -> UsageError:
    return UsageError(
        "this folder is not open to the console",
        code="source.folder",
        fix="add it to web.log_folders in shangdun.toml",
    )


def _unreadable() -> UsageError:
    return UsageError("no file that can be read", code="source.file", fix="check the path")
