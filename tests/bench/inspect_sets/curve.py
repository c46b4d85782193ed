"""How many attacks are found at how many false alarms, and whether a probability means one."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

RATES = (0.0, 0.0001, 0.0002, 0.0005, 0.001, 0.005, 0.01)
"""Shares of honest requests turned away, at which recall is told."""


class Point(NamedTuple):
    rate: float
    """Share of honest requests that may be turned away."""
    threshold: float
    """Requests with a score above it are attacks."""
    recall: float


def curve(honest: Sequence[float], attacks: Sequence[float]) -> list[Point]:
    """Recall at each of ``RATES``; scores are probabilities. Ties go against the attacks."""
    return [Point(rate, limit, recall(attacks, limit)) for rate, limit in limits(honest)]


def limits(honest: Sequence[float]) -> list[tuple[float, float]]:
    """For each of ``RATES`` the lowest score above which that share of honest requests stays."""
    falling = sorted(honest, reverse=True) or [0.0]
    return [(rate, falling[min(int(rate * len(falling)), len(falling) - 1)]) for rate in RATES]


def recall(attacks: Sequence[float], limit: float) -> float:
    """Share of ``attacks`` above ``limit``; 0 of none."""
    return sum(score > limit for score in attacks) / len(attacks) if attacks else 0.0


class Bucket(NamedTuple):
    low: float
    high: float
    count: int
    predicted: float
    """Mean of the probabilities told."""
    seen: float
    """Share of attacks among them."""


def calibration(honest: Sequence[float], attacks: Sequence[float], prior: float) -> list[Bucket]:
    """Told probabilities beside seen shares, as if attacks were ``prior`` of the traffic."""
    weight = prior / max(len(attacks), 1), (1 - prior) / max(len(honest), 1)
    edges = (0.0, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99, 1.0)
    buckets = []
    for low, high in itertools.pairwise(edges):
        last = high == 1.0
        bad = [s for s in attacks if low <= s < high or (last and s == 1.0)]
        good = [s for s in honest if low <= s < high or (last and s == 1.0)]
        mass = len(bad) * weight[0] + len(good) * weight[1]
        if mass:
            predicted = (sum(bad) * weight[0] + sum(good) * weight[1]) / mass
            seen = len(bad) * weight[0] / mass
            buckets.append(Bucket(low, high, len(bad) + len(good), predicted, seen))
    return buckets
