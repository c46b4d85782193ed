"""What a simulated year of the register costs: 100,000 trials, CPU time of the best of three.

The register is as large as the one that comes along with every risk put into numbers, and one
twice as large with a rate of one event a year on average.
"""

from __future__ import annotations

import time

from tests.bench.row import Row

from shangdun.assess.frequency import prior
from shangdun.assess.method.starter import register
from shangdun.assess.quantify.effects import Kept
from shangdun.assess.quantify.loss import Loss, Shape
from shangdun.assess.quantify.simulate import TRIALS, Quantified, simulate

RANGES = ((0.05, 0.5), (0.1, 1.5), (0.3, 3.0), (1.0, 6.0))
STAGES = (Kept(), Kept(0.6, 0.9), Kept(0.3, 0.8))


def risks(count: int) -> list[Quantified]:
    return [
        Quantified(
            uid=number,
            rate=prior(*RANGES[number % len(RANGES)]),
            loss=Loss(shape=Shape.LOGNORMAL, low=5_000 + 100 * number, high=400_000),
            stages=STAGES,
        )
        for number in range(1, count + 1)
    ]


def cpu(of: list[Quantified], *, each: bool) -> float:
    best = float("inf")
    for _time in range(3):
        began = time.process_time()
        simulate(of, each=each)
        best = min(best, time.process_time() - began)
    return best


def measure() -> list[Row]:
    own = risks(sum(len(factor.risks) for factor in register().factors))
    name = f"{len(own)} risks, {TRIALS:,} trials, three stages"
    double = risks(2 * len(own))
    return [
        Row(name, cpu(own, each=False), "s", 1.0, at_least=False),
        Row(f"{name}, each risk's figures too", cpu(own, each=True), "s"),
        Row(f"{len(double)} risks, {TRIALS:,} trials", cpu(double, each=False), "s"),
    ]
