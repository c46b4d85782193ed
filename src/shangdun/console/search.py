"""Searches for pages: what the address asks for, and the process that answers it.

A search runs apart from the web server in a folder of its own under ``run/searches``; any worker
can read there how it goes. It ends by itself when nobody looks.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.http import QueryDict
from django.utils import timezone

from shangdun.kernel.errors import NotFound, StoreError, UsageError
from shangdun.lake.places import lake_folder
from shangdun.lake.query import ask
from shangdun.lake.query.ask import Question
from shangdun.lake.query.fields import column_of
from shangdun.lake.query.request import (
    Done,
    Exported,
    Facet,
    Failed,
    Histogram,
    Request,
    Rows,
    Update,
)
from shangdun.lake.query.times import moment_of
from shangdun.lake.store import Lake
from shangdun.records.models import User

DEFAULT_SINCE = "-24h"
ROWS = 100
MOST_AT_ONCE = 4
KEPT_SECONDS = 3600
EXPORTS_KEPT = 3
"""Of one person; the oldest goes when another begins."""
FIRST_ANSWER_SECONDS = 1.0
FACETS = (
    "source",
    "src_endpoint.ip",
    "user.name",
    "http_response.code",
    "http_request.url.path",
    "class_uid",
)
LONGEST = 20_000
LONGEST_END = 128 << 10
"""Bytes that the last update of a search may have: an error tells the statement."""


@dataclass(frozen=True)
class Wanted:
    """A search as it stands in an address."""

    q: str = ""
    since: str = DEFAULT_SINCE
    until: str = ""
    sql: bool = False
    columns: tuple[str, ...] = ()
    facet: str = ""
    asked: bool = False

    def question(self, **more: Any) -> Question:  # noqa: ANN401  what a question has beside
        """What the process is asked; raises ``UsageError``."""
        zone = ZoneInfo(settings.CONFIG.web.time_zone)
        now = timezone.now()
        return Question(
            text=self.q,
            since=moment_of(self.since or "2000-01-01", now=now, zone=zone),
            until=moment_of(self.until or "now", now=now, zone=zone),
            sql=self.sql,
            zone=zone,
            columns=self.columns,
            **more,
        )

    def facets(self) -> tuple[str, ...]:
        """Those that are always shown, and the one asked for, which then comes first."""
        own = tuple(name for name in FACETS if name != self.facet)
        return (self.facet, *own) if self.facet else own


def read_wanted(given: QueryDict) -> Wanted:
    """What the address asks for; what it cannot mean is left out."""
    named = [part for value in given.getlist("columns") for part in value.split(",")]
    columns = dict.fromkeys(found for name in named if (found := _stored(name.strip())))
    return Wanted(
        q=given.get("q", "")[:LONGEST],
        since=given.get("from", DEFAULT_SINCE)[:40],
        until=given.get("to", "")[:40],
        sql=given.get("sql") == "1",
        columns=tuple(columns)[:20],
        facet=_stored(given.get("facet", "")) or "",
        asked="q" in given,
    )


def _stored(name: str) -> str | None:
    column = column_of(name)
    return None if column is None or column.startswith("unmapped.") else column


@dataclass
class Found:
    """What a search has told so far."""

    token: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    histogram: Histogram | None = None
    facets: dict[str, Facet] = field(default_factory=dict)
    exported: Exported | None = None
    done: Done | None = None
    failed: Failed | None = None

    @property
    def ended(self) -> bool:
        return self.done is not None or self.failed is not None


def lake() -> Lake:
    """The lake of this installation."""
    return Lake(lake_folder(settings.HOME, settings.CONFIG))


def start_search(user: User, question: Question, about: dict[str, Any] | None = None) -> str:
    """Start a search and give its token; an older search of the same person ends.

    Raises ``UsageError`` where the query cannot be read or too many searches run.
    """
    return start_request(user, ask.request_of(lake(), question), about)


def start_request(user: User, request: Request, about: dict[str, Any] | None = None) -> str:
    """The same for a request that is made already."""
    export = request.export
    _make_room(user, export=export is not None)
    token = secrets.token_hex(16)
    folder = _root() / token
    folder.mkdir(parents=True)
    kept = {"user": user.pk, "export": bool(export), **(about or {})}
    (folder / "about.json").write_text(json.dumps(kept), "utf-8")
    if export is not None:
        file = str(folder / f"events.{export.form}")
        request = _to_file(request, file)
    ask.start(folder, request)
    return token


def _make_room(user: User, *, export: bool) -> None:
    """End and forget what is not needed any more; raises ``UsageError`` where too much runs.

    A person writes one export at a time and keeps a few: a file may have half a gigabyte, and what
    one person does must neither fill the disk nor keep the others from searching.
    """
    running = 0
    exports: list[Path] = []
    for folder in _folders():
        about = _about(folder)
        mine = about.get("user") == user.pk
        if time.time() - _begun(folder) > KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
        elif _ended(folder):
            exports += [folder] if mine and about.get("export") else []
        elif not mine or about.get("export"):
            running += 1
            if mine and export:
                raise _busy("an export of yours runs")
        elif not export:
            ask.cancel(folder)
        else:
            running += 1
    if running >= MOST_AT_ONCE:
        raise _busy("too many searches run")
    if export:
        for folder in sorted(exports, key=_begun)[: -EXPORTS_KEPT + 1]:
            shutil.rmtree(folder, ignore_errors=True)


def _busy(message: str) -> UsageError:
    return UsageError(message, code="search.busy", fix="try again in a moment")


def _begun(folder: Path) -> float:
    try:
        return (folder / "about.json").stat().st_mtime
    except OSError:
        return 0.0


def _to_file(request: Request, file: str) -> Request:
    if request.export is None:
        return request
    export = msgspec.structs.replace(request.export, path=file)
    return msgspec.structs.replace(request, export=export, seconds=600.0)


def read_search(user: User, token: str, *, wait: float = 0.0) -> Found:
    """How a search of this person goes; waits a moment for its end.

    Raises ``NotFound`` where there is none.
    """
    folder = folder_of(user, token)
    ends = time.monotonic() + wait
    while True:
        found = _found(token, ask.updates_in(folder))
        if found.ended or time.monotonic() >= ends:
            return found
        time.sleep(0.05)


def folder_of(user: User, token: str) -> Path:
    """The folder of a search of this person."""
    folder = _root() / token
    if not token.isalnum() or not folder.is_dir() or _about(folder).get("user") != user.pk:
        raise NotFound("there is no such search", fix="search again")
    return folder


def about_of(user: User, token: str) -> dict[str, Any]:
    """What was kept beside a search of this person."""
    return _about(folder_of(user, token))


def request_of_search(user: User, token: str) -> Request:
    """What a search of this person was asked."""
    data = (folder_of(user, token) / "request.json").read_bytes()
    return msgspec.json.decode(data, type=Request)


def _found(token: str, updates: Sequence[Update]) -> Found:
    found = Found(token)
    for update in updates:
        match update:
            case Rows():
                found.rows += update.rows
                found.columns = update.columns
            case Histogram():
                found.histogram = update
            case Facet():
                found.facets[update.field] = update
            case Exported():
                found.exported = update
            case Done():
                found.done = update
            case Failed():
                found.failed = update
    return found


def _root() -> Path:
    return Path(settings.HOME) / "run" / "searches"


def _folders() -> Iterator[Path]:
    root = _root()
    yield from (folder for folder in root.iterdir() if folder.is_dir()) if root.is_dir() else ()


def _about(folder: Path) -> dict[str, Any]:
    try:
        about: dict[str, Any] = json.loads((folder / "about.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return about


def _ended(folder: Path) -> bool:
    try:
        silent = time.time() - (folder / "alive").stat().st_mtime > ask.SILENT_SECONDS
        return silent or (folder / "cancel").exists() or _last_words(folder)
    except OSError:
        return True


def _last_words(folder: Path) -> bool:
    """Whether the last update of a search, which may have many, is its end."""
    with (folder / "updates.ndjson").open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - LONGEST_END))
        last = file.read().removesuffix(b"\n").rpartition(b"\n")[2]
    return last.startswith((b'{"type":"done"', b'{"type":"failed"'))


def failure_of(found: Found) -> UsageError | StoreError | None:
    """The error that ended a search."""
    return ask.error_of(found.failed) if found.failed else None
