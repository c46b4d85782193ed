"""What one sink makes of one value, weighed by its author's own figures."""

from __future__ import annotations

import time

from shangdun_guard.inspector.calibration import DEFAULT_BIAS
from shangdun_guard.inspector.sink import Sink, Slot

QUERY = Slot("query", "q")


def score(sink: Sink, text: str, slot: Slot = QUERY) -> float:
    """Log-odds that the value is an attack; 0 and above convicts."""
    if not sink.may(text):
        return DEFAULT_BIAS
    signs = sink.judge(text, slot)
    for sign in signs:
        assert 0 <= sign.start <= sign.end <= len(text), sign
        assert sign.code in sink.sentences, sign
    return DEFAULT_BIAS + sum(sink.weights[sign.code] for sign in signs)


def growth(sink: Sink, unit: str, size: int = 12_000) -> float:
    """CPU time for four times the text over that for the text: about 4 where it is linear."""

    def spent(text: str) -> float:
        best = float("inf")
        for _ in range(2):
            start = time.process_time()
            if sink.may(text):
                sink.judge(text, QUERY)
            best = min(best, time.process_time() - start)
        return max(best, 0.002)

    small = unit * (size // len(unit))
    return spent(small * 4) / spent(small)


ORDINARY = [
    "42",
    "red running shoes",
    "user@example.com",
    "2026-10-05T12:30:00Z",
    "en-US,en",
    "f47ac10b-58cc-4372-a567-0e02b2c3d479",
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
    "/catalogue/the-cat-in-the-hat_33/",
    "北京市朝阳区建国路88号",
    "true",
    "+86 138 0013 8000",
    "Mozilla",
]


def read_though_ordinary(sink: Sink) -> list[str]:
    """The ordinary values that do not pass at the first glance but are read: that costs."""
    return [value for value in ORDINARY if sink.may(value)]
