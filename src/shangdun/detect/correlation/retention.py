"""What a rule may forget, and what it must give up when its memory is full.

Expired events and groups cannot take part in any window to come; forgetting them changes no
result. Beyond that there are limits: a group keeps its newest events, and when a rule holds too
much, the groups that were silent longest go first. Both are counted, so that they can be shown.
"""

from __future__ import annotations

import numpy as np

from shangdun.detect.correlation.buffer import Events, Flags, Ints
from shangdun.detect.correlation.state import State

REPEATABLE = frozenset({"value_count", "temporal"})
"""Types for which the newest event of each value stands for all before it."""
ROOM = 0.9
"""After an eviction this share of the limit is used, so that the next one is not at once."""


def compact(state: State) -> None:
    """Forget what is expired when it is worth while, and evict where limits are passed."""
    limits, groups, buffer = state.limits, state.groups, state.buffer
    if not (buffer.due(limits.fresh) or len(buffer) > limits.events or len(groups) > limits.groups):
        return
    events = buffer.merged()
    alive = _groups_alive(state)
    events = events[_needed(state, events, alive)]
    events, trimmed = _trimmed(events, limits.group_events)
    state.figures.trimmed_events += trimmed
    _resettle(state, events, alive)
    if len(events) > limits.events or len(groups) > limits.groups:
        _evict(state, buffer.merged())


def _groups_alive(state: State) -> Flags:
    """Groups whose newest event may still share a window with the next of their source."""
    groups = state.groups
    size = len(groups)
    clocks = np.zeros(max(state.clocks, default=0) + 1, np.int64)
    for source, clock in state.clocks.items():
        clocks[source] = clock
    alive: Flags = groups.newest[:size] >= clocks[groups.source[:size]] - state.patience
    return alive


def _needed(state: State, events: Events, alive: Flags) -> Flags:
    slots = events["slot"]
    settled = state.groups.newest[slots] - state.limits.lateness
    needed: Flags = alive[slots] & (events["time"] >= settled - state.spec.span)
    if state.spec.type in REPEATABLE:
        needed &= ~_repeated(events, settled)
    return needed


def _repeated(events: Events, settled: Ints) -> Flags:
    """Events whose value came again at a time that no late event can precede any more.

    Every window to come that holds the older one holds the newer one too.
    """
    order = np.lexsort((np.arange(len(events)), events["value"], events["slot"]))
    slots, values = events["slot"][order], events["value"][order]
    again = (slots[:-1] == slots[1:]) & (values[:-1] == values[1:])
    again &= events["time"][order][1:] <= settled[order][1:]
    repeated = np.zeros(len(events), np.bool_)
    repeated[order[:-1][again]] = True
    return repeated


def _trimmed(events: Events, most: int) -> tuple[Events, int]:
    """Each group's newest ``most`` events, and how many that leaves out."""
    slots = events["slot"]
    ends = np.searchsorted(slots, slots, "right")
    kept = ends - np.arange(len(events)) <= most
    return events[kept], int(len(events) - kept.sum())


def _evict(state: State, events: Events) -> None:
    """Give up whole groups, those silent longest first, until there is room again."""
    groups, limits = state.groups, state.limits
    size = len(groups)
    order = np.argsort(-groups.active[:size], kind="stable")
    total = np.cumsum(groups.held[:size][order])
    stay = int(np.searchsorted(total, int(limits.events * ROOM), "right"))
    stay = max(1, min(stay, int(limits.groups * ROOM)))
    alive = np.zeros(size, np.bool_)
    alive[order[:stay]] = True
    kept = events[alive[events["slot"]]]
    state.figures.evicted_groups += size - stay
    state.figures.evicted_events += len(events) - len(kept)
    _resettle(state, kept, alive)


def _resettle(state: State, events: Events, alive: Flags) -> None:
    """Renumber the groups that stay and hold exactly these events, all of theirs."""
    groups = state.groups
    kept = np.flatnonzero(alive)
    moved = groups.keep(kept)
    events = events.copy()
    events["slot"] = moved[events["slot"]]
    state.buffer.replace(events)
    held = np.bincount(events["slot"], minlength=len(kept))
    groups.held[: len(kept)] = held[: len(kept)]
    over = [
        slot
        for slot, episode in groups.episodes.items()
        if groups.newest[slot] > episode.last_time + state.patience
    ]
    for slot in over:
        del groups.episodes[slot]
        groups.running[slot] = 0
