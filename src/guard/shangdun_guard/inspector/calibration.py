"""What each sign weighs: log-odds in natural units, fitted where there was data to fit them on."""

from __future__ import annotations

WEIGHTS: dict[str, float] = {}
"""Sign code to fitted log-odds; a code that is absent weighs what its sink's author believes.

``layer.<name>`` is added once to every judged form that stood below that layer and carries a sign.
"""

BIAS: dict[str, float] = {}
"""Class to fitted log-odds of a form without any sign; absent: ``DEFAULT_BIAS``."""

DEFAULT_BIAS = -4.0

THRESHOLD = 0.5
"""A class at least this probable makes the verdict an attack."""
