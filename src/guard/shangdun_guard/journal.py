"""The last known decisions on disk, so that a shop that starts without ShangDun still enforces.

A file of lines, each ``crc32 JSON``: first a whole set, then every change since. A change costs
one short line however many decisions there are; when changes outweigh the set, it is written anew
aside and renamed into place. What a crash or a bad disk left unreadable ends the reading there:
the feed is then asked from the last readable change on.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from shangdun_guard.client import Feed
from shangdun_guard.decisions import Decision

NAME = "decisions.journal"
LOCK = "decisions.lock"
ROWS = 1000
"""Decisions a line of the whole set."""
SMALLEST = 1 << 20
"""Bytes of changes that are never worth a rewrite."""
log = logging.getLogger("shangdun.guard")


class Journal:
    """One file a machine; of several processes one writes, all read at their start."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._lock_path = folder / LOCK
        self._lock = -1
        self._file = -1
        self._whole = 0
        self._changes = 0
        self._head = 0

    def load(self) -> list[Feed]:
        """What is known, as the changes that made it; empty where nothing is readable."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            log.warning("last known decisions cannot be read: %s", error)
            return []
        found = []
        lines = data.split(b"\n")
        for number, line in enumerate(lines[:-1], start=1):
            feed = _read_line(line)
            if feed is None:
                log.warning("%s: line %d is damaged; the rest is ignored", self._path, number)
                break
            found.append(feed)
        return found if found and found[0].full else []

    def own(self) -> bool:
        """Become the process that writes; True while it is."""
        if self._lock >= 0:
            return True
        descriptor = -1
        try:
            self._lock_path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_CREAT | os.O_RDWR | os.O_CLOEXEC
            descriptor = os.open(self._lock_path, flags, 0o600)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if descriptor >= 0:
                os.close(descriptor)
            return False
        self._lock = descriptor
        return True

    def note(self, feed: Feed, held: Iterable[Decision]) -> None:
        """Keep a change; ``held`` is everything in force after it. Raises ``OSError``."""
        if feed.full or self._file < 0 or self._changes > max(self._whole, SMALLEST):
            self._write_whole(feed.head, feed.settings, held)
            return
        for part in _parts(feed, self._head):
            self._changes += os.write(self._file, _line(part))
        os.fsync(self._file)
        self._head = feed.head

    def close(self) -> None:
        """Let go of the file and of the right to write it."""
        for descriptor in (self._file, self._lock):
            if descriptor >= 0:
                os.close(descriptor)
        self._file = self._lock = -1

    def _write_whole(self, head: int, settings: dict[str, Any], held: Iterable[Decision]) -> None:
        rows = [one._asdict() for one in held]
        aside = self._path.with_suffix(".new")
        flags = os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC
        descriptor = os.open(aside, flags, 0o600)
        try:
            size = 0
            for part in _parts(Feed(head, True, rows, [], settings), 0):  # noqa: FBT003  a field
                size += os.write(descriptor, _line(part))
            os.fsync(descriptor)
            aside.replace(self._path)
            _sync_folder(self._path.parent)
        except BaseException:
            os.close(descriptor)
            raise
        if self._file >= 0:
            os.close(self._file)
        self._file, self._whole, self._changes, self._head = descriptor, size, 0, head


def _parts(feed: Feed, before: int) -> Iterator[Feed]:
    """A change in pieces that are short to write; only the last one claims the change's number."""
    rows = feed.added
    yield feed._replace(head=before if len(rows) > ROWS else feed.head, added=rows[:ROWS])
    for start in range(ROWS, len(rows), ROWS):
        last = start + ROWS >= len(rows)
        head = feed.head if last else before
        yield Feed(head, full=False, added=rows[start : start + ROWS], removed=[], settings={})


def _line(feed: Feed) -> bytes:
    data = json.dumps(feed._asdict(), ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )
    return b"%08x %s\n" % (zlib.crc32(data), data)


def _read_line(line: bytes) -> Feed | None:
    check, _, data = line.partition(b" ")
    try:
        if int(check, 16) != zlib.crc32(data):
            return None
        return Feed(**json.loads(data.decode("utf-8", "surrogatepass")))
    except (ValueError, TypeError):
        return None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
