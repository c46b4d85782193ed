"""From a journaled batch to rows for the lake and findings: the same batch gives the same again.

Nothing in here looks at the clock or at the disk. Whatever goes wrong inside one source or one
rule stays there: its lines become dead letters or go to the lake unexamined, and it is said.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from itertools import count
from typing import Protocol

import polars as pl

from shangdun.detect.baseline.sale import Sale
from shangdun.detect.correlation.state import Figures
from shangdun.detect.finding import Finding
from shangdun.detect.routing import lanes_of
from shangdun.kernel.clock import Clock, from_millis
from shangdun.lake.block import LINE, DeadLetter, Parsed
from shangdun.lake.conform import conform
from shangdun.lake.parse import Reader, get_parser
from shangdun.lake.schema import POLARS_SCHEMA
from shangdun.lake.store import StoredLetter
from shangdun.observe.event import OWN_SOURCES
from shangdun.runtime.believed import believed, disowned
from shangdun.runtime.journal import Entry, Piece

log = logging.getLogger(__name__)

LOOKED_AT = 200
MOST_FAILURES = 200
"""Parts of a frame that are halved; what fails then goes to the lake unexamined."""


class Detector(Protocol):
    """What looks at events: ``detect.detector.Detector``, or nothing (``NoDetector``)."""

    def process(self, parsed: Parsed, *, source: str, file_id: str, path: str) -> list[Finding]: ...

    def advance(self, now: int, *, sources: Collection[str]) -> list[Finding]: ...

    def figures(self) -> Figures: ...

    def snapshot(self) -> bytes: ...

    def restore(self, state: bytes) -> None: ...

    def announce(self, sales: Sequence[Sale]) -> None: ...


class NoDetector:
    """Looks at nothing; for taking old files into the lake."""

    def process(self, parsed: Parsed, *, source: str, file_id: str, path: str) -> list[Finding]:
        """No findings."""
        del parsed, source, file_id, path
        return []

    def advance(self, now: int, *, sources: Collection[str]) -> list[Finding]:
        """Nothing was waited for."""
        del now, sources
        return []

    def figures(self) -> Figures:
        """Nothing is held, nothing is left out."""
        return Figures()

    def snapshot(self) -> bytes:
        return b""

    def restore(self, state: bytes) -> None:
        """There is nothing to remember."""

    def announce(self, sales: Sequence[Sale]) -> None:
        """There is nothing to calm."""


@dataclass(frozen=True, slots=True)
class PieceResult:
    """What came of one piece: rows with the lake's columns that have values, and dead letters."""

    source: str
    frame: pl.DataFrame
    dead: tuple[DeadLetter, ...]
    size: int
    error: str = ""
    log_sources: tuple[str, ...] = ()
    """What the events are, from a look at some of them."""


@dataclass(slots=True)
class Outcome:
    """What came of one batch."""

    batch: int
    pieces: list[PieceResult] = field(default_factory=list)
    letters: list[StoredLetter] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


class _BatchClock:
    """The moment a batch was taken in, for the parsers that complete a time by it."""

    def __init__(self) -> None:
        self.moment = datetime.fromtimestamp(0, UTC)

    def now(self) -> datetime:
        return self.moment


def _parser(name: str, clock: Clock, zone: tzinfo) -> Reader:
    return get_parser(name, clock=clock, zone=zone)


MakeDetector = Callable[[], Detector]


def no_former(rules: str) -> MakeDetector | None:
    """No rules of before are known."""
    del rules
    return None


