"""Hunting: searches over thirty days of access events, and rules run back over a day of them.

The lake is made of one generated day that does not repeat (see ``access_lines.py``), moved to each
of thirty days with other addresses; files are as a compaction leaves them. Searches are asked as
``shangdun search`` asks them: a process of its own with two threads and 1 GB, from its start to its
answer; the figure is CPU time of that process, median of three, since this machine is shared: with
two threads it is not less than what a person waits on a machine that is not. The wall clock and the
load beside it stand in the note. ``SHANGDUN_BENCH_EVENTS`` sets the size; unless it is given ten
million events are made. The run over history is CPU time of one process, all builtin rules.
"""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median

from tests.bench.access_lines import DAY
from tests.bench.month_lake import DAYS, address_of, month_lake
from tests.bench.row import Row

from shangdun.detect.history import Range, run_history
from shangdun.detect.rules import load_rules
from shangdun.lake.query.ask import Question, ask
from shangdun.lake.query.request import Done, Histogram, Rows
from shangdun.lake.store import Lake

EVENTS = int(os.environ.get("SHANGDUN_BENCH_EVENTS", "10000000"))
READY = os.environ.get("SHANGDUN_BENCH_LAKE", "")
"""A lake that an earlier run has made, to be measured again."""
SAMPLES = 3
ONE_DAY = 17


def measure() -> list[Row]:
    with _lake() as lake:
        files = lake.files()
        events, size = sum(file.rows for file in files), sum(file.size for file in files)
        day = {"since": DAY + timedelta(days=ONE_DAY), "until": DAY + timedelta(days=ONE_DAY + 1)}
        month = {"since": DAY, "until": DAY + timedelta(days=DAYS)}
        address = f"ip:{address_of(lake, ONE_DAY)}"
        facet = {"limit": 1, "values_a_facet": 20}
        cases = [
            ("a day by one address", 1.0, Question(text=address, **day)),
            ("thirty days by one address", None, Question(text=address, **month)),
            ("thirty days, facet of paths",
             5.0, Question(text="", facets=["http_request.url.path"], **facet, **month)),
            ("thirty days, facet of addresses",
             5.0, Question(text="", facets=["src_endpoint.ip"], **facet, **month)),
            ("thirty days, facet of one status",
             5.0, Question(text="status:404", facets=["src_endpoint.ip"], **facet, **month)),
            ("thirty days, a word in any text", None, Question(text='"sid=ffff"', **month)),
            ("a day by SQL", None, Question(
                text='SELECT "src_endpoint.ip", count(*) FROM events GROUP BY 1 ORDER BY 2 DESC',
                sql=True, **day)),
        ]  # fmt: skip
        rows = [Row("the lake", size / events, "bytes/event", note=f"{events:,} events")]
        rows += [_timed(lake, name, bar, question) for name, bar, question in cases]
        rows += _first_rows(lake, Question(text="status:404", histogram=True, **month))
        rows.append(_history(lake))
        return rows


@contextmanager
def _lake() -> Iterator[Lake]:
    if READY:
        yield Lake(Path(READY))
        return
    with tempfile.TemporaryDirectory() as folder:
        yield month_lake(Path(folder), EVENTS, level=3)


def _timed(lake: Lake, name: str, bar: float | None, question: Question) -> Row:
    walls, spent = [], []
    for _ in range(SAMPLES):
        began, before = time.perf_counter(), _children()
        updates = list(ask(lake, question))
        assert isinstance(updates[-1], Done)
        walls.append(time.perf_counter() - began)
        spent.append(_children() - before)
    note = f"wall {median(walls):.2f} s at load {os.getloadavg()[0]:.1f}"
    return Row(name, median(spent), "s CPU", bar, at_least=False, note=note)


def _children() -> float:
    """CPU seconds of processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _first_rows(lake: Lake, question: Question) -> list[Row]:
    """When the first hundred rows are there, and when the whole histogram is."""
    first, whole = [], []
    for _ in range(SAMPLES):
        began = time.perf_counter()
        for update in ask(lake, question):
            if isinstance(update, Rows) and len(first) == len(whole):
                first.append(time.perf_counter() - began)
            if isinstance(update, Histogram) and update.done >= 1.0:
                whole.append(time.perf_counter() - began)
    note = f"at load {os.getloadavg()[0]:.1f}"
    return [
        Row("thirty days, first rows of 5 %", median(first), "s wall", note=note),
        Row("the same, histogram complete", median(whole), "s wall", note=note),
    ]


def _history(lake: Lake) -> Row:
    """All builtin rules over an hour of events; events a CPU second."""
    ruleset = load_rules()
    since = DAY + timedelta(days=ONE_DAY, hours=10)
    hours = max(1, min(8, int(300_000 * DAYS * 24 / EVENTS)))
    began = time.process_time()
    found = run_history(lake, ruleset, Range(since, since + timedelta(hours=hours)))
    spent = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    note = f"{len(ruleset.every())} rules, {found.events:,} events, peak {peak} MB"
    return Row("rules run over history", found.events / spent, "events/s CPU", None, note=note)
