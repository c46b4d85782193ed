"""Signs to probabilities: log-odds add up within a form, a class counts by its strongest form."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from shangdun_guard.inspector import calibration
from shangdun_guard.inspector.protocol.check import Check
from shangdun_guard.inspector.sink import Sink
from shangdun_guard.inspector.verdict import Judged

CONTEXT = frozenset({"exploit.scanner"})
"""Signs that speak of the sender and not of a value: they keep company with all others."""


class Scales:
    """Weights of every sign of the given sinks, as calibration or their authors have them."""

    def __init__(
        self,
        sinks: tuple[Sink | Check, ...],
        weights: Mapping[str, float] | None = None,
        bias: Mapping[str, float] | None = None,
    ) -> None:
        self._weights: dict[str, float] = {}
        for sink in sinks:
            self._weights.update(sink.weights)
        self._weights.update(calibration.WEIGHTS)
        self._weights.update(weights or {})
        self._bias = {**calibration.BIAS, **(bias or {})}

    def context(self, reading: Iterable[Judged]) -> float:
        """Log-odds that the sender's own name adds to whatever else the request shows."""
        codes = {sign.code for judged in reading for sign in judged.signs}
        return sum(self._weights.get(code, 0.0) for code in codes & CONTEXT)

    def probability(self, judged: Judged, context: float = 0.0) -> float:
        """Of the class, from one form: each code once, each layer once, and the place; 0 to 1."""
        weights = self._weights
        odds = self._bias.get(judged.cls, calibration.DEFAULT_BIAS)
        odds += weights.get(f"{judged.cls}.in_{judged.value.place}", 0.0)
        for code in dict.fromkeys(sign.code for sign in judged.signs):
            odds += weights.get(code, 0.0)
        for layer in dict.fromkeys(judged.form.layers):
            odds += weights.get(f"layer.{layer}", 0.0)
        if context and not any(sign.code in CONTEXT for sign in judged.signs):
            odds += context
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, odds))))
