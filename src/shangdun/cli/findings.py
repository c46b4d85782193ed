"""How findings are told on a terminal or in a pipe."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TextIO

import msgspec

from shangdun.cli.output import plain
from shangdun.detect.detector import Detection, Detector
from shangdun.detect.evidence import Where, times_of
from shangdun.detect.finding import Finding
from shangdun.detect.ocsf import MatchLines, to_ocsf
from shangdun.kernel.severity import Severity
from shangdun.lake.block import LINE, Parsed
from shangdun.respond.folding import merge

LINE_LETTERS = 300
"""Of a log line shown beside a finding."""
MOST_EPISODES = 10_000
"""Correlations that are kept open, to be told once with all that belongs to them."""


class _Report:
    """Tells matches as they come and a correlation when it is over, one line each."""

    def __init__(self, output: TextIO, observed: int) -> None:
        self._output = output
        self._observed = observed
        self._episodes: dict[tuple[str, str], Finding] = {}

    def write(self, detection: Detection, parsed: Parsed, where: Where, detector: Detector) -> int:
        """See ``detect.run.Report``."""
        begun = 0
        for text in self._matches(detection, parsed, where):
            self._output.write(text)
        for hit in detection.hits:
            finding = detector.finding_of(hit, parsed, where)
            key = (hit.rule, hit.episode)
            earlier = self._episodes.pop(key, None)
            self._episodes[key] = merge(earlier, finding) if earlier else finding
            begun += hit.begins
            if len(self._episodes) > MOST_EPISODES:
                self._output.write(self._episode(self._episodes.pop(next(iter(self._episodes)))))
        for alarm in detection.alarms:
            self._output.write(self._episode(detector.alarm_finding(alarm, parsed, where)))
        begun += len(detection.alarms)
        return begun + sum(len(match.rows) for match in detection.matches)

    def finish(self) -> None:
        """Tell what is still open."""
        for finding in self._episodes.values():
            self._output.write(self._episode(finding))
        self._episodes.clear()
        self._output.flush()

    def _matches(self, detection: Detection, parsed: Parsed, where: Where) -> Iterator[str]:
        raise NotImplementedError

    def _episode(self, finding: Finding) -> str:
        raise NotImplementedError


class JsonReport(_Report):
    """OCSF 2004 detection findings as JSON."""

    def __init__(self, output: TextIO, observed: int) -> None:
        super().__init__(output, observed)
        self._lines = MatchLines()

    def _matches(self, detection: Detection, parsed: Parsed, where: Where) -> Iterator[str]:
        for match in detection.matches:
            yield self._lines.write(match, parsed.events, where.path, self._observed)

    def _episode(self, finding: Finding) -> str:
        return msgspec.json.encode(to_ocsf(finding)).decode() + "\n"


class TextReport(_Report):
    """Time, severity, title, place and the log's line; nothing in it can steer a terminal."""

    def _matches(self, detection: Detection, parsed: Parsed, where: Where) -> Iterator[str]:
        for match in detection.matches:
            rows = match.rows.tolist()
            lines = parsed.events[LINE].gather(match.rows).to_list()
            for row, line, time in zip(rows, lines, times_of(parsed.events, rows), strict=True):
                place = f"{where.path}:{line}"
                raw = parsed.raw_text(row)
                rule = match.rule
                yield _line(time or self._observed, rule.severity_id, rule.title, place, raw)

    def _episode(self, finding: Finding) -> str:
        last = finding.evidences[-1]
        who = ", ".join(f"{one.kind} {one.value}" for one in finding.entities[:3])
        title = f"{finding.title} ({finding.count} events{': ' if who else ''}{who})"
        return _line(finding.time, finding.severity_id, title, f"{last.file}:{last.line}", last.raw)


def _line(time: int, severity_id: int, title: str, place: str, raw: str) -> str:
    moment = datetime.fromtimestamp(time / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    severity = Severity(severity_id).name.lower()
    cut = raw if len(raw) <= LINE_LETTERS else raw[: LINE_LETTERS - 1] + "…"
    return f"{moment}  {severity:<13}  {plain(title)}  {plain(place)}  {plain(cut)}\n"
