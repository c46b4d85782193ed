"""Reports kept in files until the records take them: nobody's report is lost.

``$SHANGDUN_HOME/spool/reports/<uid>.json``, written whole or not at all and on the disk (fsync)
before anybody is told that it is kept. The uid is made by whoever fills the form in, so that the
same report handed in twice is one.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
from datetime import datetime
from pathlib import Path

import msgspec

from shangdun.kernel.errors import ParseError, StoreError
from shangdun.kernel.ids import content_id
from shangdun.lake.store.disk import DISK_FULL, replace_file
from shangdun.respond.report import LONGEST_TITLE, Report

FOLDER = Path("spool") / "reports"
UNREADABLE = "unreadable"
RESERVE = ".reserve"
RESERVE_BYTES = 1 << 20
"""Kept back on a healthy day: a full disk still takes the reports of the night it fills."""
MOST_OF_STRANGERS = 5_000
"""Reports without an account that may wait: a gigabyte at worst, while nobody takes them in."""
LONGEST = 20_000
LONGEST_CONTACT = 200
STRANGERS = frozenset({"link", "api"})
_UID = re.compile(r"[0-9a-f]{32}")
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A report as it was handed in. ``reporter`` is a person's id, 0 for somebody without account.

    ``contact`` is how whoever reported can be reached; ``via`` page, link, api or cli.
    """

    uid: str
    via: str
    received_at: datetime
    title: str
    type: str
    severity: int
    occurred_at: datetime | None = None
    affected: str = ""
    description: str = ""
    reporter: int = 0
    contact: str = ""

    @property
    def receipt(self) -> str:
        return receipt_of(self.uid)

    def report(self) -> Report:
        """What is opened as an incident."""
        return Report(
            title=self.title,
            type=self.type,
            severity=self.severity,
            occurred_at=self.occurred_at,
            affected=self.affected,
            description=self.description,
        )


def new_uid() -> str:
    """32 hex digits nobody else has."""
    return secrets.token_hex(16)


def uid_from(text: str) -> str:
    """A form's own uid, or a new one where it sent none that is."""
    return text if _UID.fullmatch(text) else new_uid()


def receipt_of(uid: str) -> str:
    """The number people are told: ``R-7K3M-9QXA``. It gives nothing away."""
    number = int(content_id("receipt", uid), 16)
    marks = ""
    for _ in range(8):
        number, mark = divmod(number, len(_ALPHABET))
        marks += _ALPHABET[mark]
    return f"R-{marks[:4]}-{marks[4:]}"


def kept_from(
    report: Report,
    *,
    uid: str,
    via: str,
    at: datetime,
    reporter: int = 0,
    contact: str = "",
) -> Kept:
    """Cut to what a form would take, never refused: a report that is too long is still one."""
    return Kept(
        uid=uid_from(uid),
        via=via,
        received_at=at,
        title=report.title[:LONGEST_TITLE],
        type=report.type,
        severity=int(report.severity),
        occurred_at=report.occurred_at,
        affected=report.affected[:LONGEST],
        description=report.description[:LONGEST],
        reporter=reporter,
        contact=contact[:LONGEST_CONTACT],
    )


def keep(home: Path, kept: Kept) -> None:
    """Return once it is on the disk.

    Raises ``StoreError``: ``report.full`` when the disk is, or too many of strangers wait.
    """
    path = home / FOLDER / f"{kept.uid}.json"
    if kept.via in STRANGERS and not kept.reporter and _many(path.parent):
        raise StoreError(
            "too many reports wait", code="report.full", where=str(path), fix="call the group"
        )
    data = msgspec.json.encode(kept)
    try:
        _write(path, data)
    except StoreError as error:
        if error.code != DISK_FULL:
            raise
        try:
            (home / FOLDER / RESERVE).unlink(missing_ok=True)
            _write(path, data)
        except (StoreError, OSError) as full:
            raise StoreError(
                "the disk is full",
                code="report.full",
                where=str(path),
                fix="call the response group",
            ) from full
    else:
        _hold_back(home)


def _many(folder: Path) -> bool:
    try:
        with os.scandir(folder) as found:
            return sum(1 for _ in found) >= MOST_OF_STRANGERS
    except OSError:
        return False


def waiting(home: Path) -> list[Path]:
    """The reports that the records have not taken yet, in the order of their arrival."""
    found = [path for path in (home / FOLDER).glob("*.json") if _UID.fullmatch(path.stem)]
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name))


def read_kept(path: Path) -> Kept:
    """Raises ``ParseError`` (code ``report.unreadable``) for a file that is no report."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Kept)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeError) as error:
        raise ParseError(
            str(error), code="report.unreadable", where=str(path), fix="read it by hand"
        ) from error


def put_aside(path: Path) -> None:
    """A file that is no report waits for a person; ``shangdun doctor`` names it."""
    aside = path.parent / UNREADABLE
    aside.mkdir(mode=0o700, exist_ok=True)
    path.replace(aside / path.name)


def unreadable(home: Path) -> list[Path]:
    return sorted((home / FOLDER / UNREADABLE).glob("*.json"))


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_file(path, data)


def _hold_back(home: Path) -> None:
    reserve = home / FOLDER / RESERVE
    if reserve.exists():
        return
    try:
        reserve.write_bytes(b"\0" * RESERVE_BYTES)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise StoreError(str(error), where=str(reserve), fix="look at the folder") from error
        reserve.unlink(missing_ok=True)
