"""What the engine gives for one rule and one frame of events."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangdun.detect.rule import Rule


class Match(NamedTuple):
    """A rule and the rows of the frame where it holds, ascending, without repetition."""

    rule: Rule
    rows: NDArray[np.int64]
