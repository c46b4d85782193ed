"""Drills as they are read: who may, and what people did so far."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from shangdun.kernel.errors import NotFound
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.models import Drill, DrillState, Incident
from shangdun.records.roles import Capability
from shangdun.respond.drill.calendar import Duty, duties


def visible_drills(actor: Actor) -> QuerySet[Drill]:
    """The newest planned first."""
    require(actor, Capability.VIEW_DRILLS)
    rows = Drill.objects.select_related("observer", "made_by", "signed_by")
    return rows.order_by("-planned_at", "-pk")


def get_drill(actor: Actor, number: int) -> Drill:
    """One by its number, or ``NotFound``."""
    found = visible_drills(actor).filter(number=number).first()
    if found is None:
        raise NotFound(f"there is no drill {number}", fix="see the list of drills")
    return found


def incident_of(drill: Drill) -> Incident | None:
    """The incident that it plays; None before it began."""
    return drill.incidents.order_by("pk").first()


def duties_of(year: int, zone: ZoneInfo) -> tuple[Duty, ...]:
    """The drills that a year asks for, with those that were held to their end."""
    over = (DrillState.ENDED, DrillState.SIGNED)
    began = Drill.objects.filter(state__in=over, began_at__year__in=(year - 1, year, year + 1))
    moments = began.exclude(began_at=None).values_list("began_at", flat=True)
    return duties(year, [_day(moment, zone) for moment in moments if moment])


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
