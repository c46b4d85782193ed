"""Taking in: following files, the spool, OTLP."""

from __future__ import annotations

import gzip
import shutil
import tempfile
import threading
import time
from pathlib import Path

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from tests.bench.row import Row

from shangdun.lake.collect import otlp
from shangdun.lake.collect.spool import Spool
from shangdun.lake.collect.tail import HOT_SECONDS, Tail

LINE = b'203.0.113.9 - - [22/Nov/2026:10:00:%02d +0800] "GET /catalogue/%d HTTP/1.1" 200 5120\n'


def measure() -> list[Row]:
    folder = Path(tempfile.mkdtemp(dir=Path.cwd()))
    try:
        return [*_following(folder), *_many_files(folder), *_spool(folder), *_otlp()]
    finally:
        shutil.rmtree(folder)


def _read_all(tail: Tail) -> tuple[int, float]:
    """Bytes and CPU seconds."""
    begun = time.process_time()
    total = 0
    while chunks := tail.poll():
        total += sum(len(chunk.block.data) for chunk in chunks)
    tail.close()
    return total, time.process_time() - begun


def _following(folder: Path) -> list[Row]:
    log = folder / "access.log"
    part = b"".join(LINE % (number % 60, number) for number in range(100_000))
    with log.open("wb") as stream:
        for _ in range(30):
            stream.write(part)
    packed = folder / "packed.log.gz"
    packed.write_bytes(gzip.compress(part * 10, 6))
    rows = []
    for path, what, bar in ((log, "plain", 300.0), (packed, "gzipped", None)):
        total, seconds = _read_all(Tail("bench", str(path)))
        rows.append(
            Row(
                f"tail, {what} file",
                total / seconds / 1e6,
                "MB/s a core",
                bar,
                note=f"{total / 1e6:.0f} MB of content, checksums and line counts included",
            )
        )
    return rows


def _many_files(folder: Path) -> list[Row]:
    many = folder / "many"
    many.mkdir()
    for number in range(5000):
        (many / f"{number}.log").write_bytes(LINE % (0, number))
    now = 0.0
    tail = Tail("bench", str(many / "*.log"), tick=lambda: now)
    while tail.poll():
        now += 0.1
    now += HOT_SECONDS + 1
    tail.poll()
    begun = time.process_time()
    for _ in range(100):
        now += 0.1
        tail.poll()
    spent = time.process_time() - begun
    tail.close()
    note = "ten polls a second; the share is spent on listing once a second"
    return [
        Row("5,000 idle files followed", spent * 10, "% of a core", 5, at_least=False, note=note)
    ]


def _spool(folder: Path) -> list[Row]:
    spool = Spool(folder / "spool")
    spool.append("shop", [b"warm"])
    taken = []
    for number in range(500):
        begun = time.perf_counter()
        spool.append("shop", [LINE[:-1] % (0, number)])
        taken.append(time.perf_counter() - begun)
    taken.sort()
    each, threads = 100, 16
    work = [
        threading.Thread(target=lambda: [spool.append("shop", [b"line"] * 10) for _ in range(each)])
        for _ in range(threads)
    ]
    begun = time.perf_counter()
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    rate = each * threads / (time.perf_counter() - begun)
    batch = [LINE[:-1] % (0, number) for number in range(1000)]
    cpu = time.process_time()
    for _ in range(200):
        spool.append("shop", batch)
    cpu = time.process_time() - cpu
    spool.close()
    return [
        Row("spool, append of one line, p50", taken[250] * 1e3, "ms", note="fsync included"),
        Row("spool, append of one line, p99", taken[495] * 1e3, "ms", 100, at_least=False),
        Row("spool, appends of 16 threads", rate, "appends/s", note="they share fsyncs"),
        Row("spool, batches of 1,000 lines", 200_000 / cpu, "lines/s of CPU"),
    ]


def _otlp() -> list[Row]:
    request = ExportLogsServiceRequest()
    resource_logs = request.resource_logs.add()
    resource_logs.resource.attributes.add(key="service.name").value.string_value = "shop"
    records = resource_logs.scope_logs.add().log_records
    for number in range(5000):
        record = records.add(time_unix_nano=1_767_225_600_000_000_000 + number)
        record.body.string_value = "order placed"
        for name in ("user.name", "src_endpoint.ip", "order.uid", "session.uid"):
            record.attributes.add(key=name).value.string_value = f"value {number}"
    body = request.SerializeToString()
    begun = time.process_time()
    for _ in range(5):
        otlp.to_lines(body, otlp.PROTOBUF)
    return [
        Row("OTLP protobuf to lines", 25_000 / (time.process_time() - begun), "records/s a core")
    ]
