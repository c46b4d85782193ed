"""Honest requests of every kind, made from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.bench.inspect_sets import (
    honest_api,
    honest_forms,
    honest_packed,
    honest_uploads,
    honest_web,
    honest_wild,
)
from tests.bench.inspect_sets.sample import Sample

KINDS = {
    **honest_web.KINDS,
    **honest_api.KINDS,
    **honest_packed.KINDS,
    **honest_forms.KINDS,
    **honest_uploads.KINDS,
    **honest_wild.KINDS,
}


def honest(each: int, seed: int = 1) -> Iterator[Sample]:
    """``each`` requests of every kind; the same ones for the same seed."""
    for kind, make in KINDS.items():
        rng = random.Random(f"{kind}/{seed}")
        for _ in range(each):
            sent = make(rng)
            yield Sample(sent, "written", kind, note=f"{sent.method} {sent.target[:200]}")
