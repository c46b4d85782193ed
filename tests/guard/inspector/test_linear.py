"""Twice the size, about twice the time, whatever is sent: measured in CPU time, as a ratio."""

from __future__ import annotations

import gc
import time
import tracemalloc

import pytest
from tests.guard.inspector.worst import CASES

from shangdun_guard.inspector import Inspector, Limits
from shangdun_guard.request import Request

SIZE = 6 << 10
GROWTH = 2.8
"""Twice is linear, four times is quadratic; a shared core blurs what lies between."""
SLACK = 0.004
"""Seconds of CPU time that a ratio of small numbers may be off."""
# Bounds would end the work before it can show how it grows.
UNBOUND = Limits(body=1 << 20, form=1 << 20, head=1 << 20, values=1 << 20, judged=1 << 30)

HUNGRY = ("JSON of short odd strings", "many encoded parameters", "a gzip bomb", "deep JSON lists")


def cost(inspector: Inspector, request: Request, runs: int) -> float:
    best = float("inf")
    for _ in range(runs):
        started = time.process_time()
        inspector.inspect(request)
        best = min(best, time.process_time() - started)
    return best


@pytest.mark.parametrize("name", CASES)
def test_time_grows_as_the_request_does(name: str) -> None:
    make = CASES[name]
    inspector = Inspector(UNBOUND, remember=False)
    small, large = make(SIZE), make(2 * SIZE)
    gc.collect()
    gc.disable()  # its rounds come when they want
    try:
        for runs in (1, 4, 15):  # a busy machine is asked again, a quadratic answers the same
            first, second = cost(inspector, small, runs), cost(inspector, large, runs)
            if second <= GROWTH * first + SLACK:
                return
    finally:
        gc.enable()
    pytest.fail(f"{SIZE} bytes took {first:.4f} s, twice as many {second:.4f} s")


def test_memory_is_bounded() -> None:
    inspector = Inspector()
    for name in HUNGRY:
        request = CASES[name](64 << 10)
        tracemalloc.start()
        inspector.inspect(request)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 32 << 20, name
