"""The request inspector on one core: requests a second offline, and time for 4 KB inline.

CPU time in a process of its own, from raw bytes to the verdict, parsing included; every request is
another one. Offline: 20,000 requests of browsers (15 headers, about 1 KB, each with a session and
token of its own), the first as the inspector starts and knows nothing, then as it runs. Inline:
4 KB of form and JSON with odd text, one at a time. What it cost most is named in the notes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.inspect_requests import browser_requests, requests_of_4_kb
from tests.bench.row import Row
from tests.guard.inspector.sinks.scoring import ORDINARY
from tests.guard.inspector.worst import CASES

from shangdun_guard.inspector import Inspector
from shangdun_guard.inspector.registry import all_sinks
from shangdun_guard.request import parse_request

ROOT = Path(__file__).resolve().parent.parent.parent
COUNT = 20_000
RATE_BAR, INLINE_BAR = 20_000, 1.0


def measure() -> list[Row]:
    """One row a figure, measured in a process of its own."""
    found = subprocess.run(  # this very file
        [sys.executable, "-m", "tests.bench.bench_inspect"],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    return [Row(**row) for row in json.loads(found.stdout)]


def rows() -> Iterator[dict[str, object]]:
    inspector = Inspector()
    first, second = list(browser_requests(COUNT)), list(browser_requests(COUNT, seed=9))
    size = sum(map(len, first)) // COUNT
    for name, requests in (("from a cold start", first), ("running", second)):
        yield {
            "measure": f"requests of browsers, {name}",
            "value": rate(inspector, requests),
            "unit": "requests/s",
            "bar": RATE_BAR,
            "note": f"{size} bytes each on average",
        }
    yield glances()
    forgetful = Inspector(remember=False)
    yield {
        "measure": "requests of browsers, nothing remembered",
        "value": rate(forgetful, first[:5000]),
        "unit": "requests/s",
    }
    yield from inline(inspector)
    yield slowest()


def glances(rounds: int = 400) -> dict[str, object]:
    """The dearest sink's first glance at an ordinary value, with which most values end."""
    found = {}
    for sink in all_sinks():
        best = float("inf")
        for _ in range(5):
            start = time.process_time()
            for _ in range(rounds):
                for value in ORDINARY:
                    sink.may(value)
            best = min(best, time.process_time() - start)
        found[sink.name] = best / rounds / len(ORDINARY) * 1e6
    dearest = max(found, key=lambda name: found[name])
    return {
        "measure": "a sink's first glance at an ordinary value, the dearest",
        "value": found[dearest],
        "unit": "µs",
        "note": f"{dearest}; all {len(found)} together {sum(found.values()):.1f} µs",
    }


def rate(inspector: Inspector, requests: list[bytes]) -> float:
    started = time.process_time()
    attacks = sum(inspector.inspect(parse_request(raw)).attack for raw in requests)
    seconds = time.process_time() - started
    if attacks:
        raise AssertionError(f"{attacks} honest requests were called attacks")
    return len(requests) / seconds


def inline(inspector: Inspector) -> Iterator[dict[str, object]]:
    seconds = []
    for raw in requests_of_4_kb(4000):
        started = time.process_time()
        inspector.inspect(parse_request(raw))
        seconds.append(time.process_time() - started)
    seconds = sorted(seconds[100:])
    for share, bar in ((0.5, None), (0.99, INLINE_BAR)):
        yield {
            "measure": f"a request of 4 KB with odd text, p{share * 100:g}",
            "value": seconds[int(len(seconds) * share)] * 1e3,
            "unit": "ms",
            "bar": bar,
            "at_least": False,
        }


def slowest() -> dict[str, object]:
    """The most that 64 KB made to be slow can cost, with all bounds in force."""
    inspector = Inspector()
    found: list[tuple[float, str]] = []
    for name, make in CASES.items():
        request = make(64 << 10)
        started = time.process_time()
        inspector.inspect(request)
        found.append((time.process_time() - started, name))
    seconds, name = max(found)
    return {
        "measure": "64 KB made to be slow, the worst of them",
        "value": seconds * 1e3,
        "unit": "ms",
        "note": name,
    }


if __name__ == "__main__":
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    print(json.dumps(list(rows())))
