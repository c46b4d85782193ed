"""One correlation rule over its sliding windows.

Time is the time of events. Events take effect one after the other as they arrive: each is put
in its place in time, and the windows that it falls into (those that end at an event between it
and one timespan later) are looked at again. So the result does not depend on how the stream is
cut into batches. A window holds the events from its end back to one timespan before, both ends
included.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from shangdun.detect.correlation.batch import Batch, group_of
from shangdun.detect.correlation.buffer import EVENT, MAX_TIME, Events, Flags, Ints, order_key
from shangdun.detect.correlation.condition import holds
from shangdun.detect.correlation.groups import Episode
from shangdun.detect.correlation.hit import CorrelationHit, EventRef, Rows
from shangdun.detect.correlation.measure import Values, measure_of
from shangdun.detect.correlation.retention import compact
from shangdun.detect.correlation.spec import CorrelationSpec
from shangdun.detect.correlation.state import Limits, State
from shangdun.kernel.ids import content_id

MAX_EARLIER = 20
NO_ROWS: Rows = np.empty(0, np.int64)


class Place(NamedTuple):
    """Where a frame comes from."""

    files: list[str]
    """Names of every file seen; events hold an index into it."""
    file: int
    source: int
    feed: int
    """How many frames were fed before."""


class _Group(NamedTuple):
    """The events of one group while a frame is evaluated."""

    slot: int
    old: Events
    """Still in the buffer, in order of time."""
    new: Events
    """Of this frame, in order of arrival."""
    rows: Rows
    """Parallel to ``new``."""


class _Measured(NamedTuple):
    """Parallel to the new events of a group."""

    numbers: Ints
    ends: Ints
    """The time at which the window that was measured ends."""
    holds: Flags


class RuleWindow:
    """Evaluation of one rule over its state."""

    def __init__(self, spec: CorrelationSpec, limits: Limits) -> None:
        self.spec = spec
        self.state = State(spec, limits)
        self._measure = measure_of(spec.type, len(spec.rules))

    def feed(self, batch: Batch, place: Place) -> tuple[list[CorrelationHit], Rows]:
        """Take in one frame's events; gives hits and the rows at which the condition holds."""
        self.state.figures.ungrouped_events += batch.ungrouped
        self.state.figures.untimed_events += batch.untimed
        new, rows = self._accept(batch, place)
        if not len(new):
            return [], NO_ROWS
        groups = self.state.groups
        touched, starts, counts = np.unique(
            new["slot"].astype(np.int64), return_index=True, return_counts=True
        )
        possible = groups.held[touched] + counts >= self.spec.condition.least
        possible |= groups.running[touched] > 0
        hits: list[CorrelationHit] = []
        held: list[Rows] = [NO_ROWS]
        for group in self._split(new, rows, touched[possible], starts[possible], counts[possible]):
            measured = self._measured(group)
            held.append(group.rows[measured.holds])
            hits += self._episodes(group, measured, place.files)
        self.state.buffer.append(new)
        groups.held[touched] += counts
        groups.active[touched] = place.feed
        groups.source[touched] = place.source
        self.state.clocks[place.source] = int(np.median(batch.times))
        compact(self.state)
        return hits, np.unique(np.concatenate(held))

    def _accept(self, batch: Batch, place: Place) -> tuple[Events, Rows]:
        """Events sorted by group, in order of arrival within it, without those that are too late.

        Too late is measured against the newest event of the same group that came before.
        """
        slots = self.state.groups.slots_of(batch.keys)
        order = np.argsort(slots, kind="stable")
        new: Events = np.empty(len(order), EVENT)
        new["slot"], new["time"] = slots[order], batch.times[order]
        new["value"], new["file"] = batch.values[order], place.file
        new["line"], new["offset"] = batch.lines[order], batch.offsets[order]
        slots = slots[order]
        newest = np.maximum.accumulate(order_key(new)) & MAX_TIME
        newest = np.maximum(newest, self.state.groups.newest[slots])
        np.maximum.at(self.state.groups.newest, slots, newest)
        late = new["time"] < newest - self.state.limits.lateness
        self.state.figures.late_events += int(late.sum())
        return new[~late], batch.rows[order][~late]

    def _split(
        self, new: Events, rows: Rows, slots: Ints, starts: Ints, counts: Ints
    ) -> list[_Group]:
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
            groups.append(_Group(slot, before, mine, rows[start:stop]))
        return groups

    def _measured(self, group: _Group) -> _Measured:
        """Measure in runs that are in order of time; each late event by itself."""
        times = group.old["time"].astype(np.int64)
        values = group.old["value"].astype(np.uint64)
        new_times = group.new["time"].astype(np.int64)
        new_values = group.new["value"].astype(np.uint64)
        numbers = np.zeros(len(new_times), np.int64)
        ends = new_times.copy()
        backwards = np.flatnonzero(np.diff(new_times) < 0) + 1
        at = 0
        while at < len(new_times):
            if not len(times) or new_times[at] >= times[-1]:
                stop = int(min(backwards[backwards > at], default=len(new_times)))
                first = len(times)
                times = np.concatenate([times, new_times[at:stop]])
                values = np.concatenate([values, new_values[at:stop]])
                numbers[at:stop] = self._measure.ordered(times, values, first, self.spec.span)
                at = stop
            else:
                place = int(np.searchsorted(times, new_times[at], "right"))
                times = np.insert(times, place, new_times[at])
                values = np.insert(values, place, new_values[at]).astype(np.uint64)
                numbers[at], ends[at] = self._late(times, values, place)
                at += 1
        return _Measured(numbers, ends, holds(self.spec.condition, numbers))

    def _late(self, times: Ints, values: Values, place: int) -> tuple[int, int]:
        """Number and end of the first window around a late event that satisfies the condition.

        If none does, those of the window that ends at the event itself.
        """
        span = self.spec.span
        low = int(np.searchsorted(times, times[place] - span, "left"))
        high = int(np.searchsorted(times, times[place] + span, "right"))
        numbers = self._measure.ordered(times[low:high], values[low:high], place - low, span)
        first = int(np.argmax(holds(self.spec.condition, numbers)))
        return int(numbers[first]), int(times[place + first])

    def _episodes(
        self, group: _Group, measured: _Measured, files: list[str]
    ) -> list[CorrelationHit]:
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
            earlier: tuple[EventRef, ...] = ()
            begins = episode is None or int(measured.ends[first]) > episode.last_time + span
            if episode is None or begins:
                episode, rows, earlier = self._begin(group, first, int(measured.ends[first]), files)
                rows = np.concatenate([rows, group.rows[first + 1 : last + 1]])
                episode.count += last - first
            else:
                rows = group.rows[counted : last + 1]
                episode.count += episode.pending + last + 1 - counted
            counted = last + 1
            episode.pending = 0
            episode.last_time = max(episode.last_time, int(measured.ends[part].max()))
            episode.value = max(episode.value, int(measured.numbers[part].max()))
            hits.append(self._hit(slot, episode, np.unique(rows), earlier, begins=begins))
        if episode is not None:
            episode.pending += len(group.new) - counted
            self.state.groups.episodes[slot] = episode
            self.state.groups.running[slot] = 1
        return hits

    def _begin(
        self, group: _Group, crossing: int, end: int, files: list[str]
    ) -> tuple[Episode, Rows, tuple[EventRef, ...]]:
        """The episode that event ``crossing`` begins, its rows here, and its events from before."""
        old, new = group.old, group.new[: crossing + 1]
        events = np.concatenate([old, new])
        origin = np.concatenate([np.full(len(old), -1), group.rows[: crossing + 1]])
        inside = (events["time"] >= end - self.spec.span) & (events["time"] <= end)
        events, origin = events[inside], origin[inside]
        order = np.argsort(events["time"], kind="stable")
        picked = order[self._measure.members(events["value"][order])]
        before = events[picked][origin[picked] < 0][-MAX_EARLIER:]
        earlier = tuple(
            EventRef(files[at["file"]], int(at["line"]), int(at["offset"]), int(at["time"]))
            for at in before
        )
        event = group.new[crossing]
        uid = content_id(
            self.spec.uid,
            self.state.groups.keys[group.slot],
            int(event["time"]),
            files[event["file"]],
            int(event["line"]),
            int(event["offset"]),
        )
        first_time = int(events["time"][picked].min())
        rows = origin[picked][origin[picked] >= 0]
        return Episode(uid, first_time, end, len(picked), 0), rows, earlier

    def _hit(
        self,
        slot: int,
        episode: Episode,
        rows: Rows,
        earlier: tuple[EventRef, ...],
        *,
        begins: bool,
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
        )
