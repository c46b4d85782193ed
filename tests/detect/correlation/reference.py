"""What a correlation means, written to be read: slow, event by event, nothing forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from shangdun.detect.correlation.spec import Condition, CorrelationSpec

COMPARE = {
    "gt": lambda number, bound: number > bound,
    "gte": lambda number, bound: number >= bound,
    "lt": lambda number, bound: number < bound,
    "lte": lambda number, bound: number <= bound,
    "eq": lambda number, bound: number == bound,
    "neq": lambda number, bound: number != bound,
}


@dataclass(frozen=True)
class Event:
    line: int
    group: str
    time: int
    value: str = ""
    stage: int = 0


@dataclass
class Episode:
    group: str
    crossing: int
    """Line of the event that crossed the threshold."""
    first_time: int
    last_time: int
    count: int
    value: int
    pending: int = 0


@dataclass
class Group:
    events: list[Event] = field(default_factory=list)
    """In order of time; of equal times, in order of arrival."""
    episode: Episode | None = None
    newest: int = 0


def satisfied(condition: Condition, number: int) -> bool:
    return all(COMPARE[name](number, bound) for name, bound in condition.bounds)


def number_of(spec: CorrelationSpec, window: list[Event]) -> int:
    if spec.type == "event_count":
        return len(window)
    if spec.type == "value_count":
        return len({event.value for event in window})
    return len(spec.rules) if stages_met(spec, window) else 0


def stages_met(spec: CorrelationSpec, window: list[Event]) -> list[Event]:
    """The last events that lead, stage by stage, to the window's last event."""
    if window[-1].stage != len(spec.rules) - 1:
        return []
    picked: list[Event] = []
    for event in reversed(window):
        if event.stage == len(spec.rules) - 1 - len(picked):
            picked.append(event)
        if len(picked) == len(spec.rules):
            return picked
    return []


def members_of(spec: CorrelationSpec, window: list[Event]) -> list[Event]:
    if spec.type == "event_count":
        return window
    if spec.type == "value_count":
        return list({event.value: event for event in window}.values())
    picked: list[Event] = []
    for event in reversed(window):
        if event.stage == len(spec.rules) - 1 - len(picked):
            picked.append(event)
    return picked


def episodes_of(spec: CorrelationSpec, events: Iterable[Event], lateness: int) -> list[Episode]:
    """Every episode, in the order in which they begin."""
    found: list[Episode] = []
    groups: dict[str, Group] = {}
    for event in events:
        group = groups.setdefault(event.group, Group())
        if event.time < group.newest - lateness:
            continue
        group.newest = max(group.newest, event.time)
        number, end = put(spec, group, event)
        if not satisfied(spec.condition, number):
            if group.episode:
                group.episode.pending += 1
            continue
        episode = group.episode
        if episode and end <= episode.last_time + spec.span:
            episode.count += episode.pending + 1
            episode.pending = 0
            episode.last_time = max(episode.last_time, end)
            episode.value = max(episode.value, number)
            continue
        window = [other for other in group.events if end - spec.span <= other.time <= end]
        members = members_of(spec, window)
        first_time = min(member.time for member in members)
        group.episode = Episode(event.group, event.line, first_time, end, len(members), number)
        found.append(group.episode)
    return found


def put(spec: CorrelationSpec, group: Group, event: Event) -> tuple[int, int]:
    """Put an event in its place; number and end of the window that counts for it."""
    place = sum(other.time <= event.time for other in group.events)
    group.events.insert(place, event)
    measured: list[tuple[int, int]] = []
    for position in range(place, len(group.events)):
        end = group.events[position].time
        if end > event.time + spec.span:
            break
        window = [other for other in group.events[: position + 1] if other.time >= end - spec.span]
        measured.append((number_of(spec, window), end))
    holding = [pair for pair in measured if satisfied(spec.condition, pair[0])]
    return holding[-1] if holding else measured[0]
