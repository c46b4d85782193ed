"""Files into the lake, each content once, however often it is asked for or interrupted."""

from __future__ import annotations

import gzip
import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import Path

from shangdun.kernel.clock import Clock, SystemClock, to_millis
from shangdun.kernel.errors import ParseError
from shangdun.lake.block import Block, read_blocks
from shangdun.lake.parse import get_parser
from shangdun.lake.store import Lake
from shangdun.runtime.buffer import Buffer
from shangdun.runtime.journal import Entry, Piece
from shangdun.runtime.pipeline import NoDetector, Pipeline

log = logging.getLogger(__name__)

BLOCK_BYTES = 8 << 20
BLOCKS_A_COMMIT = 4
"""A kill costs this many blocks of work, and a commit this many blocks of memory."""
HASH_BYTES = 1 << 20
GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of a file; ``known``: lines that an earlier run had stored."""

    path: str
    lines: int = 0
    events: int = 0
    dead_letters: int = 0
    known: int = 0


def content_key(path: Path) -> str:
    """SHA-256 of a file's content, unpacked: a log is the same log when it has been gzipped.

    Raises ``ParseError`` where it cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            packed = file.read(2) == GZIP_MAGIC
        with gzip.open(path) if packed else path.open("rb") as stream:
            while data := stream.read(HASH_BYTES):
                digest.update(data)
    except (OSError, EOFError) as error:
        raise ParseError(str(error), where=str(path), fix="check the path and the file") from error
    return digest.hexdigest()


def ingest(
    lake: Lake,
    path: Path,
    format_name: str,
    *,
    zone: tzinfo,
    clock: Clock | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Ingested:
    """Store a file's events; ``progress`` is told the bytes read since it was last told.

    Blocks are cut the same way every time and committed in groups, whose number is the version
    of the file's own writer: a second run leaves out the groups that are there.
    """
    key = content_key(path)
    app_id = f"ingest:{key}:{format_name}:{BLOCK_BYTES}x{BLOCKS_A_COMMIT}"
    pipeline = Pipeline(NoDetector, zone=zone)
    parser = get_parser(format_name)
    blocks = read_blocks(path, BLOCK_BYTES, boundary=parser.boundary)
    done = Ingested(str(path))
    stored = lake.committed(app_id)
    observed = to_millis((clock or SystemClock()).now())
    for version, group in enumerate(_groups(blocks), 1):
        lines = sum(_lines(block) for block in group)
        done = replace(done, lines=done.lines + lines)
        if version <= stored:
            done = replace(done, known=done.known + lines)
        else:
            events, letters = _store(
                lake, pipeline, _entry(group, path, format_name, key, (version, observed)), app_id
            )
            done = replace(
                done, events=done.events + events, dead_letters=done.dead_letters + letters
            )
        progress(sum(len(block.data) for block in group))
    return done


def _groups(blocks: Iterator[Block]) -> Iterator[list[Block]]:
    group: list[Block] = []
    for block in blocks:
        group.append(block)
        if len(group) == BLOCKS_A_COMMIT:
            yield group
            group = []
    if group:
        yield group


def _lines(block: Block) -> int:
    unfinished = bool(block.data) and not block.data.endswith(b"\n")
    return block.data.count(b"\n") + unfinished + len(block.dead)


def _entry(
    group: list[Block], path: Path, format_name: str, key: str, batch: tuple[int, int]
) -> Entry:
    version, observed = batch
    pieces = tuple(
        Piece(
            source=path.name,
            format=format_name,
            file_id=key[:16],
            path=str(path),
            data=block.data,
            first_line=block.first_line,
            offset=block.offset,
            dead=block.dead,
        )
        for block in group
    )
    return Entry(batch=version, observed=observed, pieces=pieces, positions={})


def _store(lake: Lake, pipeline: Pipeline, entry: Entry, app_id: str) -> tuple[int, int]:
    outcome = pipeline.run(entry)
    buffer = Buffer()
    buffer.add(outcome, entry.size)
    if outcome.letters:
        lake.bury(outcome.letters, app_id=app_id, version=entry.batch)
    lake.append(buffer.frame(), app_id=app_id, version=entry.batch)
    return buffer.rows, len(outcome.letters)
