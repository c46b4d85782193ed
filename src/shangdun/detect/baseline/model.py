"""How much is too much: counts that vary more than chance alone would have them.

A count is taken as negative-binomial: mean m, variance ``grain * m + spread * m²``. With spread 0
that is Poisson; shops vary more, and how much more is learned. How unlikely a count is follows
from Chernoff's bound, which no tail exceeds, also far out and for small means. The range shown as
usual, and the bound past which a value is learned only in part, are quantiles of the gamma
distribution with the same mean and variance by Wilson and Hilferty (1931).
"""

from __future__ import annotations

import numpy as np

from shangdun.detect.baseline.columns import Numbers

TOO_UNLIKELY = 15.5
"""-ln of the chance that a period is out of the usual by accident: 1 in five million."""
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


def surprise(value: Numbers, mean: Numbers, spread: Numbers, grain: float = 1.0) -> Numbers:
    """-ln of the chance, at most, that a count is so large; 0 for what is not above its mean."""
    value, mean = value / grain, np.maximum(mean / grain, 1e-9)
    shape = 1 / np.maximum(spread, 1e-6)
    above = value * np.log(np.maximum(value, 1e-9) / mean) - (value + shape) * np.log(
        (value + shape) / (mean + shape)
    )
    return np.where(value > mean, above, 0.0)


def unlikely(part: Numbers, whole: Numbers, share: float) -> Numbers:
    """How unlikely so large a part is where each has the chance ``share``: -ln of Chernoff's bound.

    For parts of wholes, among entities of which each is seldom seen.
    """
    seen = np.clip(part / np.maximum(whole, 1e-9), 1e-9, 1 - 1e-9)
    share = min(max(share, 1e-9), 1 - 1e-9)
    apart = seen * np.log(seen / share) + (1 - seen) * np.log((1 - seen) / (1 - share))
    return np.where(seen > share, whole * apart, 0.0)


def doubtful(mean: Numbers, spread: Numbers, seen: Numbers, grain: float = 1.0) -> Numbers:
    """A mean as high as it may really be, given that it was learned from ``seen`` periods."""
    return mean + 2.0 * np.sqrt((mean * grain + spread * mean**2) / np.maximum(seen, 1.0))
