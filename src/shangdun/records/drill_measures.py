"""What people really did in a drill, measured from its incident's records."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Max, Min

from shangdun.records.facts import facts_in
from shangdun.records.models import (
    Drill,
    Incident,
    ItemState,
    NoticeState,
    SubmissionState,
    Task,
    TimelineEntry,
    TimelineKind,
)
from shangdun.records.models.runs import OVER
from shangdun.respond.drill.scenario import Expected, Measure
from shangdun.respond.drill.scoring import Seen
from shangdun.respond.facts import DataKind, Facts
from shangdun.respond.review.sections import WRITERS

_COMPARISON = re.compile(r"^([a-z_]*)(>=|<=|=)(\d+)$")
_COMPARE = {">=": operator.ge, "<=": operator.le, "=": operator.eq}


class Looked(NamedTuple):
    """When it was done (None: not), how much of it, and whether it could be asked for."""

    at: datetime | None
    share: float = 0.0
    applies: bool = True


NOTHING = Looked(None)


def seen_of(drill: Drill, incident: Incident, expected: Expected) -> Seen:
    """What was seen of an expected action, its moment in the drill's minutes."""
    clock = drill.clock()
    look = _LOOKS.get(expected.measure)
    if clock is None or look is None:
        return Seen()
    looked = look(incident, expected, _told(drill, expected))
    minute = clock.minutes(looked.at) if looked.at else None
    return Seen(minute=minute, share=looked.share, applies=looked.applies)


def start_of(drill: Drill, expected: Expected) -> float | None:
    """The minute from which it counts; None: its inject was never told."""
    if not expected.after:
        return 0.0
    told, clock = _told(drill, expected), drill.clock()
    return clock.minutes(told) if told and clock else None


def _told(drill: Drill, expected: Expected) -> datetime | None:
    row = drill.injects.filter(key=expected.after or expected.wants).first()
    return row.told_at if row else None


def _at(moment: datetime | None) -> Looked:
    return Looked(moment, 1.0) if moment else NOTHING


def _facts(incident: Incident, expected: Expected, told: datetime | None) -> Looked:
    del told
    for change in incident.facts_changes.order_by("number"):
        if _fits(facts_in(change), expected.wants):
            return Looked(change.at, 1.0)
    tried = incident.facts_changes.aggregate(Min("at"))["at__min"]
    return Looked(tried, 0.5) if tried else NOTHING


def _fits(facts: Facts, wants: str) -> bool:
    if wants in set(DataKind):
        return DataKind(wants) in facts.data_kinds
    found = _COMPARISON.match(wants)
    if not found:
        return bool(facts.data_kinds or facts.people is not None)
    value = getattr(facts, found[1])
    return value is not None and bool(_COMPARE[found[2]](value, int(found[3])))


def _graded(incident: Incident, expected: Expected, told: datetime | None) -> Looked:
    del told
    found = _COMPARISON.match(expected.wants)
    if not found:
        return NOTHING
    fits, wanted = _COMPARE[found[2]], int(found[3])
    for change in incident.grade_changes.order_by("number"):
        if fits(change.held, wanted):
            return Looked(change.at, 1.0)
    return NOTHING


def _confirmed(incident: Incident, expected: Expected, told: datetime | None) -> Looked:
    del told
    orders = incident.orders.filter(
        instructions__group=expected.group.value, instructions__acknowledged_at__isnull=False
    )
    return _at(orders.aggregate(at=Min("instructions__acknowledged_at"))["at"])


def _tasks(incident: Incident, expected: Expected, told: datetime | None) -> Looked:
    del told
    tasks = Task.objects.filter(incident=incident, group=expected.group.value, automatic="")
    total = tasks.count()
    over = tasks.filter(state__in=OVER)
    if not total:
        return Looked(None, applies=incident.activated_at is not None)
    return Looked(over.aggregate(Max("done_at"))["done_at__max"], over.count() / total)


