"""The lake: bytes an event, events a second into it and through a compaction.

The generated log does not repeat (see ``access_lines.py``); the real one is 10,000 lines repeated
with other times and addresses, so its paths and agents repeat and flatter. Bytes are those of the
Parquet files after compaction, all columns. Searches are measured under Hunt.
"""

from __future__ import annotations

import gzip
import re
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
from tests.bench.access_lines import DAY, access_lines
from tests.bench.row import Row

from shangdun.kernel.clock import FixedClock, to_millis
from shangdun.lake.store import Lake
from shangdun.runtime.buffer import Buffer
from shangdun.runtime.journal import Entry, Piece
from shangdun.runtime.pipeline import NoDetector, Pipeline

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "apache_access_10k.log.gz"
COMMIT_LINES = 50_000
PART = 1_000_000
REAL_COPIES = 50
CLOCK = FixedClock(DAY + timedelta(days=2))
_PLACE = re.compile(rb"^(\S+) (.*?)\[[^\]]+\]", re.MULTILINE)


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        generated, append, compaction = _load(Path(folder) / "generated", access_lines(PART))
        rows = [
            Row("compacted, generated log", generated, "bytes/event", 20, at_least=False),
            Row("append in commits of 50,000", append, "events/s CPU", None, note="fsync included"),
            Row("compaction", compaction, "events/s CPU"),
        ]
        if REAL.exists():
            real, _, _ = _load(Path(folder) / "real", _real_lines(REAL_COPIES))
            row = Row(
                f"compacted, real log × {REAL_COPIES}", real, "bytes/event", 20, at_least=False
            )
            rows.insert(1, row)
        return rows


def _load(folder: Path, data: bytes) -> tuple[float, float, float]:
    """Bytes an event, and events a CPU second of appending and of compacting."""
    lake = Lake(folder, clock=CLOCK)
    append = 0.0
    for version, buffer in enumerate(_buffers(data), 1):
        began = time.process_time()
        lake.append(buffer.frame(), app_id="bench", version=version)
        append += time.process_time() - began
    began = time.process_time()
    done = lake.compact()
    compaction = time.process_time() - began
    files = lake.files()
    rows = sum(file.rows for file in files)
    size = sum(file.size for file in files)
    return size / rows, rows / append, done.rows / compaction


def _buffers(data: bytes) -> Iterator[Buffer]:
    """What the watch would commit: blocks as it reads them, parsed and conformed."""
    pipeline = Pipeline(NoDetector)
    place = batch = 0
    first_line = 1
    while place < len(data):
        batch += 1
        end = data.find(b"\n", min(len(data) - 1, place + COMMIT_LINES * 190)) + 1
        piece = Piece(
            source="nginx",
            format="combined",
            file_id="3f2a9c",
            path="access.log",
            data=data[place:end],
            first_line=first_line,
            offset=place,
        )
        observed = to_millis(DAY) + batch * 2000
        buffer = Buffer()
        entry = Entry(batch=batch, observed=observed, pieces=(piece,), positions={})
        buffer.add(pipeline.run(entry), end - place)
        yield buffer
        first_line += piece.data.count(b"\n")
        place = end


def _real_lines(times: int) -> bytes:
    """The real log again and again: each line at another time, from another address."""
    lines = gzip.decompress(REAL.read_bytes())
    draw = np.random.default_rng(7)
    copies = []
    count = lines.count(b"\n")
    known = sorted({match[0] for match in re.findall(rb"^(\S+) ()", lines, re.MULTILINE)})
    for copy in range(times):
        new = draw.integers(1, 255, (len(known), 4)).tolist()
        address = {
            old: b"%d.%d.%d.%d" % tuple(parts) for old, parts in zip(known, new, strict=True)
        }
        moments = iter(
            np.sort(draw.random(count) * 86_400 / times + copy * 86_400 / times).tolist()
        )

        def moved(
            match: re.Match[bytes],
            address: dict[bytes, bytes] = address,
            moments: Iterator[float] = moments,
        ) -> bytes:
            stamp = (DAY + timedelta(seconds=next(moments))).strftime("%d/%b/%Y:%H:%M:%S +0000")
            return b"%s %s[%s]" % (address[match[1]], match[2], stamp.encode())

        copies.append(_PLACE.sub(moved, lines))
    return b"".join(copies)
