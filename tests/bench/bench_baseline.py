"""Baselines alone: what they cost on an access log, by event, beside what feeds them.

A synthetic access log of 20,000 addresses, 2,000 products and eight events a second is fed in
frames of 60,000 rows with the matches of the shipped rules; CPU time of the feed of all shipped
baselines, without parsing and without the rules. Then the memory that 100,000 entities take, and
the time and bytes of a snapshot of them.
"""

from __future__ import annotations

import time
import tracemalloc
from types import SimpleNamespace

import msgspec
import numpy as np
import polars as pl
from tests.bench.row import Row

from shangdun.detect.baseline.baselines import Baselines
from shangdun.detect.baseline.spec import BaselineSpec
from shangdun.detect.engine import Engine
from shangdun.detect.rules import builtin_folders, load_rules
from shangdun.lake.block import Block, Logsource, Parsed

ROWS, FRAMES, STEP = 60_000, 5, 125
ENTITIES = 100_000
START = 1_790_000_000_000


def access(frame: int) -> pl.DataFrame:
    """A frame of requests, half of them for files of a page."""
    random = np.random.default_rng(frame)
    address = (random.pareto(1.0, ROWS) * 40).astype(np.int64) % 20_000
    product = (random.pareto(1.0, ROWS) * 20).astype(np.int64) % 2_000
    is_file = random.random(ROWS) < 0.5
    paths = np.where(is_file, "/static/a.css", np.char.add("/product/", product.astype(str)))
    return pl.DataFrame(
        {
            "time": START + (frame * ROWS + np.arange(ROWS)) * STEP,
            "_line": np.arange(ROWS, dtype=np.uint32),
            "_offset": np.arange(ROWS, dtype=np.uint64),
            "src_endpoint.ip": np.char.add("10.0.", address.astype(str)),
            "http_request.http_method": np.full(ROWS, "GET"),
            "http_request.url.path": paths,
            "http_request.referrer": np.char.add("https://s/product/", product.astype(str)),
            "http_request.user_agent": np.char.add("agent", (address % 200).astype(str)),
            "http_response.code": np.full(ROWS, 200),
        }
    )


def measure() -> list[Row]:
    """The figures of this machine."""
    ruleset = load_rules([builtin_folders()[1]], builtin=False)
    engine = Engine(ruleset)
    specs = [msgspec.structs.replace(rule.spec, warm_up=1) for rule in ruleset.baselines]
    baselines = Baselines(specs)
    feeding = 0.0
    for number in range(FRAMES):
        frame = access(number)
        logsource = Logsource(category="webserver")
        matches = engine.evaluate(Parsed(frame, logsource=logsource, block=Block(b"")))
        started = time.process_time()
        baselines.feed(frame, matches)
        feeding += (time.process_time() - started) if number else 0.0
    each = feeding / (ROWS * (FRAMES - 1)) * 1e6
    how = f"{len(specs)} shipped baselines, {FRAMES - 1} frames of {ROWS:,} requests"
    held, snapshot, size = _crowd()
    return [
        Row("baselines, access log", each, "µs CPU an event", 0.5, at_least=False, note=how),
        Row("baselines, 100,000 entities", held / (1 << 20), "MiB", 64, at_least=False),
        Row(
            "baselines, their snapshot",
            snapshot * 1e3,
            "ms CPU",
            note=f"{size / (1 << 20):.1f} MiB",
        ),
    ]


def _crowd() -> tuple[int, float, int]:
    spec = BaselineSpec(
        uid="crowd", measure="count", rules=("r",), per=("who",), every=3_600_000, least=1000,
        warm_up=1, most=ENTITIES,
    )  # fmt: skip
    tracemalloc.start()
    baselines = Baselines([spec])
    for part in range(10):
        size = ENTITIES // 10
        names = [f"customer-{part * size + n}" for n in range(size)]
        times = np.full(size, START + part)
        events = pl.DataFrame({"time": times, "who": names})
        match = SimpleNamespace(rule=SimpleNamespace(uid="r"), rows=np.arange(size))
        baselines.feed(events, [match])
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    started = time.process_time()
    data = baselines.snapshot()
    return held, time.process_time() - started, len(data)
