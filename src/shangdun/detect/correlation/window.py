"""One correlation rule over its sliding windows.

Time is the time of events. Events take effect one after the other as they arrive: each is put
in its place in time, and the windows that it falls into (those that end at an event between it
and one timespan later) are looked at again. So the result does not depend on how the stream is
cut into batches. A window holds the events from its end back to one timespan before, both ends
included.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from shangdun.detect.correlation.batch import Batch, group_of
from shangdun.detect.correlation.buffer import EVENT, MAX_TIME, Events, Flags, Ints, order_key
from shangdun.detect.correlation.condition import holds, most_telling
from shangdun.detect.correlation.disorder import Disorder, Measured
from shangdun.detect.correlation.groups import Episode
from shangdun.detect.correlation.hit import NO_FIELDS, CorrelationHit, EventRef, Rows
from shangdun.detect.correlation.measures import measure_of, measured_abreast
from shangdun.detect.correlation.retention import compact
from shangdun.detect.correlation.spec import CorrelationSpec
from shangdun.detect.correlation.state import Figures, Limits, State
from shangdun.kernel.ids import content_id

MAX_EARLIER = 20
SEVERAL = 64
"""Groups that are worth measuring abreast."""
NO_ROWS: Rows = np.empty(0, np.int64)
NOTHING_KEPT: Mapping[tuple[int, int, int], Mapping[str, str]] = {}


class Place(NamedTuple):
    """Where a frame comes from."""

    files: list[tuple[str, str]]
    """Source and name of every file seen; events hold an index into it."""
    source: int
    feed: int
    """How many frames were fed before."""
    kept: Mapping[tuple[int, int, int], Mapping[str, str]] = NOTHING_KEPT
    """File, line and offset → the fields of events whose absence just became certain."""

    def ref(self, event: Events, *, shift: int = 0) -> EventRef:
        """An event as those who read hits know it, ``shift`` milliseconds away."""
        where = int(event["file"]), int(event["line"]), int(event["offset"])
        source, file = self.files[where[0]]
        time = int(event["time"]) + shift
        return EventRef(
            file, where[1], where[2], time, source, dict(self.kept.get(where, NO_FIELDS))
        )


class _Group(NamedTuple):
    """The events of one group while a frame is evaluated."""

    slot: int
    old: Events
    """Still in the buffer, in order of time."""
    new: Events
    """Of this frame, in order of arrival."""
    rows: Rows
    """Parallel to ``new``: the row of the frame, or -1 for an event that is in none."""


class RuleWindow:
    """Evaluation of one rule over its state."""

    def __init__(self, spec: CorrelationSpec, limits: Limits) -> None:
        self.spec = spec
        self.state = State(spec, limits)
        self._measure = measure_of(spec)

    @property
    def figures(self) -> Figures:
        """What is held and what was left out."""
        figures = self.state.figures
        figures.groups, figures.events = len(self.state.groups), len(self.state.buffer)
        return figures

    def feed(self, batch: Batch, place: Place) -> tuple[list[CorrelationHit], Rows]:
        """Take in one frame's events; gives hits and the events at which the condition holds."""
        figures = self.state.figures
        figures.ungrouped_events += batch.ungrouped
        figures.untimed_events += batch.untimed
        figures.non_numeric_events += batch.non_numeric
        new, arrived, overtaken = self._accept(batch)
        if not len(new):
            return [], NO_ROWS
        groups = self.state.groups
        touched, starts, counts = np.unique(
            new["slot"].astype(np.int64), return_index=True, return_counts=True
        )
        fewest = self._measure.fewest(self.spec.condition.least)
        possible = groups.held[touched] + counts >= fewest
        possible |= groups.running[touched] > 0
        known, possible = self._abreast(new, overtaken, touched, starts, counts, possible)
        hits: list[CorrelationHit] = []
        held: list[Rows] = [NO_ROWS]
        rows = batch.origin[arrived]
        for group, (start, stop) in self._split(
            new, rows, touched[possible], starts[possible], counts[possible]
        ):
            measured = known.get(group.slot) or self._measured(group)
            held.append(batch.events[arrived[start:stop][measured.holds]])
            hits += self._episodes(group, measured, place)
        self.state.buffer.append(new)
        groups.held[touched] += counts
        groups.active[touched] = place.feed
        groups.source[touched] = place.source
        self.state.clocks[place.source] = int(np.median(batch.times))
        compact(self.state)
        return hits, np.unique(np.concatenate(held))

    def _accept(self, batch: Batch) -> tuple[Events, Ints, Flags]:
        """Events sorted by group, in order of arrival within it, without those that are too late.

        Too late is measured against the newest event of the same group that came before. Given
        are the events, the positions in the batch, and which were overtaken by a newer one.
        """
        slots = self.state.groups.slots_of(batch.codes, batch.keys)
        order = _stable_order(slots)
        new: Events = np.empty(len(order), EVENT)
        new["slot"], new["time"] = slots[order], batch.times[order]
        new["value"], new["file"] = batch.values[order], batch.places[order]
        new["line"], new["offset"] = batch.lines[order], batch.offsets[order]
        slots = slots[order]
        newest = np.maximum.accumulate(order_key(new)) & MAX_TIME
        newest = np.maximum(newest, self.state.groups.newest[slots])
        last = np.flatnonzero(np.diff(slots, append=-1))
        self.state.groups.newest[slots[last]] = newest[last]
        late = new["time"] < newest - self.state.limits.lateness
        self.state.figures.late_events += int(late.sum())
        return new[~late], order[~late], (new["time"] < newest)[~late]

    def _abreast(
        self,
        new: Events,
        overtaken: Flags,
        touched: Ints,
        starts: Ints,
        counts: Ints,
        possible: Flags,
    ) -> tuple[dict[int, Measured], Flags]:
        """Measure groups whose events came in order, all at once.

        Gives what was measured, by slot, and which groups are still to be looked at: of those
        in order only where the condition holds or an episode runs.
        """
        straight = possible & ~np.logical_or.reduceat(overtaken, starts)
        if not self._measure.abreast or np.count_nonzero(straight) < SEVERAL:
            return {}, possible
        slots, sizes = touched[straight], counts[straight]
        events = new[np.repeat(straight, counts)]
        old = self.state.buffer.gather(slots)
        numbers = measured_abreast(self._measure, old, events, self.spec.span)
        held = holds(self.spec.condition, numbers)
        lows = np.cumsum(sizes) - sizes
        telling = np.logical_or.reduceat(held, lows) | (self.state.groups.running[slots] > 0)
        known: dict[int, Measured] = {}
        for at in np.flatnonzero(telling).tolist():
            part = slice(int(lows[at]), int(lows[at] + sizes[at]))
            behind = np.zeros(int(sizes[at]), np.int64)
            ends = events["time"][part]
            known[int(slots[at])] = Measured(numbers[part], ends, behind, held[part])
        left = possible.copy()
        left[straight] = telling
        return known, left

    def _split(
        self, new: Events, rows: Rows, slots: Ints, starts: Ints, counts: Ints
    ) -> list[tuple[_Group, tuple[int, int]]]:
        if not len(slots):
            return []
        old = self.state.buffer.gather(slots)
        places = old["slot"].astype(np.int64)
        lows = np.searchsorted(places, slots, "left").tolist()
        highs = np.searchsorted(places, slots, "right").tolist()
        groups = []
        spans = zip(starts.tolist(), (starts + counts).tolist(), strict=True)
        for slot, (start, stop), low, high in zip(slots.tolist(), spans, lows, highs, strict=True):
            mine = new[start:stop]
            needed = int(mine["time"].min()) - self.spec.span
            before = old[low:high]
            before = before[np.searchsorted(before["time"], needed, "left") :]
            groups.append((_Group(slot, before, mine, rows[start:stop]), (start, stop)))
        return groups

    def _measured(self, group: _Group) -> Measured:
        """Measure at once what is in order of time, and event by event what is not."""
        times = np.concatenate([group.old["time"], group.new["time"]])
        values = np.concatenate([group.old["value"], group.new["value"]])
        first, condition = len(group.old), self.spec.condition
        ends = times[first:].copy()
        nothing = np.zeros(len(ends), np.int64)
        if self._measure.most(values) < condition.least:
            return Measured(nothing, ends, nothing, np.zeros(len(ends), np.bool_))
        if np.all(np.diff(times[max(first - 1, 0) :]) >= 0):
            numbers = self._measure.ordered(times, values, first, self.spec.span)
            return Measured(numbers, ends, nothing, holds(condition, numbers))
        return Disorder(self._measure, condition, self.spec.span).measured(times, values, first)

    def _episodes(self, group: _Group, measured: Measured, place: Place) -> list[CorrelationHit]:
        """Fold the events at which the condition holds into episodes, one hit each."""
        span, slot = self.spec.span, group.slot
        episode = self.state.groups.episodes.get(slot)
        where = np.flatnonzero(measured.holds)
        ends = measured.ends[where]
        furthest = np.maximum.accumulate(ends)
        breaks = np.flatnonzero(ends[1:] > furthest[:-1] + span) + 1
        counted = 0
        hits: list[CorrelationHit] = []
        for part in np.split(where, breaks) if len(where) else []:
            first, last = int(part[0]), int(part[-1])
            begins = episode is None or int(measured.ends[first]) > episode.last_time + span
            numbers = measured.numbers[part].tolist()
            if episode is None or begins:
                episode, events, rows = self._begin(group, measured, first, place)
                events = np.concatenate([events, group.new[first + 1 : last + 1]])
                rows = np.concatenate([rows, group.rows[first + 1 : last + 1]])
                episode.count += last - first
                added = episode.count
            else:
                events, rows = group.new[counted : last + 1], group.rows[counted : last + 1]
                added = episode.pending + last + 1 - counted
                episode.count += added
                numbers.append(episode.value)
            counted = last + 1
            episode.pending = 0
            episode.last_time = max(episode.last_time, int(measured.ends[part].max()))
            episode.value = float(most_telling(self.spec.condition, numbers))
            earlier = tuple(place.ref(event) for event in events[rows < 0][-MAX_EARLIER:])
            rows = np.unique(rows[rows >= 0])
            hits.append(self._hit(slot, episode, rows, earlier, begins=begins, added=added))
        if episode is not None:
            episode.pending += len(group.new) - counted
            self.state.groups.episodes[slot] = episode
            self.state.groups.running[slot] = 1
        return hits

    def _begin(
        self, group: _Group, measured: Measured, crossing: int, place: Place
    ) -> tuple[Episode, Events, Rows]:
        """The episode that event ``crossing`` begins, with its events and their rows."""
        old, new = group.old, group.new[: crossing + 1]
        events = np.concatenate([old, new])
        rows = np.concatenate([np.full(len(old), -1), group.rows[: crossing + 1]])
        order = np.argsort(events["time"], kind="stable")
        order = order[: len(order) - int(measured.behind[crossing])]
        end = int(measured.ends[crossing])
        order = order[events["time"][order] >= end - self.spec.span]
        picked = order[self._measure.members(events["value"][order])]
        event = group.new[crossing]
        source, file = place.files[event["file"]]
        uid = content_id(
            self.spec.uid,
            self.state.groups.keys[group.slot],
            int(event["time"]),
            source,
            file,
            int(event["line"]),
            int(event["offset"]),
        )
        first_time = int(events["time"][picked].min())
        return Episode(uid, first_time, end, len(picked), 0.0), events[picked], rows[picked]

    def _hit(
        self,
        slot: int,
        episode: Episode,
        rows: Rows,
        earlier: tuple[EventRef, ...],
        *,
        begins: bool,
        added: int,
    ) -> CorrelationHit:
        return CorrelationHit(
            rule=self.spec.uid,
            episode=episode.uid,
            begins=begins,
            group=group_of(self.spec, self.state.groups.keys[slot]),
            first_time=episode.first_time,
            last_time=episode.last_time,
            count=episode.count,
            value=episode.value,
            rows=rows,
            earlier=earlier,
            added=added,
        )


def _stable_order(slots: Ints) -> Ints:
    """The order that sorts by slot and keeps arrival; by radix where 16 bits hold the slots."""
    small = slots.astype(np.uint16) if int(slots.max(initial=0)) < 1 << 16 else slots
    return np.argsort(small, kind="stable")