def _evidence(incident: Incident, expected: Expected, told: datetime | None) -> Looked:
    del expected
    kept = incident.evidence.filter(added_at__gte=told) if told else incident.evidence.all()
    return _at(kept.aggregate(Min("added_at"))["added_at__min"])


def _decided(incident: Incident, expected: Expected, told: datetime | None) -> Looked:
    """The rehearsed block: an automatic step that said whom it would have met."""
    del expected, told
    steps = Task.objects.filter(incident=incident, automatic="block", done_at__isnull=False)
    return _at(steps.aggregate(Min("done_at"))["done_at__min"])


def _notice(incident: Incident, expected: Expected, told: datetime | None) -> Looked:
    del expected, told
    notices = incident.notices.exclude(state=NoticeState.DRAFT)
    approved = notices.aggregate(Min("approved_at"))["approved_at__min"]
    if approved:
        return Looked(approved, 1.0)
    begun = incident.notices.aggregate(Min("prepared_at"))["prepared_at__min"]
    return Looked(begun, 0.5) if begun else NOTHING


def _submission(incident: Incident, expected: Expected, told: datetime | None) -> Looked:
    del expected, told
    if not incident.clocks.exists():
        return Looked(None, applies=False)
    done = incident.submissions.exclude(state=SubmissionState.DRAFT)
    return _at(done.aggregate(Min("submitted_at"))["submitted_at__min"])


def _supplies(incident: Incident, expected: Expected, told: datetime | None) -> Looked:
    del expected, told
    given = incident.supply_allocations.aggregate(Min("at"))["at__min"]
    if given:
        return Looked(given, 1.0)
    asked = incident.supply_requests.aggregate(Min("asked_at"))["asked_at__min"]
    return Looked(asked, 0.5) if asked else NOTHING


def _comment(incident: Incident, expected: Expected, told: datetime | None) -> Looked:
    if told is None:
        return Looked(None, applies=False)
    said = TimelineEntry.objects.filter(
        incident=incident,
        kind=TimelineKind.COMMENT,
        time__gte=told,
        actor__groups__name=expected.group.value,
    )
    return _at(said.aggregate(Min("time"))["time__min"])


def _cleaned(incident: Incident, expected: Expected, told: datetime | None) -> Looked:
    del told
    items = incident.cleanup_items.filter(group=expected.group.value)
    total = items.count()
    settled = items.exclude(state=ItemState.OPEN)
    if not total:
        return NOTHING
    return Looked(settled.aggregate(Max("at"))["at__max"], settled.count() / total)


def _reviewed(incident: Incident, expected: Expected, told: datetime | None) -> Looked:
    del told
    wanted = [section.value for section, who in WRITERS.items() if who.group is expected.group]
    review = getattr(incident, "review", None)
    rows = review.sections.filter(section__in=wanted).exclude(text="") if review else None
    if not rows or not wanted:
        return NOTHING
    return Looked(rows.aggregate(Max("at"))["at__max"], rows.count() / len(wanted))


_LOOKS: dict[Measure, Callable[[Incident, Expected, datetime | None], Looked]] = {
    Measure.ACKNOWLEDGED: lambda incident, _e, _t: _at(incident.acknowledged_at),
    Measure.ORDERED: lambda incident, _e, _t: _at(
        incident.ordered_at if incident.activated_at else None
    ),
    Measure.CONTAINED: lambda incident, _e, _t: _at(incident.contained_at),
    Measure.FACTS: _facts,
    Measure.GRADED: _graded,
    Measure.ORDERS_CONFIRMED: _confirmed,
    Measure.TASKS: _tasks,
    Measure.EVIDENCE: _evidence,
    Measure.DECISION: _decided,
    Measure.NOTICE: _notice,
    Measure.SUBMISSION: _submission,
    Measure.SUPPLIES: _supplies,
    Measure.COMMENT: _comment,
    Measure.CLEANED: _cleaned,
    Measure.REVIEWED: _reviewed,
}
