"""The inspector: values out of a request, forms out of values, signs out of forms, one verdict."""

from __future__ import annotations

from typing import Mapping

from shangdun_guard.inspector import calibration
from shangdun_guard.inspector.config import Limits
from shangdun_guard.inspector.decode.forms import forms_of
from shangdun_guard.inspector.extract import values_of
from shangdun_guard.inspector.places import span_of
from shangdun_guard.inspector.registry import all_sinks
from shangdun_guard.inspector.sink import Slot
from shangdun_guard.inspector.value import Value
from shangdun_guard.inspector.verdict import Hit, Judged, Reading, Verdict
from shangdun_guard.inspector.weigh import Scales
from shangdun_guard.request import Request


class Inspector:
    """Judges requests one by one; holds only bounded caches, so one serves a whole process."""

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        threshold: float = calibration.THRESHOLD,
        weights: Mapping[str, float] | None = None,
        bias: Mapping[str, float] | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.threshold = threshold
        self._sinks = all_sinks()
        self._scales = Scales(self._sinks, weights, bias)
        self._sentences = {
            code: text for sink in self._sinks for code, text in sink.sentences.items()
        }

    def inspect(self, request: Request) -> Verdict:
        """The verdict over a request; never raises, whatever the bytes."""
        return self.weigh(request, self.read(request))

    def read(self, request: Request) -> Reading:
        """Every sign in the request, not weighed yet."""
        reading = Reading([], [])
        for value in values_of(request):
            self._read_value(value, reading)
        return reading

    def weigh(self, request: Request, reading: Reading) -> Verdict:
        """The verdict that a reading (perhaps with excused signs left out) amounts to."""
        weighed = [(self._scales.probability(judged), judged) for judged in reading.judged]
        weighed.sort(key=lambda pair: -pair[0])
        scores: dict[str, float] = {}
        for probability, judged in weighed:
            scores.setdefault(judged.cls, probability)
        classes = tuple(name for name, score in scores.items() if score >= self.threshold)
        hits = tuple(
            hit
            for probability, judged in weighed
            for hit in self._hits(request, judged, probability)
        )
        return Verdict(
            bool(classes), max(scores.values(), default=0.0), classes,
            hits[: self.limits.hits], scores, tuple(reading.partial),
        )  # fmt: skip

    def _read_value(self, value: Value, reading: Reading) -> None:
        slot = Slot(value.place, value.name)
        for form in forms_of(value, self.limits):
            for sink in self._sinks:
                if sink.may(form.text):
                    signs = sink.judge(form.text, slot)
                    if signs:
                        reading.judged.append(Judged(sink.name, value, form, tuple(signs)))

    def _hits(self, request: Request, judged: Judged, probability: float) -> list[Hit]:
        start, end = span_of(request, judged.value)
        value, form = judged.value, judged.form
        slot = Slot(value.place, value.name)
        raw = value.text.encode("latin-1", "replace")
        return [
            Hit(
                judged.cls,
                probability,
                slot,
                raw,
                start,
                end,
                form.text,
                form.layers,
                sign.code,
                self._sentences.get(sign.code, sign.code),
                sign.start,
                sign.end,
            )  # fmt: skip
            for sign in judged.signs
        ]
