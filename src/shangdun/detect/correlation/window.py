"""One correlation rule over its sliding windows.

Time is the time of events. Events take effect one after the other as they arrive: each is put
in its place in time, and the windows that it falls into (those that end at an event between it
and one timespan later) are looked at again. So the result does not depend on how the stream is
cut into batches. A window holds the events from its end back to one timespan before, both ends
included.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

import numpy as np

from shangdun.detect.correlation.batch import Batch, group_of
from shangdun.detect.correlation.buffer import EVENT, MAX_TIME, Events, Flags, Ints, order_key
from shangdun.detect.correlation.condition import holds, holds_for
from shangdun.detect.correlation.groups import Episode
from shangdun.detect.correlation.hit import CorrelationHit, EventRef, Rows
from shangdun.detect.correlation.measure import Newest, measure_of
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
        slots = self.state.groups.slots_of(batch.codes, batch.keys)
        order = _stable_order(slots)
        new: Events = np.empty(len(order), EVENT)
        new["slot"], new["time"] = slots[order], batch.times[order]
        new["value"], new["file"] = batch.values[order], place.file
        new["line"], new["offset"] = batch.lines[order], batch.offsets[order]
        slots = slots[order]
        newest = np.maximum.accumulate(order_key(new)) & MAX_TIME
        newest = np.maximum(newest, self.state.groups.newest[slots])
        last = np.flatnonzero(np.diff(slots, append=-1))
        self.state.groups.newest[slots[last]] = newest[last]
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
        """Measure at once what is in order of time, and event by event what is not."""
        times = np.concatenate([group.old["time"], group.new["time"]])
        values = np.concatenate([group.old["value"], group.new["value"]])
        first = len(group.old)
        ends = times[first:].copy()
        if self._measure.most(values) < self.spec.condition.least:
            return _Measured(np.zeros(len(ends), np.int64), ends, np.zeros(len(ends), np.bool_))
        if np.all(np.diff(times[max(first - 1, 0) :]) >= 0):
            numbers = self._measure.ordered(times, values, first, self.spec.span)
        else:
            numbers, ends = self._disordered(times.tolist(), values.tolist(), first)
        return _Measured(numbers, ends, holds(self.spec.condition, numbers))

    def _disordered(self, times: list[int], values: list[int], first: int) -> tuple[Ints, Ints]:
        """Numbers and ends for events from ``first`` on, which are in order of arrival."""
        span, condition = self.spec.span, self.spec.condition
        arriving = list(zip(times[first:], values[first:], strict=True))
        del times[first:], values[first:]
        window = Newest(span)
        for time, value in zip(times, values, strict=True):
            window.push(time, value, times[-1])
        numbers, ends = np.zeros(len(arriving), np.int64), np.zeros(len(arriving), np.int64)
        for at, (time, value) in enumerate(arriving):
            place = bisect_right(times, time)
            times.insert(place, time)
            values.insert(place, value)
            number, ends[at] = None, times[-1]
            if time >= times[-1] - span:
                window.push(time, value, times[-1])
                number = self._measure.newest(window)
            if number is None or (place < len(times) - 1 and not holds_for(condition, number)):
                number, ends[at] = self._around(times, values, place)
            numbers[at] = number
        return numbers, ends

    def _around(self, times: list[int], values: list[int], place: int) -> tuple[int, int]:
        """Number and end of the last window around an event that satisfies the condition.

        If none does, those of the window that ends at the event itself.
        """
        span = self.spec.span
        low = bisect_left(times, times[place] - span)
        high = bisect_right(times, times[place] + span)
        part = np.array(times[low:high], np.int64)
        numbers = self._measure.ordered(
            part, np.array(values[low:high], np.uint64), place - low, span
        )
        last = max(np.flatnonzero(holds(self.spec.condition, numbers)), default=0)
        return int(numbers[last]), times[place + int(last)]

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


def _stable_order(slots: Ints) -> Ints:
    """The order that sorts by slot and keeps arrival; by radix where 16 bits hold the slots."""
    small = slots.astype(np.uint16) if int(slots.max(initial=0)) < 1 << 16 else slots
    return np.argsort(small, kind="stable")
