"""Detection over files without server or state: blocks in, findings written, figures out."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from shangdun.detect.detector import Detection, Detector
from shangdun.detect.evidence import Where
from shangdun.detect.rule import RuleSet
from shangdun.lake.block import Block, Logsource, Parsed
from shangdun.lake.parse import Reader

_BLANK = Block(b"")


class Report(Protocol):
    """Who is told what was found in a frame."""

    def write(self, detection: Detection, parsed: Parsed, where: Where, detector: Detector) -> int:
        """Tell it, and give the number of findings."""
        ...

    def finish(self) -> None:
        """There are no more frames."""
        ...


@dataclass
class Figures:
    """What a run did; the names are those of ``shangdun detect --stats``."""

    events: int = 0
    findings: int = 0
    dead_letters: int = 0
    rules: int = 0
    rules_skipped: int = 0
    rule_load_seconds: float = 0.0
    seconds: float = 0.0
    """Net of rule loading."""
    events_per_second: float = 0.0
    peak_rss_bytes: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    """Why lines became dead letters, and how many."""


class Run:
    """One pass over some files with one set of rules."""

    def __init__(self, ruleset: RuleSet, parser: Reader, report: Report) -> None:
        started = time.perf_counter()
        self._parser = parser
        self._report = report
        self._detector = Detector(ruleset)
        logsource = fixed_logsource(parser)
        self._fields = self._detector.fields_for(logsource)
        self.figures = Figures(
            rules=len(ruleset.every()),
            rules_skipped=len(ruleset.errors) + len(ruleset.skipped),
            rule_load_seconds=ruleset.load_seconds + time.perf_counter() - started,
        )
        self._started = time.perf_counter()

    def feed(self, blocks: Iterable[Block], path: str) -> Iterator[Figures]:
        """Take in a file; the figures so far are given after each block."""
        where = Where("", path, path)
        for block in blocks:
            parsed = self._parser.parse(block, self._fields)
            detection = self._detector.detect(parsed, source="", file_id=path)
            self.figures.events += parsed.events.height
            self.figures.dead_letters += len(parsed.dead)
            for letter in parsed.dead:
                reason = letter.reason[:120]
                if reason in self.figures.reasons or len(self.figures.reasons) < 10:
                    self.figures.reasons[reason] = self.figures.reasons.get(reason, 0) + 1
            self.figures.findings += self._report.write(detection, parsed, where, self._detector)
            yield self.figures

    def finish(self) -> Figures:
        """The figures of the whole run."""
        self._report.finish()
        figures = self.figures
        figures.seconds = time.perf_counter() - self._started
        figures.events_per_second = figures.events / figures.seconds if figures.seconds else 0.0
        figures.peak_rss_bytes = _peak_rss_bytes()
        return figures


def fixed_logsource(parser: Reader) -> Logsource | None:
    """The log source of every event of a format, where it has only one."""
    return parser.parse(_BLANK).logsource


def _peak_rss_bytes() -> int:
    """The most memory this process held. ``ru_maxrss`` also knows that of the one it came from."""
    try:
        status = Path("/proc/self/status").read_text("ascii")
        return next(int(x.split()[1]) for x in status.splitlines() if x.startswith("VmHWM")) * 1024
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
