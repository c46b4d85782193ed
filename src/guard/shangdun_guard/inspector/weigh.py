"""Signs to probabilities: log-odds add up within a form, a class counts by its strongest form."""

from __future__ import annotations

import math
from collections.abc import Mapping

from shangdun_guard.inspector import calibration
from shangdun_guard.inspector.protocol.check import Check
from shangdun_guard.inspector.sink import Sink
from shangdun_guard.inspector.verdict import Judged


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

    def probability(self, judged: Judged) -> float:
        """Of the class, from one form: each code once, each layer once, and the place; 0 to 1."""
        weights = self._weights
        odds = self._bias.get(judged.cls, calibration.DEFAULT_BIAS)
        odds += weights.get(f"{judged.cls}.in_{judged.value.place}", 0.0)
        for code in {sign.code for sign in judged.signs}:
            odds += weights.get(code, 0.0)
        for layer in set(judged.form.layers):
            odds += weights.get(f"layer.{layer}", 0.0)
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, odds))))
