"""Detection on one core: parsing, all rules, and findings written as JSON lines.

CPU time of a process of its own, held to one core with one Polars thread, net of rule loading; what
`shangdun detect --json` does, without the interpreter's start. "Real log" is 10,000 real lines
varied to a million: half of the addresses and half of the targets are new. Lanes are 20,000
synthetic events ten times over; on "distinct" ones no command line (no URL and agent) occurs
twice, on "half" every second event matches. SigmaHQ's rules, all of them, and the lanes are
development data; without them only the generated access log is measured. Shares are of CPU time of
the structured lane; parsing alone is the limit that no change to the engine can pass: on that lane
Polars takes about 1.7 µs an event to read JSON, 0.6 µs go to proving that nothing was lost.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch

from tests.bench.access_lines import access_lines
from tests.bench.row import Row

from shangdun.cli.findings import JsonReport
from shangdun.cli.memory import keep_freed_memory
from shangdun.detect.detector import Detector
from shangdun.detect.engine import Engine
from shangdun.detect.rules import load_rules
from shangdun.detect.run import Run
from shangdun.lake.block import Block, read_blocks
from shangdun.lake.parse import get_parser
from shangdun.lake.parse.json import JsonReader

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT.parent / "shared" / "data"
LANES = {
    "structured_windows": "structured Windows",
    "sysmon_file_event": "Sysmon file events",
    "raw_windows": "raw Windows",
    "cisco_syslog": "Cisco syslog",
}


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = _access(folder)
        if DATA.is_dir():
            with tarfile.open(DATA / "sigmahq_rules.tar.gz") as packed:
                packed.extractall(folder / "sigma", filter="data")
            rows += [
                *_real(folder),
                *_lanes(folder),
                _half(folder),
                *_distinct(folder),
                _load(folder),
            ]
        return rows


def run_child(folder: Path, path: Path, form: str, rules: Path | None, *, builtin: bool) -> Any:
    """Best of two runs, after one that fills the cache."""
    call = [sys.executable, "-m", "tests.bench.bench_detect", str(path), form, str(rules or "-")]
    environment = os.environ | {"POLARS_MAX_THREADS": "1", "SHANGDUN_HOME": str(folder / "home")}
    core = str(max(os.sched_getaffinity(0)))
    command = ["taskset", "-c", core, *call, "1" if builtin else "0"]
    runs = [
        json.loads(subprocess.run(command, env=environment, check=True, capture_output=True).stdout)
        for _ in range(3)
    ]
    return max(runs[1:], key=lambda run: run["rate"])


def _access(folder: Path) -> list[Row]:
    log = folder / "generated.log"
    log.write_bytes(access_lines(500_000))
    done = run_child(folder, log, "combined", None, builtin=True)
    note = "our rules alone, 500,000 lines of which one in five asks for something new"
    return [Row("generated access log", done["rate"], "lines/s", None, note=note)]


def _real(folder: Path) -> list[Row]:
    log, short = folder / "real.log", folder / "short.log"
    draw = random.Random(1)
    lines = gzip.decompress((DATA / "apache_access_10k.log.gz").read_bytes()).splitlines()
    with log.open("wb") as out:
        for _ in range(100):
            out.writelines(_varied(draw, line) for line in lines)
    with log.open("rb") as whole:
        short.write_bytes(b"".join(whole.readline() for _ in range(200_000)))
    rules = folder / "sigma" / "rules" / "web"
    done = run_child(folder, log, "combined", rules, builtin=True)
    part = run_child(folder, short, "combined", rules, builtin=True)
    grown = (done["rss"] - part["rss"]) / 2**20
    note = f"our rules and SigmaHQ's for the web: {done['rules']}"
    return [
        Row("real access log, 1M lines", done["rate"], "lines/s", 250_000, note=note),
        Row("its memory", done["rss"] / 2**20, "MB", 600, at_least=False, note="peak"),
        Row("memory grown from 200,000 lines to 1M", grown, "MB", None),
    ]


def _varied(draw: random.Random, line: bytes) -> bytes:
    address, rest = line.split(b" ", 1)
    if draw.random() < 0.5:
        address = ".".join(str(draw.randrange(1, 255)) for _ in range(4)).encode()
    if draw.random() < 0.5:
        rest = rest.replace(b" HTTP/1.", b"?v=%d HTTP/1." % draw.randrange(10**6), 1)
    return address + b" " + rest + b"\n"


def _lanes(folder: Path) -> list[Row]:
    rows = []
    rules = folder / "sigma"
    few = folder / "few"
    few.mkdir()
    for number, path in enumerate(sorted(rules.rglob("*.yml"))):
        if number % 10 == 0:
            (few / f"{number}.yml").write_bytes(path.read_bytes())
    for lane, title in LANES.items():
        log = folder / f"{lane}.ndjson"
        log.write_bytes(gzip.decompress((DATA / f"sigma_lane_{lane}.ndjson.gz").read_bytes()) * 10)
        done = run_child(folder, log, "json", rules, builtin=False)
        bar = 300_000 if lane == "structured_windows" else None
        note = f"{done['rules']} rules, {done['findings']} findings in {done['events']} events"
        rows.append(Row(f"lane {title}", done["rate"], "events/s", bar, note=note))
        if bar:
            tenth = run_child(folder, log, "json", few, builtin=False)
            cost, note = tenth["rate"] / done["rate"], "all rules against every tenth"
            rows += _stages(done)
            rows.append(
                Row("cost of ten times the rules", cost, "×", 1.5, at_least=False, note=note)
            )
    return rows


def _stages(done: dict[str, Any]) -> list[Row]:
    spent = done["stages"]
    whole = sum(spent.values())
    return [
        Row(f"… of which {name}", 100 * seconds / whole, "%", None, note=_each(seconds, done))
        for name, seconds in spent.items()
    ]


def _each(seconds: float, done: dict[str, Any]) -> str:
    return f"{seconds / done['events'] * 1e6:.2f} µs an event"


def _half(folder: Path) -> Row:
    """Every second event of the structured lane replaced so that half of them match."""
    events = (folder / "structured_windows.ndjson").read_bytes().splitlines(keepends=True)[:20_000]
    parsed = get_parser("json").parse(Block(b"".join(events)))
    matches = Engine(load_rules([folder / "sigma"], builtin=False)).evaluate(parsed)
    seen = set().union(*(match.rows.tolist() for match in matches))
    loud = [line for row, line in enumerate(events) if row in seen]
    calm = [line for row, line in enumerate(events) if row not in seen]
    log = folder / "half.ndjson"
    with log.open("wb") as out:
        for number in range(100_000):
            out.write(loud[number % len(loud)])
            out.write(calm[number % len(calm)])
    done = run_child(folder, log, "json", folder / "sigma", builtin=False)
    note = f"{done['findings']} findings in {done['events']} events"
    return Row("half of the events match", done["rate"], "events/s", None, note=note)


def _distinct(folder: Path) -> list[Row]:
    windows, access = folder / "distinct.ndjson", folder / "distinct.log"
    lane = DATA / "sigma_lane_structured_windows.ndjson.gz"
    events = [json.loads(line) for line in gzip.decompress(lane.read_bytes()).splitlines()]
    with windows.open("w", encoding="utf-8") as out:
        for number in range(10 * len(events)):
            event = dict(events[number % len(events)])
            for name in ("CommandLine", "ParentCommandLine"):
                event[name] = f"{event[name]} {number:x}"
            out.write(json.dumps(event) + "\n")
    lines = gzip.decompress((DATA / "apache_access_10k.log.gz").read_bytes()).splitlines()
    with access.open("wb") as out:
        for number in range(30 * len(lines)):
            line = lines[number % len(lines)].replace(b" HTTP/1.", b"?%x HTTP/1." % number, 1)
            out.write(line.rstrip(b'"') + b' %x"\n' % number)
    rules = folder / "sigma"
    events_done = run_child(folder, windows, "json", rules, builtin=False)
    lines_done = run_child(folder, access, "combined", rules / "rules" / "web", builtin=True)
    return [
        Row("distinct command lines", events_done["rate"], "events/s", 150_000),
        Row("distinct URLs and agents", lines_done["rate"], "lines/s", 150_000),
    ]


def _load(folder: Path) -> Row:
    done = run_child(folder, folder / "short.log", "combined", folder / "sigma", builtin=False)
    note = f"{done['rules']} rules from the cache, with their patterns"
    return Row("rule loading, warm", done["load"], "s", 1.0, at_least=False, note=note)


class _Stages:
    """CPU time by stage: two clock readings a block around the calls that a run is made of."""

    def __init__(self) -> None:
        self.spent = dict.fromkeys(("reading", "parsing", "rules", "writing findings"), 0.0)
        self._undo = ExitStack()

    def __enter__(self) -> Self:
        self._around("parsing", JsonReader, "parse")
        self._around("rules", Detector, "detect")
        self._around("writing findings", JsonReport, "write")
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    def blocks(self, path: str) -> Iterator[Block]:
        begun = time.process_time()
        for block in read_blocks(path):
            self.spent["reading"] += time.process_time() - begun
            yield block
            begun = time.process_time()

    def _around(self, stage: str, of: type, name: str) -> None:
        call = getattr(of, name)

        def timed(*given: Any, **named: Any) -> Any:
            begun = time.process_time()
            try:
                return call(*given, **named)
            finally:
                self.spent[stage] += time.process_time() - begun

        self._undo.enter_context(patch.object(of, name, timed))


def run(path: str, form: str, rules: str, builtin: str) -> None:
    """What one child does."""
    keep_freed_memory()
    begun = time.process_time()
    ruleset = load_rules([] if rules == "-" else [rules], builtin=builtin == "1")
    with Path(os.devnull).open("w", encoding="utf-8") as output:
        one = Run(ruleset, get_parser(form), JsonReport(output, 0))
        loaded = time.process_time()
        with _Stages() as stages:
            for _ in one.feed(stages.blocks(path), path):
                pass
            figures = one.finish()
    done = {
        "rate": figures.events / (time.process_time() - loaded),
        "load": loaded - begun,
        "events": figures.events,
        "findings": figures.findings,
        "rules": figures.rules,
        "stages": stages.spent,
        "rss": figures.peak_rss_bytes,
    }
    print(json.dumps(done))


if __name__ == "__main__":
    run(*sys.argv[1:])
