"""Rules over what is in the lake already: the detector fed with stored rows in event-time order.

The engine and the windows are those of the live watch; only where frames come from differs. Access
logs are read back as columns. Of every other format the stored raw line is read by the format's
own parser again, because rules ask for names that the lake keeps only in ``unmapped``; a line that
cannot be read again is taken from its columns. Findings have the identifiers that the watch would
give where the same events come in the same frames; windows begin empty at ``since``.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import cached_property

import msgspec
import polars as pl

from shangdun.detect.detector import Detector
from shangdun.detect.finding import Finding
from shangdun.detect.rule import AnyRule, BaselineRule, CorrelationRule, RuleSet
from shangdun.kernel.clock import FixedClock, from_millis, to_millis
from shangdun.kernel.errors import ShangdunError
from shangdun.lake.block import LENGTH, LINE, OFFSET, Block, Parsed
from shangdun.lake.conform import raw_line_columns, raw_lines
from shangdun.lake.parse import format_names, get_parser
from shangdun.lake.query.rows import expected_rows, overlapping, stretches
from shangdun.lake.store import Lake

BY_COLUMNS = frozenset({"combined"})
"""Formats whose every column the lake has: they need not be parsed again."""
TOGETHER = 30_000
"""Milliseconds of one source that windows may see before those of another source."""
MOST_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Step:
    """What one stretch of time gave; ``done`` is the share of the range that is behind."""

    until: datetime
    done: float
    events: int
    findings: list[Finding]


@dataclass(slots=True)
class History:
    """What a run gave: all is counted, the newest ``MOST_KEPT`` findings are kept."""

    events: int = 0
    found: int = 0
    matched: int = 0
    """Events behind the findings."""
    by_rule: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    """Newest first."""
    done: float = 0.0
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """The events with ``since <= time < until``."""

    since: datetime
    until: datetime
    sources: Collection[str] | None = None
    """The only ones looked at; None: all."""
    zone: tzinfo = UTC
    """Meant where a stored line has a time without one."""


def over_history(lake: Lake, ruleset: RuleSet, events: Range) -> Iterator[Step]:
    """Run rules over a range of events; leave the loop to cancel.

    At the end time has come to ``until``: what should have followed by then and did not is found.
    Raises ``StoreError`` where the lake cannot be read.
    """
    first, last = to_millis(events.since), to_millis(events.until)
    detector = Detector(ruleset)
    asked = detector.fields_for(None)
    columns = None if asked is None else asked | _NEEDED
    total = max(1.0, expected_rows(overlapping(lake, first, last), first, last))
    behind = 0
    for stretch in stretches(lake, first, last, columns):
        rows = stretch.rows
        if events.sources is not None:
            rows = rows.filter(pl.col("source").is_in(list(events.sources)))
        findings = [
            finding
            for part in _frames(rows, columns, events.zone)
            for finding in detector.process(
                part, source=part.source, file_id=part.file_id, path=part.file_id
            )
        ]
        behind += stretch.rows.height
        yield Step(from_millis(stretch.until), min(0.999, behind / total), rows.height, findings)
    if missing := detector.advance(last):
        yield Step(events.until, 0.999, 0, missing)


def run_history(
    lake: Lake,
    ruleset: RuleSet,
    events: Range,
    *,
    progress: Callable[[History], bool] | None = None,
    keep: int = MOST_KEPT,
) -> History:
    """Run rules over history to the end. ``progress`` hears after every stretch how far it is.

    When it answers False the run ends and says ``cancelled``. Raises ``StoreError``.
    """
    history = History()
    for step in over_history(lake, ruleset, events):
        history.events += step.events
        history.found += len(step.findings)
        history.matched += sum(finding.count for finding in step.findings)
        history.by_rule.update(finding.rule_uid for finding in step.findings)
        history.done = step.done
        history.findings = heapq.nlargest(
            keep, [*history.findings, *step.findings], key=lambda finding: finding.time
        )
        if progress is not None and not progress(history):
            history.cancelled = True
            return history
    history.done = 1.0
    return history


def alone(ruleset: RuleSet, *uids: str) -> RuleSet:
    """Rules of a set with those they rest on; empty where the set has no such rule."""
    every = ruleset.by_uid()
    wanted: set[str] = set()
    waiting = [uid for uid in uids if uid in every]
    while waiting:
        rule = every[waiting.pop()]
        if rule.uid not in wanted:
            wanted.add(rule.uid)
            waiting += _rests_on(rule)
    return msgspec.structs.replace(
        ruleset,
        rules=[rule for rule in ruleset.rules if rule.uid in wanted],
        correlations=[rule for rule in ruleset.correlations if rule.uid in wanted],
        baselines=[rule for rule in ruleset.baselines if rule.uid in wanted],
        key="",
        cache_dir="",
    )


def _rests_on(rule: AnyRule) -> tuple[str, ...]:
    if isinstance(rule, CorrelationRule):
        return tuple(rule.spec.rules)
    return tuple(rule.spec.references) if isinstance(rule, BaselineRule) else ()


@dataclass(frozen=True)
class _Recalled(Parsed):
    """Rows of the lake as a parser gave them; the raw lines are told from the columns."""

    stored: pl.DataFrame = field(default_factory=pl.DataFrame)
    source: str = ""
    file_id: str = ""

    @cached_property
    def _lines(self) -> list[str]:
        return raw_lines(self.stored)

    def raw(self, row: int) -> bytes:
        return self._lines[row].encode("utf-8", "surrogateescape")


_NEEDED = raw_line_columns() | {
    "class_uid",
    "source",
    "source_file",
    "source_line",
    "source_offset",
    "format",
    "metadata.logged_time",
    "time",
}


def _frames(
    rows: pl.DataFrame, columns: frozenset[str] | None, zone: tzinfo
) -> Iterator[_Recalled]:
    """The rows of one file at a time, by time; where files are mixed, half a minute at a time."""
    keys = ["source", "source_file", "format"]
    if rows.select(keys).n_unique() > 1:
        rows = rows.with_columns((pl.col("time") // TOGETHER).alias("_turn"))
        parts = rows.partition_by("_turn", *keys, maintain_order=True, include_key=True)
    else:
        parts = [rows] if rows.height else []
    for part in parts:
        yield from _recall(part.drop("_turn", strict=False), columns, zone)


def _recall(
    rows: pl.DataFrame, columns: frozenset[str] | None, zone: tzinfo
) -> Iterator[_Recalled]:
    form = str(rows["format"][0])
    if form in BY_COLUMNS or form not in format_names():
        yield _from_columns(rows, columns)
        return
    parsed, taken = _parsed_again(rows, form, zone)
    if len(taken):
        stored = rows[taken]
        events = parsed.events.with_columns(
            stored["source_line"].alias(LINE),
            stored["source_offset"].alias(OFFSET),
            stored["time"].alias("time"),
        ).drop(LENGTH, strict=False)
        yield _Recalled(
            events=events,
            logsource=parsed.logsource,
            format=form,
            stored=stored,
            source=str(rows["source"][0]),
            file_id=str(rows["source_file"][0]),
        )
    if len(taken) < rows.height:
        rest = rows.with_row_index("_row").filter(~pl.col("_row").is_in(taken)).drop("_row")
        yield _from_columns(rest, columns)


def _from_columns(rows: pl.DataFrame, columns: frozenset[str] | None) -> _Recalled:
    place = {"source", "source_file", "source_line", "source_offset", "format", "layout", "day"}
    names = [
        name
        for name in rows.columns
        if name not in place and (columns is None or name in columns)
        if rows[name].null_count() < rows.height or name == "time"
    ]
    form = str(rows["format"][0])
    return _Recalled(
        events=rows.select(
            *names,
            pl.col("source_line").alias(LINE),
            pl.col("source_offset").alias(OFFSET),
        ).drop("unmapped", "raw_data", strict=False),
        logsource=get_parser(form).parse(Block(b"")).logsource if form in format_names() else None,
        format=form,
        stored=rows,
        source=str(rows["source"][0]),
        file_id=str(rows["source_file"][0]),
    )


def _parsed_again(rows: pl.DataFrame, form: str, zone: tzinfo) -> tuple[Parsed, list[int]]:
    """The events that the stored lines are, and the row that each of them comes from."""
    lines = [line.encode("utf-8", "surrogateescape") for line in raw_lines(rows)]
    clock = FixedClock(from_millis(int(rows["metadata.logged_time"].max() or 0)))  # type: ignore[arg-type]  # the column is of integers
    parser = get_parser(form, clock=clock, zone=zone)
    starts: dict[int, int] = {}
    at = 0
    for row, line in enumerate(lines):
        starts[at] = row
        at += len(line) + 1
    try:
        parsed = parser.parse(Block(b"".join(line + b"\n" for line in lines)))
    except ShangdunError:
        return Parsed(pl.DataFrame()), []
    found = [starts.get(int(offset), -1) for offset in parsed.events[OFFSET]]
    alone = Counter(found)
    good = [place for place, row in enumerate(found) if row >= 0 and alone[row] == 1]
    kept = Parsed(parsed.events[good], (), parsed.logsource, format=form)
    return kept, [found[place] for place in good]
