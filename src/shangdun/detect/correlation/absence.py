"""``absence``, our one extension: an event of the first rule, and then none of the second.

An event waits for its answer: one of the second rule in the same group, at the same time or up
to one timespan later. When the time of the event's source has passed that by the lateness that
is allowed, the absence is certain. It counts at the last moment at which an answer would have
come in time, and stands where the event stands that waited in vain. What is earlier than the
time of its source by more than the lateness comes too late, as a question and as an answer; so
the result does not depend on how the stream is cut.

Certain absences are folded into episodes, and counted by other correlations, like any events.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec
import numpy as np
import polars as pl

from shangdun.detect.correlation.batch import Batch
from shangdun.detect.correlation.buffer import MAX_TIME, TIME_BITS, Events, Flags, Ints
from shangdun.detect.correlation.clock import Clocks, Passage
from shangdun.detect.correlation.frame import TIME, Certain, Frame
from shangdun.detect.correlation.groups import Groups
from shangdun.detect.correlation.hit import CorrelationHit, Rows
from shangdun.detect.correlation.spec import Condition, CorrelationSpec
from shangdun.detect.correlation.state import Figures, Limits
from shangdun.detect.correlation.window import Place, RuleWindow

WAITING = np.dtype(
    [
        ("slot", "i4"),  # the group
        ("time", "i8"),  # milliseconds
        ("source", "i4"),
        ("file", "i4"),  # where it stands: index of the file, line and byte
        ("line", "u4"),
        ("offset", "u8"),
        ("row", "i8"),  # of the frame just fed, else -1
    ]
)
ANSWER = np.dtype([("slot", "i4"), ("time", "i8"), ("source", "i4")])
MOST_CHUNKS = 64
FEW = 4096
"""So little is not tidied."""


@dataclass
class Open:
    """What an absence rule remembers."""

    groups: Groups = field(default_factory=Groups)
    waiting: Events = field(default_factory=lambda: np.empty(0, WAITING))
    """In order of arrival."""
    fields: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={TIME: pl.Int64}))
    """Time and what else is kept of the events that wait, row by row."""
    answers: Events = field(default_factory=lambda: np.empty(0, ANSWER))
    """In order of slot and time."""


class AbsenceWindow:
    """Evaluation of one absence rule; ``kept`` are the fields that are kept of what waits."""

    def __init__(self, spec: CorrelationSpec, limits: Limits, kept: Iterable[str]) -> None:
        self.spec = spec
        self.open = Open()
        self._limits = limits
        self._kept = frozenset(kept)
        self._tidied = FEW
        once = Condition((("gte", 1.0),))
        self._episodes = RuleWindow(
            msgspec.structs.replace(spec, type="event_count", condition=once), limits
        )
        self.state = self._episodes.state

    @property
    def figures(self) -> Figures:
        """What is held and what was left out."""
        figures = self.state.figures
        figures.groups = len(self.open.groups)
        figures.events = len(self.open.waiting) + len(self.open.answers)
        return figures

    def feed(
        self, batch: Batch | None, frame: Frame, place: Place, clocks: Clocks, passage: Passage
    ) -> tuple[list[CorrelationHit], Certain | None]:
        """Take in one frame's events and its time; gives hits and what became certain."""
        if batch is not None:
            self._take(batch, frame, place, passage)
        certain, keys = self._certain(place.source, passage)
        self.open.waiting["row"] = -1
        if len(self.open.answers) + len(self.open.groups) > self._tidied:
            self._tidy(clocks)
        if certain is None:
            return [], None
        return self._hits(certain, keys, place), certain

    def _take(self, batch: Batch, frame: Frame, place: Place, passage: Passage) -> None:
        """Sort a frame's events into those that wait and those that answer."""
        figures = self.state.figures
        figures.ungrouped_events += batch.ungrouped
        figures.untimed_events += batch.untimed
        late = batch.times < _time_at(frame, batch.events, passage) - self._limits.lateness
        figures.late_events += int(late.sum())
        slots = self.open.groups.slots_of(batch.codes, batch.keys)
        answers = (batch.values == 1) & ~late
        self._answer(slots[answers], batch.times[answers], place.source)
        asks = (batch.values == 0) & ~late
        new = np.empty(int(asks.sum()), WAITING)
        new["slot"], new["time"], new["source"] = slots[asks], batch.times[asks], place.source
        new["file"], new["line"] = batch.places[asks], batch.lines[asks]
        new["offset"], new["row"] = batch.offsets[asks], batch.origin[asks]
        unanswered = ~_answered(new, _keys_of(self.open.answers), self.spec.span)
        new = new[unanswered]
        if len(new):
            fields = frame.texts(self._kept, batch.events[asks][unanswered])
            self._wait(new, fields.with_columns(pl.Series(TIME, new["time"])))

    def _answer(self, slots: Ints, times: Ints, source: int) -> None:
        if not len(slots):
            return
        new = np.empty(len(slots), ANSWER)
        new["slot"], new["time"], new["source"] = slots, times, source
        new = new[np.argsort(_keys_of(new), kind="stable")]
        self._keep(~_answered(self.open.waiting, _keys_of(new), self.spec.span))
        held = self.open.answers
        self.open.answers = np.insert(
            held, np.searchsorted(_keys_of(held), _keys_of(new), "right"), new
        )

    def _wait(self, new: Events, fields: pl.DataFrame) -> None:
        known = self.open
        known.waiting = np.concatenate([known.waiting, new])
        known.fields = pl.concat([known.fields, fields], how="diagonal")
        if known.fields.n_chunks() > MOST_CHUNKS:
            known.fields = known.fields.rechunk()
        over = len(known.waiting) - self._limits.waiting
        if over > 0:
            self.state.figures.evicted_events += over
            order = np.argsort(known.waiting["time"], kind="stable")
            keep = np.ones(len(known.waiting), np.bool_)
            keep[order[:over]] = False
            self._keep(keep)

    def _keep(self, keep: Flags) -> None:
        if not keep.all():
            self.open.waiting = self.open.waiting[keep]
            self.open.fields = self.open.fields.filter(pl.Series(keep))

    def _certain(self, source: int, passage: Passage) -> tuple[Certain | None, list[str]]:
        """What has waited in vain by now, and the groups of it."""
        waiting, span = self.open.waiting, self.spec.span
        passed = passage.end - self._limits.lateness
        due = (waiting["source"] == source) & (waiting["time"] + span < passed)
        if not due.any():
            return None, []
        places = np.flatnonzero(due)
        places = places[np.argsort(waiting["time"][places], kind="stable")]
        mine = waiting[places]
        certain = Certain(
            times=mine["time"] + span,
            places=mine["file"].astype(np.int64),
            lines=mine["line"].astype(np.int64),
            offsets=mine["offset"].astype(np.int64),
            origin=mine["row"].copy(),
            before=np.searchsorted(
                passage.at - self._limits.lateness, mine["time"] + span, "right"
            ).astype(np.int64),
            fields=self.open.fields[places],
        )
        keys = [self.open.groups.keys[slot] for slot in mine["slot"].tolist()]
        self._keep(~due)
        return certain, keys

    def _hits(self, certain: Certain, keys: list[str], place: Place) -> list[CorrelationHit]:
        """The episodes of absences; the times that are shown are those of the events."""
        codes: dict[str, int] = {}
        every = np.arange(len(certain))
        batch = Batch(
            events=every,
            origin=certain.origin,
            codes=np.array([codes.setdefault(key, len(codes)) for key in keys], np.int64),
            keys=list(codes),
            times=certain.times,
            values=np.zeros(len(certain), np.uint64),
            places=certain.places,
            lines=certain.lines,
            offsets=certain.offsets,
        )
        hits, _ = self._episodes.feed(batch, place._replace(kept=certain.kept()))
        span = self.spec.span
        return [
            CorrelationHit(
                rule=hit.rule,
                episode=hit.episode,
                begins=hit.begins,
                group=hit.group,
                first_time=hit.first_time - span,
                last_time=hit.last_time,
                count=hit.count,
                value=float(hit.count),
                rows=hit.rows,
                earlier=tuple(ref._replace(time=ref.time - span) for ref in hit.earlier),
                added=hit.added,
            )
            for hit in hits
        ]

    def _tidy(self, clocks: Clocks) -> None:
        """Forget answers that nothing can ask for any more, and groups that hold nothing."""
        known, limits = self.open, self._limits
        size = max(clocks.sources, default=0) + 1
        passed = np.array([clocks.newest(source) for source in range(size)])
        needed = passed[known.answers["source"]] - self.spec.span - limits.lateness
        known.answers = known.answers[known.answers["time"] >= needed]
        over = len(known.answers) - limits.events
        if over > 0:
            self.state.figures.trimmed_events += over
            oldest = np.argsort(known.answers["time"], kind="stable")[:over]
            known.answers = np.delete(known.answers, oldest)
        alive = np.zeros(len(known.groups), np.bool_)
        alive[known.waiting["slot"]] = True
        alive[known.answers["slot"]] = True
        moved = known.groups.keep(np.flatnonzero(alive))
        known.waiting["slot"] = moved[known.waiting["slot"]]
        known.answers["slot"] = moved[known.answers["slot"]]
        self._tidied = max(FEW, 2 * (len(known.answers) + len(known.groups)))


