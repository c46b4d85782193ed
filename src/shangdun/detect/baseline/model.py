"""How much is too much: bounds for counts that vary more than chance alone would have them.

A count is taken as negative-binomial: mean m, variance ``grain * m + spread * m²``. With spread 0
that is Poisson; shops vary more, and how much more is learned. The upper quantile is that of the
gamma distribution with the same mean and variance by Wilson and Hilferty (1931), one grain wider
because counts are whole; within 3% of the exact quantile for means above 1, and wider below.
"""

from __future__ import annotations

import numpy as np

from shangdun.detect.baseline.columns import Numbers

TOO_MUCH = 5.2
"""Standard deviations of a bound: 1 in ten million."""
OUTLIER = 3.0
"""What lies past this is learned only up to it."""
RANGE = 1.645
"""Of the range shown as usual: nine of ten lie in it."""


def quantile(mean: Numbers, spread: Numbers, z: float, grain: float = 1.0) -> Numbers:
    """The count ``z`` standard deviations up (or, negative, down) of a skewed distribution.

    ``grain`` is the size of one event: 1 for counts, the mean size of an item for sums.
    """
    mean = np.maximum(mean, 1e-9)
    relative = (grain / mean + spread) / 9.0
    root = 1.0 - relative + z * np.sqrt(relative)
    found: Numbers = mean * np.maximum(root, 0.0) ** 3
    return found + grain if z > 0 else found


def doubtful(mean: Numbers, spread: Numbers, seen: Numbers, grain: float = 1.0) -> Numbers:
    """A mean as high as it may really be, given that it was learned from ``seen`` periods."""
    return mean + 2.0 * np.sqrt((mean * grain + spread * mean**2) / np.maximum(seen, 1.0))
