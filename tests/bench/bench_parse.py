"""Parsing alone, one core: how fast lines become columns, and how far that is from reading them.

CPU time of a process of its own, held to one core with one Polars thread, best of three runs over
blocks of 8 MiB. The real access log is 10,000 lines repeated to a million; the generated one does
not repeat. "Typical columns" are those that web rules ask for. Lanes are synthetic events of the
development data. The last row of each is the worst case: lines that all have to be read one by
one, because each holds an escaped quote (access log) or a list (JSON).
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.access_lines import access_lines
from tests.bench.row import Row

from shangdun.lake.block import BlockCutter, read_blocks
from shangdun.lake.parse import get_parser

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT.parent / "shared" / "data"
TYPICAL = frozenset(
    {
        "time",
        "src_endpoint.ip",
        "user.name",
        "http_request.http_method",
        "http_request.url.url_string",
        "http_request.url.path",
        "http_request.url.query_string",
        "http_request.referrer",
        "http_request.user_agent",
        "http_response.code",
    }
)
LANES = ("structured_windows", "raw_windows", "sysmon_file_event", "cisco_syslog")
LINES_BAR, EVENTS_BAR = 500_000, 300_000
MILLION = 1_000_000


def measure() -> list[Row]:
    """One row a figure, measured in a process of its own."""
    found = subprocess.run(  # this very file
        [sys.executable, "-m", "tests.bench.bench_parse"],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"POLARS_MAX_THREADS": "1"},
    )
    return [Row(**row) for row in json.loads(found.stdout)]


def best(work: Callable[[], int]) -> tuple[int, float]:
    """What the work counted, and the CPU seconds of its fastest of three runs."""
    seconds = []
    for _ in range(3):
        start = time.process_time()
        count = work()
        seconds.append(time.process_time() - start)
    return count, min(seconds)


def rate_of(name: str, data: bytes, fields: frozenset[str] | None = None) -> float:
    """Events a second."""
    parser = get_parser(name)
    cutter = BlockCutter()
    step = 1 << 20
    pieces = (data[start : start + step] for start in range(0, len(data), step))
    blocks = [block for piece in pieces for block in cutter.feed(piece)] + list(cutter.finish())

    def work() -> int:
        return sum(parser.parse(block, fields).events.height for block in blocks)

    count, seconds = best(work)
    return count / seconds


def reading(path: Path) -> float:
    """Lines a second of reading a file and cutting it into blocks."""
    count, seconds = best(lambda: sum(block.data.count(b"\n") for block in read_blocks(path)))
    return count / seconds


def rows() -> Iterator[dict[str, object]]:
    yield from access_rows()
    yield from json_rows()


def access_rows() -> Iterator[dict[str, object]]:
    def row(measure: str, value: float, bar: int | None = LINES_BAR) -> dict[str, object]:
        return {"measure": f"access log, {measure}", "value": value, "unit": "lines/s", "bar": bar}

    generated = access_lines(MILLION)
    with tempfile.NamedTemporaryFile() as file:
        file.write(generated)
        file.flush()
        yield row("only read and cut into blocks (the limit)", reading(Path(file.name)), None)
    yield row("generated, typical columns", rate_of("combined", generated, TYPICAL))
    yield row("generated, all columns", rate_of("combined", generated))
    if DATA.is_dir():
        real = gzip.decompress((DATA / "apache_access_10k.log.gz").read_bytes()) * 100
        yield row("real, typical columns", rate_of("combined", real, TYPICAL))
        yield row("real, all columns", rate_of("combined", real))
    coded = generated[: 20 << 20].replace(b"Mozilla", rb"\x22ozilla")
    yield row("an escape in every line", rate_of("combined", coded, TYPICAL), None)
    quoted = generated[: 20 << 20].replace(b"Mozilla", rb"\"Mozilla")
    yield row("an escaped quote in every line", rate_of("combined", quoted, TYPICAL), None)


def json_rows() -> Iterator[dict[str, object]]:
    def row(measure: str, value: float, bar: int | None = None) -> dict[str, object]:
        return {"measure": f"JSON, {measure}", "value": value, "unit": "events/s", "bar": bar}

    for lane in LANES if DATA.is_dir() else ():
        data = gzip.decompress((DATA / f"sigma_lane_{lane}.ndjson.gz").read_bytes()) * 3
        bar = EVENTS_BAR if lane == "structured_windows" else None
        columns = frozenset(json.loads(data[: data.index(b"\n")]))
        yield row(f"lane {lane}, all columns", rate_of("json", data, columns), bar)
    distinct = b"".join(
        b'{"time":%d,"user":{"name":"u%d"},"ip":"10.%d.%d.%d","path":"/p/%d?s=%x","ms":%d.5}\n'
        % (1_700_000_000_000 + n, n, n % 251, n % 241, n % 239, n, n * 7919, n % 997)
        for n in range(200_000)
    )
    yield row("nested, every value distinct", rate_of("json", distinct))
    listed = distinct.replace(b'"path"', b'"tags":["a"],"path"')
    yield row("a list in every line", rate_of("json", listed[: 10 << 20]))


if __name__ == "__main__":
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    print(json.dumps(list(rows())))
