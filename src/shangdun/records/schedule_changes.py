"""What a change of the schedule would do, reckoned without keeping it."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import msgspec

from shangdun.govern.schedule.activity import Key, Link, LinkKind, Schedule
from shangdun.govern.schedule.compare import Effect, effect
from shangdun.govern.schedule.delays import Baseline
from shangdun.records.models import PlanBaseline, PlanTask, Programme
from shangdun.records.schedule import Network, calendar_of, network_of, reckoned


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody wants a task: not before a day (None: as early as it can), so many days."""

    not_before: date | None
    days: int


class Tried(NamedTuple):
    """A change as it would come out."""

    effect: Effect
    after: Schedule
    network: Network


def placed(network: Network, task_id: int, wanted: Placement) -> Network:
    """The network with one task somewhere else."""
    activities = [
        one._replace(not_before=wanted.not_before, days=wanted.days) if one.key == task_id else one
        for one in network.activities
    ]
    return Network(activities, network.links)


def linked(network: Network, link: Link) -> Network:
    """The network with one link more, or another kind of the same link."""
    ends = (link.before, link.after)
    others = [one for one in network.links if (one.before, one.after) != ends]
    return Network(network.activities, [*others, link])


def try_placement(programme: Programme, task: PlanTask, wanted: Placement, today: date) -> Tried:
    """What moving or stretching a task does. Raises as the schedule does."""
    network = network_of(programme)
    return _tried(programme, network, placed(network, task.pk, wanted), today)


def try_link(
    programme: Programme, before: int, after: int, kind: LinkKind, lag: int, today: date
) -> Tried:
    """What a link does. Raises ``CycleError`` naming the tasks."""
    network = network_of(programme)
    return _tried(programme, network, linked(network, Link(before, after, kind, lag)), today)


def _tried(programme: Programme, network: Network, wanted: Network, today: date) -> Tried:
    before = reckoned(programme, today, network)
    after = reckoned(programme, today, wanted)
    found = effect(before, after, wanted.activities, calendar_of(programme))
    return Tried(found, after, wanted)


def baselines_of(programme: Programme) -> dict[Key, Baseline]:
    """The newest baseline by task; the lengths are those of when it was set."""
    newest = PlanBaseline.objects.filter(programme=programme).order_by("-number").first()
    if newest is None:
        return {}
    return {
        int(key): Baseline(date.fromisoformat(start), date.fromisoformat(end), int(days))
        for key, (start, end, days) in newest.tasks.items()
    }
