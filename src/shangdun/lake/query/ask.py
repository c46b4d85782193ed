"""Asking the search process: at once from a command, or apart, to be looked at from pages.

``ask`` gives updates as they come and ends the process with the loop. ``start`` lets a process run
by itself over a folder; ``updates_in`` reads what it has found so far, from any process.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import groupby
from pathlib import Path

import msgspec

from shangdun.kernel.clock import to_millis
from shangdun.kernel.errors import StoreError, UsageError
from shangdun.lake.query.language import parse_query
from shangdun.lake.query.request import Done, Export, Failed, FileGroup, Request, Update, decode
from shangdun.lake.query.rows import overlapping
from shangdun.lake.query.sql import to_sql
from shangdun.lake.store import Lake

COMMAND = (sys.executable, "-I", "-m", "shangdun.lake.query.child")
STEPS = tuple(
    count * unit
    for unit, counts in (
        (1000, (1, 5, 15, 30)),
        (60_000, (1, 5, 15, 30)),
        (3_600_000, (1, 3, 6, 12)),
        (86_400_000, (1, 7, 30, 365)),
    )
    for count in counts
)
MOST_BARS = 120
SILENT_SECONDS = 10.0
_RUNNING: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A search as a person puts it; ``since <= time < until``."""

    text: str
    since: datetime
    until: datetime
    sql: bool = False
    limit: int = 100
    facets: Sequence[str] = ()
    values_a_facet: int = 10
    histogram: bool = False
    columns: Sequence[str] = ()
    export: Export | None = None
    zone: tzinfo = UTC
    seconds: float = 60.0
    memory_mb: int = 1024


def request_of(lake: Lake, question: Question) -> Request:
    """What the process is told. Raises ``QueryError`` for a query that cannot be read."""
    since, until = to_millis(question.since), to_millis(question.until)
    if since >= until:
        raise UsageError("the time ends before it begins", fix="give an earlier --from")
    condition, values = ("TRUE", []) if question.sql else _condition(question)
    files = sorted(overlapping(lake, since, until), key=lambda file: file.day, reverse=True)
    folder = lake.events.path.resolve()
    groups = []
    for _, of_day in groupby(files, lambda file: file.day):
        day = list(of_day)
        paths = [str(folder / file.path) for file in day]
        groups.append(FileGroup(paths, sum(file.rows for file in day)))
    first = max(since, min((file.first_time for file in files), default=since))
    last = min(until, max((file.last_time + 1 for file in files), default=until))
    return Request(
        groups=groups,
        since=since,
        until=until,
        condition=condition,
        values=values,
        sql=question.text if question.sql else "",
        limit=question.limit,
        columns=list(question.columns),
        facets=list(question.facets),
        values_a_facet=question.values_a_facet,
        step=step_of(first, last) if question.histogram else 0,
        shift=_shift(question),
        export=question.export,
        memory_mb=question.memory_mb,
        seconds=question.seconds,
    )


def _condition(question: Question) -> tuple[str, list[str | int | float | bool]]:
    condition, values = to_sql(parse_query(question.text, zone=question.zone))
    return condition, [
        value if isinstance(value, str | int | float | bool) else value.isoformat()
        for value in values
    ]


def _shift(question: Question) -> int:
    offset = question.until.astimezone(question.zone).utcoffset() or timedelta()
    return int(offset.total_seconds() * 1000)


def step_of(since: int, until: int) -> int:
    """Milliseconds of a bar so that a range has at most ``MOST_BARS`` of them."""
    return next((step for step in STEPS if (until - since) // step < MOST_BARS), STEPS[-1])


def ask(lake: Lake, question: Question) -> Iterator[Update]:
    """Run a search and give its updates as they come; leave the loop to cancel it.

    Raises ``UsageError`` where the query is wrong and ``StoreError`` where the search failed.
    """
    yield from run(request_of(lake, question))


def run(request: Request) -> Iterator[Update]:
    """The same for a request that is made already."""
    process = subprocess.Popen(  # noqa: S603  our own module, nothing of the query is on its line
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_ENV
    )
    timer = threading.Timer(request.seconds + 10.0, process.kill)
    timer.daemon = True
    timer.start()
    try:
        if process.stdin is None or process.stdout is None:
            raise AssertionError
        process.stdin.write(msgspec.json.encode(request))
        process.stdin.close()
        ended = False
        for line in process.stdout:
            update = decode(line)
            if isinstance(update, Failed):
                raise error_of(update)
            ended = isinstance(update, Done)
            yield update
        if not ended:
            raise error_of(DIED)
    finally:
        timer.cancel()
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


_ENV = {"PYTHONUTF8": "1"}
DIED = Failed(
    "the search was stopped: it took more memory or time than it may",
    "query.limits",
    "give a shorter time range or a rarer value",
)
"""What is said of a process that ended without a word: the operating system kept its bounds."""


def error_of(failed: Failed) -> UsageError | StoreError:
    """A failure as an error of ours."""
    kind = UsageError if failed.usage else StoreError
    return kind(failed.message, code=failed.code, where="query", fix=failed.fix)


def start(folder: Path, request: Request) -> None:
    """Run a search apart from this process; ``updates_in`` tells how it goes."""
    _RUNNING[:] = [process for process in _RUNNING if process.poll() is None]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "request.json").write_bytes(msgspec.json.encode(request))
    (folder / "updates.ndjson").touch()
    (folder / "seen").touch()
    (folder / "alive").touch()
    with (folder / "errors.txt").open("wb") as errors:
        process = subprocess.Popen(  # noqa: S603  as above
            [*COMMAND, str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env=_ENV,
            start_new_session=True,
        )
    _RUNNING.append(process)


def updates_in(folder: Path) -> list[Update]:
    """What a search has told so far, an end included if it died; asking keeps it running."""
    (folder / "seen").touch()
    silent = time.time() - (folder / "alive").stat().st_mtime > SILENT_SECONDS
    data = (folder / "updates.ndjson").read_bytes()
    updates = [decode(line) for line in data[: data.rfind(b"\n") + 1].splitlines()]
    ended = bool(updates) and isinstance(updates[-1], Done | Failed)
    return [*updates, DIED] if silent and not ended else updates


def cancel(folder: Path) -> None:
    """Ask a search that was started to end."""
    (folder / "cancel").touch()
