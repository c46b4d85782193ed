"""The inspector: values out of a request, forms out of values, signs out of forms, one verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shangdun_guard.inspector import calibration
from shangdun_guard.inspector.config import Limits
from shangdun_guard.inspector.places import Places
from shangdun_guard.inspector.protocol.check import Check
from shangdun_guard.inspector.reader import Reader
from shangdun_guard.inspector.registry import CHECKS, all_sinks
from shangdun_guard.inspector.sink import Sink, Slot
from shangdun_guard.inspector.verdict import Hit, Judged, Reading, Verdict
from shangdun_guard.inspector.weigh import Scales
from shangdun_guard.request import Request

CLEAN = Verdict(attack=False, score=0.0, classes=(), hits=(), scores={})


class Inspector:
    """Judges requests one by one; holds only bounded caches, so one serves a whole process."""

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        threshold: float = calibration.THRESHOLD,
        weights: Mapping[str, float] | None = None,
        bias: Mapping[str, float] | None = None,
        remember: bool = True,
        checks: tuple[Check, ...] = (),
    ) -> None:
        """``weights`` and ``bias`` go over those of ``calibration``; ``remember`` quiet values.

        ``checks`` join those of the registry: a shop's own profile and virtual patches.
        """
        self.limits = limits or Limits()
        self.threshold = threshold
        sinks = all_sinks()
        checks = (*CHECKS, *checks)
        self._reader = Reader(self.limits, sinks, checks, remember=remember)
        self._scales = Scales((*sinks, *checks), weights, bias)
        sources: tuple[Sink | Check, ...] = (*sinks, *checks)
        self._sentences = {
            code: sentence for source in sources for code, sentence in source.sentences.items()
        }

    def inspect(self, request: Request) -> Verdict:
        """The verdict over a request; never raises, whatever the bytes."""
        reading = self._reader.read(request)
        if not reading.judged and not reading.partial:
            return CLEAN
        return self.weigh(request, reading)

    def read(self, request: Request) -> Reading:
        """Every sign in the request, not weighed yet."""
        return self._reader.read(request)

    def weigh(self, request: Request, reading: Reading) -> Verdict:
        """The verdict that a reading (perhaps with excused signs left out) amounts to."""
        scales = self._scales
        context = scales.context(reading.judged)
        weighed = [(scales.probability(judged, context), judged) for judged in reading.judged]
        weighed.sort(key=lambda pair: -pair[0])
        scores: dict[str, float] = {}
        for probability, judged in weighed:
            scores.setdefault(judged.cls, probability)
        classes = tuple(name for name, score in scores.items() if score >= self.threshold)
        return Verdict(
            attack=bool(classes),
            score=max(scores.values(), default=0.0),
            classes=classes,
            hits=tuple(self._hits(request, weighed)),
            scores=scores,
            partial=tuple(reading.partial),
        )

    def _hits(self, request: Request, weighed: list[tuple[float, Judged]]) -> Iterator[Hit]:
        room = self.limits.hits
        places = Places(request) if weighed else None
        for probability, judged in weighed:
            for sign in judged.signs:
                room -= 1
                if room < 0 or places is None:
                    return
                value, form = judged.value, judged.form
                start, end = places.span(value)
                yield Hit(
                    cls=judged.cls,
                    score=probability,
                    slot=Slot(value.place, value.name),
                    raw=places.bytes_of(start, end),
                    start=start,
                    end=end,
                    form=form.text,
                    layers=form.layers,
                    code=sign.code,
                    reason=self._sentences.get(sign.code, sign.code),
                    sign_start=sign.start,
                    sign_end=sign.end,
                )
