"""The search process: ``python -m shangdun.lake.query.child [FOLDER]``.

A search runs here so that its memory and time have bounds that the operating system keeps, and so
that it can be stopped for certain. It reads a ``Request`` from standard input, or from
``request.json`` in the folder, and writes ``Update`` lines to standard output, or to
``updates.ndjson``. With a folder it ends when the file ``cancel`` appears there or when nobody has
touched ``seen`` for a while. It is started with an empty environment: there is nothing to read.
"""

from __future__ import annotations

import os
import resource
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import duckdb
import msgspec

from shangdun.kernel.errors import StoreError, UsageError
from shangdun.lake.query.engine import Limits, engine_over
from shangdun.lake.query.request import Done, Failed, Request, Update, encode
from shangdun.lake.query.steps import Steps

OWN_MEMORY = 1024 << 20
"""What Python, the libraries and what DuckDB does not count may take beside its limit."""
UNSEEN_SECONDS = 30.0
GRACE_SECONDS = 3.0
LOOK_SECONDS = 0.1


def main() -> None:
    """Answer one request."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    data = (folder / "request.json").read_bytes() if folder else sys.stdin.buffer.read()
    request = msgspec.json.decode(data, type=Request)
    bound(request)
    output = (folder / "updates.ndjson").open("ab") if folder else _own_output()
    with output:
        answer(request, output, folder)
    os._exit(0)  # threads of a query that does not hear its interrupt must not hold the process


def _own_output() -> BinaryIO:
    """Standard output for us alone: what a library prints must not come between the updates."""
    output = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return output


def bound(request: Request) -> None:
    """Limits that the operating system keeps, whatever happens in here."""
    memory = (request.memory_mb << 20) + OWN_MEMORY
    seconds = int(request.seconds * request.threads + 2 * GRACE_SECONDS) + 1
    written = request.export.most_bytes + (64 << 20) if request.export else 256 << 20
    for what, most in (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, written),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def answer(request: Request, output: BinaryIO, folder: Path | None) -> None:
    """Run the request and write what comes of it, the end or the error last."""
    began = time.perf_counter()

    def tell(update: Update) -> None:
        output.write(encode(update))
        output.flush()

    limits = Limits(f"{request.memory_mb}MB", request.threads, request.seconds)
    paths = [path for group in request.groups for path in group.paths]
    cancelled = threading.Event()
    try:
        with engine_over(paths, limits) as engine:
            _watch(engine.interrupt, cancelled, folder, request.seconds)
            more = Steps(engine, request, tell).run()
        tell(Done(time.perf_counter() - began, more=more))
    except (StoreError, UsageError) as error:
        if cancelled.is_set():
            tell(Done(time.perf_counter() - began, cancelled=True))
        else:
            usage = isinstance(error, UsageError)
            tell(Failed(error.message, error.code, error.fix, usage=usage))
    except duckdb.Error as error:
        tell(Failed(*_words_of(error), usage=True))
    except OSError as error:
        tell(Failed(str(error), "query.disk", "free space on the disk"))


def _words_of(error: duckdb.Error) -> tuple[str, str, str]:
    if isinstance(error, duckdb.IOException):
        return str(error), "query.files", "ask again: files were just joined into larger ones"
    return str(error), "query.sql", "see docs/schema.md for the columns of events"


def _watch(
    interrupt: Callable[[], None], cancelled: threading.Event, folder: Path | None, seconds: float
) -> None:
    """Look after the search from a thread: stop it when asked, and for certain at its end."""

    def look() -> None:
        ends = time.monotonic() + seconds + GRACE_SECONDS
        stopped = 0.0
        while time.monotonic() < ends:
            if folder and _alive(folder) and not stopped and _unwanted(folder):
                cancelled.set()
                stopped = time.monotonic()
            if stopped:
                interrupt()
                ends = min(ends, stopped + GRACE_SECONDS)
            time.sleep(LOOK_SECONDS)
        os._exit(1)

    threading.Thread(target=look, daemon=True).start()


def _alive(folder: Path) -> bool:
    """Say that this process is there; whoever looks at the folder cannot see it otherwise."""
    (folder / "alive").touch()
    return True


def _unwanted(folder: Path) -> bool:
    try:
        unseen = time.time() - (folder / "seen").stat().st_mtime
    except FileNotFoundError:
        return True
    return unseen > UNSEEN_SECONDS or (folder / "cancel").exists()


if __name__ == "__main__":
    main()
