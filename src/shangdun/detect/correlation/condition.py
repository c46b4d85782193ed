"""When a number satisfies a rule's condition."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from shangdun.detect.correlation.buffer import Flags, Ints
from shangdun.detect.correlation.spec import Condition

COMPARE: dict[str, Callable[[Any, float], Any]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "eq": operator.eq,
    "neq": operator.ne,
}


def holds(condition: Condition, numbers: Ints) -> Flags:
    """Where every bound of the condition is satisfied."""
    satisfied = np.ones(len(numbers), np.bool_)
    for name, number in condition.bounds:
        satisfied &= COMPARE[name](numbers, number)
    return satisfied


def holds_for(condition: Condition, number: int) -> bool:
    """Whether every bound of the condition is satisfied by one number."""
    return all(COMPARE[name](number, bound) for name, bound in condition.bounds)
