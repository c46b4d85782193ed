"""When a number satisfies a rule's condition."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from shangdun.detect.correlation.buffer import Flags
from shangdun.detect.correlation.measure import Numbers
from shangdun.detect.correlation.spec import Condition

COMPARE: dict[str, Callable[[Any, float], Any]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "eq": operator.eq,
    "neq": operator.ne,
}


def holds(condition: Condition, numbers: Numbers) -> Flags:
    """Where every bound of the condition is satisfied."""
    satisfied = np.ones(len(numbers), np.bool_)
    for name, number in condition.bounds:
        satisfied &= COMPARE[name](numbers, number)
    return satisfied


def holds_for(condition: Condition, number: float) -> bool:
    """Whether every bound of the condition is satisfied by one number."""
    return all(COMPARE[name](number, bound) for name, bound in condition.bounds)


def most_telling(condition: Condition, numbers: list[float]) -> float:
    """The number that says most: the greatest, or the least where small ones are asked for."""
    return min(numbers) if condition.falls else max(numbers)