def fields_to_bytes(frame: pl.DataFrame) -> bytes:
    """Fields that are kept, as Arrow IPC."""
    buffer = io.BytesIO()
    frame.write_ipc(buffer)
    return buffer.getvalue()


def fields_from_bytes(data: bytes) -> pl.DataFrame:
    """The frame behind ``fields_to_bytes``."""
    return pl.read_ipc(io.BytesIO(data))


def _time_at(frame: Frame, events: Rows, passage: Passage) -> Ints:
    """How far the source's time had come when each event arrived."""
    if frame.order is None:
        return passage.at[events]
    ranks = frame.order[events]  # 2 row + 1, and 2 row for what became certain before the row
    rows = (ranks - 1) // 2
    return np.where(rows >= 0, passage.at[rows] if len(passage.at) else 0, 0)


def _keys_of(events: Events) -> Ints:
    """One integer an event that sorts by slot, then time."""
    keys: Ints = (events["slot"].astype(np.int64) << TIME_BITS) | events["time"]
    return keys


def _answered(waiting: Events, answers: Ints, span: int) -> Flags:
    """Which events have an answer among sorted keys."""
    if not len(answers) or not len(waiting):
        return np.zeros(len(waiting), np.bool_)
    slots = waiting["slot"].astype(np.int64) << TIME_BITS
    first = np.searchsorted(answers, slots | waiting["time"], "left")
    found = answers[np.minimum(first, len(answers) - 1)]
    last = slots | np.minimum(waiting["time"] + span, MAX_TIME)
    answered: Flags = (first < len(answers)) & (found <= last)
    return answered
