"""``shangdun inspect``."""

from __future__ import annotations

import glob
import os
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import BinaryIO, NamedTuple

import click

from shangdun.cli.inspection import JsonReport, Seen, TextReport
from shangdun.cli.tuning import Tuning
from shangdun.kernel.errors import UsageError
from shangdun_guard.inspector import Inspector
from shangdun_guard.inspector.calibration import THRESHOLD
from shangdun_guard.request import parse_request
from shangdun_guard.request_file import Data, request_spans

_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
_NEW = click.Path(path_type=Path, dir_okay=False)
STDIN = "-"
MAPPED = 32 << 20
"""Bytes from which a file is mapped instead of read: it may be larger than the memory."""

READ = 8 << 20
"""Bytes of one request that are taken into memory; the inspector reads less of any body."""


class Figures(NamedTuple):
    """Counted over all files; by class: requests of which it convicts."""

    requests: int
    attacks: int
    classes: Counter[str]
    unreadable: int


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a request.")
@click.option("--stats", is_flag=True, help="End with one line of figures as JSON on stderr.")
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    default=THRESHOLD,
    show_default=True,
    help="Probability from which a request is an attack.",
)
@click.option("--profile", type=_FILE, help="Judge by what was learned of this shop, too.")
@click.option("--exceptions", type=_FILE, help="Excuse what these exceptions say.")
@click.option("--learn", type=_NEW, help="The requests are normal: learn a profile into this file.")
@click.option("--excuse", type=_NEW, help="Alarms are false: write exceptions into this file.")
def command(
    files: tuple[str, ...], threshold: float, *, as_json: bool, stats: bool, **tuned: Path | None
) -> None:
    """Judge raw HTTP requests: one a file, or several set off by blank lines.

    FILE may be a folder, a pattern, or `-` for standard input. One verdict a line: file, verdict,
    score, classes, value, reason.

    Exit 0: no attack; 1: attacks; 2: wrong usage.
    """
    paths = _named(files)
    started = time.perf_counter()
    report = (JsonReport if as_json else TextReport)(sys.stdout)
    tuning = Tuning(threshold=threshold, **tuned) if any(tuned.values()) else None
    figures = _judge(paths, tuning or Inspector(threshold=threshold), report)
    report.close()
    if tuning:
        tuning.close()
    if stats:
        seconds = time.perf_counter() - started
        report.figures(
            {
                "requests": figures.requests,
                "attacks": figures.attacks,
                "seconds": round(seconds, 6),
                "requests_per_second": round(figures.requests / seconds) if seconds else 0,
                "classes": dict(figures.classes.most_common()),
                "unreadable": figures.unreadable,
                "peak_rss_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            }
        )
    raise SystemExit(int(figures.attacks > 0))


def _judge(
    paths: Iterator[str], inspector: Inspector | Tuning, report: JsonReport | TextReport
) -> Figures:
    requests = attacks = unreadable = 0
    classes: Counter[str] = Counter()
    for path in paths:
        name = "<stdin>" if path == STDIN else path
        found = 0
        try:
            for seen in _requests(path, name, inspector):
                report.add(seen)
                found += 1
                attacks += seen.verdict.attack
                classes.update(seen.verdict.classes)
        except OSError as error:
            report.trouble(name, error.strerror or str(error))
            unreadable += 1
            continue
        requests += found
        if not found:
            report.trouble(name, "holds no request")
            unreadable += 1
    return Figures(requests, attacks, classes, unreadable)


def _named(files: tuple[str, ...]) -> Iterator[str]:
    """Every file meant; a name that means nothing is wrong usage before anything is read."""
    wanted: list[str] = []
    for name in files:
        if name == STDIN or os.path.lexists(name):
            wanted.append(name)
            continue
        matches = sorted(glob.glob(name, recursive=True))  # noqa: PTH207  Path.glob refuses absolute patterns
        if not matches:
            raise UsageError(f"{name} is no file", code="usage.file", fix="check the path")
        wanted += matches
    return (path for name in wanted for path in _walk(name))


def _walk(name: str) -> Iterator[str]:
    if name == STDIN or not Path(name).is_dir():
        yield name
        return
    try:
        with os.scandir(name) as entries:
            inside = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        yield name  # opening it tells why
        return
    for entry in inside:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path)
        elif _may_be_read(entry):
            yield entry.path


def _may_be_read(entry: os.DirEntry[str]) -> bool:
    """A file, or a link that leads nowhere (opening it tells so); no pipe, device or folder."""
    try:
        return entry.is_file() or (entry.is_symlink() and not Path(entry.path).exists())
    except OSError:
        return True


def _requests(path: str, name: str, inspector: Inspector | Tuning) -> Iterator[Seen]:
    if path == STDIN:
        with tempfile.TemporaryFile() as spool:
            shutil.copyfileobj(sys.stdin.buffer, spool)
            yield from _of_file(spool, name, inspector)
    else:
        with Path(path).open("rb") as file:
            yield from _of_file(file, name, inspector)


def _of_file(file: BinaryIO, name: str, inspector: Inspector | Tuning) -> Iterator[Seen]:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if size < MAPPED:
        yield from _of_data(file.read(), name, inspector)
    else:
        with closing(mmap(file.fileno(), 0, access=ACCESS_READ)) as mapped:
            yield from _of_data(mapped, name, inspector)


def _of_data(data: Data, name: str, inspector: Inspector | Tuning) -> Iterator[Seen]:
    line, counted = 1, 0
    for ordinal, (start, end) in enumerate(request_spans(data), 1):
        line += data[counted:start].count(b"\n")
        counted = start
        request = parse_request(data[start : min(end, start + READ)])
        if end - start > READ:
            whole = len(request.body) + end - start - READ
            request = replace(request, body_size=whole)
        yield Seen(name, ordinal, line, start, inspector.inspect(request))