class Pipeline:
    """Parse, detect, conform.

    ``rules`` names the rules that the detector evaluates; ``former`` makes a detector of rules
    that an earlier run evaluated, None where they are not known any more.
    """

    def __init__(
        self,
        make_detector: MakeDetector,
        *,
        rules: str = "",
        former: Callable[[str], MakeDetector | None] = no_former,
        zone: tzinfo = UTC,
        make_parser: Callable[[str, Clock, tzinfo], Reader] = _parser,
    ) -> None:
        self._make_detector = make_detector
        self.detector = make_detector()
        self.rules = self._wanted = rules
        self._former = former
        self._zone = zone
        self._clock = _BatchClock()
        self._make_parser = make_parser
        self._parsers: dict[str, Reader] = {}
        self._said: dict[str, str] = {}
        self._sales: tuple[Sale, ...] = ()
        self._memory: tuple[object, bytes] = (None, b"")
        """A detector and what it last knew for certain: where it goes back to when it fails."""

    def announce(self, sales: Sequence[Sale]) -> None:
        """These sales are announced, and no others, to this detector and to those after it."""
        self._sales = tuple(sales)
        self.detector.announce(self._sales)

    def snapshot(self) -> bytes:
        """The detector's memory."""
        state = self.detector.snapshot()
        self._memory = (self.detector, state)
        return state

    def restart(self, state: bytes, rules: str = "") -> None:
        """Forget everything and go on from a detector's snapshot, with the rules it was of.

        What was journaled under other rules must be done again under these, or a finding could
        fall between: counted before it is recorded. A memory that cannot be read costs the
        windows that were open, not the watch.
        """
        make = self._former(rules) if rules and rules != self._wanted else None
        self.rules = rules if make else self._wanted
        make = make or self._make_detector
        self.detector = make()
        try:
            if state:
                self.detector.restore(state)
        except Exception:
            log.exception("the detector's memory cannot be read: its windows begin empty")
            self.detector = make()
        self.announce(self._sales)
        self.snapshot()

    def adopt(self, detector: Detector, rules: str) -> None:
        """Go on with another detector, which has taken up the memory of this one."""
        self.detector, self.rules = detector, rules
        self.announce(self._sales)
        self.snapshot()

    def run(self, entry: Entry) -> Outcome:
        """Everything that comes of a batch."""
        self._clock.moment = from_millis(entry.observed)
        outcome = Outcome(entry.batch)
        for piece in entry.pieces:
            result = self._piece(piece, entry.observed, outcome.findings)
            outcome.pieces.append(result)
            outcome.letters += [
                StoredLetter(piece.source, piece.file_id, piece.format, entry.observed, letter)
                for letter in result.dead
            ]
        outcome.findings += self._advance(entry)
        return outcome

    def _advance(self, entry: Entry) -> list[Finding]:
        """What did not come from silent sources by the time the batch was taken in."""
        try:
            return self.detector.advance(entry.observed, sources=frozenset(entry.ended))
        except Exception:
            log.exception("what did not happen cannot be told")
            self._go_back()
            return []

    def _piece(self, piece: Piece, observed: int, findings: list[Finding]) -> PieceResult:
        size = len(piece.data)
        try:
            parsed = self._reader(piece.format).parse(piece.block(), None)
            frame = _valued(
                conform(parsed, source=piece.source, observed=observed, file_id=piece.file_id)
            )
        except Exception as error:  # noqa: BLE001  a parser's bug costs its lines, not the watch
            self._say(piece, f"{piece.path} cannot be read as {piece.format}", error)
            dead = _all_dead(piece, f"the parser failed: {error}")
            return PieceResult(piece.source, pl.DataFrame(), dead, size, str(error))
        shown = believed(parsed, observed)
        shown = shown if piece.source in OWN_SOURCES else disowned(shown)
        error_text = self._detect(shown, piece, findings)
        seen = log_source_names(parsed)
        return PieceResult(piece.source, frame, parsed.dead, size, error_text, seen)

    def _detect(self, parsed: Parsed, piece: Piece, findings: list[Finding]) -> str:
        try:
            findings += self.detector.process(
                parsed, source=piece.source, file_id=piece.file_id, path=piece.path
            )
        except Exception as error:  # noqa: BLE001  events are kept even where a rule's bug shows
            self._say(piece, "detection failed", error)
            self._go_back()
            aside = self._halve(parsed, piece, findings, count())
            lines = ", ".join(map(str, aside[:5])) + (" …" if len(aside) > 5 else "")
            return f"detection failed for {len(aside)} events (line {lines}): {error}"
        self._said.pop(piece.source, None)
        return ""

    def _halve(
        self, parsed: Parsed, piece: Piece, findings: list[Finding], failures: Iterator[int]
    ) -> list[int]:
        """Look at the halves of a frame that failed, down to the events at fault; their lines."""
        middle = (parsed.events.height + 1) // 2
        aside: list[int] = []
        for events in (parsed.events[:middle], parsed.events[middle:]):
            part = replace(parsed, events=events)
            if not events.height or self._again(part, piece, findings):
                continue
            if events.height > 1 and next(failures) < MOST_FAILURES:
                aside += self._halve(part, piece, findings, failures)
            else:
                aside += events[LINE].to_list()
        return aside

    def _again(self, parsed: Parsed, piece: Piece, findings: list[Finding]) -> bool:
        before = self.detector.snapshot()
        try:
            findings += self.detector.process(
                parsed, source=piece.source, file_id=piece.file_id, path=piece.path
            )
        except Exception:  # noqa: BLE001  it was said when the whole frame failed
            self._restore(before)
            return False
        return True

    def _go_back(self) -> None:
        """To what the detector last knew for certain, at most a commit ago.

        It may have counted half of the frame that failed.
        """
        detector, state = self._memory
        if detector is self.detector:
            self._restore(state)

    def _restore(self, state: bytes) -> None:
        try:
            self.detector.restore(state)
        except Exception:
            log.exception("the detector cannot go back: its windows stay as they are")

    def _say(self, piece: Piece, what: str, error: Exception) -> None:
        """Into the log once, not ten times a second."""
        message = f"{what}: {error}"
        if self._said.get(piece.source) != message:
            self._said[piece.source] = message
            log.error("%s: %s", piece.source, message, exc_info=error)

    def _reader(self, name: str) -> Reader:
        if name not in self._parsers:
            self._parsers[name] = self._make_parser(name, self._clock, self._zone)
        return self._parsers[name]


def log_source_names(parsed: Parsed) -> tuple[str, ...]:
    """``product/category/service`` of the first and last events: what a source feeds."""
    events = parsed.events
    if events.height > 2 * LOOKED_AT:
        ends = pl.concat([events.head(LOOKED_AT), events.tail(LOOKED_AT)])
        parsed = replace(parsed, events=ends)
    try:
        found = lanes_of(parsed).logsources if events.height else []
    except Exception:  # noqa: BLE001  it is only for showing
        return ()
    return tuple("/".join(part[:60] for part in one) for one in found[:20])


def _valued(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns that have a value: a hundred empty ones would take most of the memory."""
    wrong = [name for name, kind in frame.schema.items() if POLARS_SCHEMA.get(name) != kind]
    if wrong:
        raise TypeError(f"columns that do not fit the lake: {', '.join(wrong)}")
    return frame.select(column.name for column in frame if column.null_count() < frame.height)


def _all_dead(piece: Piece, reason: str) -> tuple[DeadLetter, ...]:
    letters = list(piece.dead)
    offset = piece.offset
    for number, line in enumerate(piece.data.split(b"\n"), piece.first_line):
        if line:
            letters.append(DeadLetter(number, offset, line, reason))
        offset += len(line) + 1
    return tuple(letters)
