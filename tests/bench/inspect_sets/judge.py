"""Every set through the inspector, by origin; what is absent is named."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from tests.bench.inspect_sets import gathered, public
from tests.bench.inspect_sets.attacks import attacks
from tests.bench.inspect_sets.honest import honest
from tests.bench.inspect_sets.sample import Sample

from shangdun_guard.inspector.inspector import Inspector
from shangdun_guard.inspector.verdict import Verdict


class Scored(NamedTuple):
    sample: Sample
    verdict: Verdict
    seconds: float
    """CPU time of the judgement."""

    @property
    def score(self) -> float:
        return self.verdict.score


Source = Callable[[], Iterable[Sample]]


def sources(each: int = 60, seed: int = 1) -> dict[str, Source]:
    """Set name to what makes it; ``each``: written requests of every kind and class."""
    found: dict[str, Source] = {
        "written honest": lambda: honest(each, seed),
        "written attacks": lambda: attacks(each, seed),
    }
    if (public.DATA / "httpparams.csv.gz").exists():
        found["httpparams honest"] = lambda: public.httpparams(False)
        found["httpparams attacks"] = lambda: public.httpparams(True)
        found["csic training"] = lambda: public.csic("normalTrafficTraining")
        found["csic honest"] = lambda: public.csic("normalTrafficTest")
        found["csic anomalous"] = lambda: public.csic("anomalousTrafficTest")
        found["access log"] = public.access_log
    for origin in gathered.origins():
        found[origin] = lambda origin=origin: gathered.gathered(origin)  # type: ignore[misc]  # bound now
    return found


def judge(samples: Iterable[Sample], inspector: Inspector) -> Iterator[Scored]:
    for sample in samples:
        started = time.process_time()
        verdict = inspector.inspect(sample.request)
        yield Scored(sample, verdict, time.process_time() - started)
