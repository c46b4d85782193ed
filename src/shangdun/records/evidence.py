"""Evidence as it is read: the items of an incident, one of them, its chain of custody."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet

from shangdun.kernel.clock import to_millis
from shangdun.kernel.errors import NotFound
from shangdun.records.access import get_incident_by_number, require
from shangdun.records.actor import Actor
from shangdun.records.models import CustodyEntry, Evidence, Incident, User
from shangdun.records.roles import Capability
from shangdun.respond.evidence.custody import Holding, Link, broken_at, first_seal


def longest_file() -> int:
    """The largest content that is taken, in bytes."""
    return int(settings.CONFIG.respond.evidence_megabytes) << 20


def visible_evidence(actor: Actor, incident: Incident) -> QuerySet[Evidence]:
    """The items of an incident, in their order."""
    require(actor, Capability.VIEW_INCIDENTS)
    items = Evidence.objects.filter(incident=incident).order_by("number")
    return items.select_related("incident", "added_by", "holder", "offered_to")


def get_evidence(actor: Actor, incident_number: int, number: int) -> Evidence:
    """One item. Raises ``NotFound``, also for an incident that the actor may not see."""
    incident = get_incident_by_number(actor, incident_number)
    item = visible_evidence(actor, incident).filter(number=number).first()
    if item is None:
        raise NotFound(
            f"there is no evidence E-{number} in incident #{incident_number}",
            fix="see the list of the incident's evidence",
        )
    return item


def receivers() -> list[User]:
    """The people evidence can be handed to: those who may handle it."""
    people = User.objects.filter(is_active=True).order_by("username").prefetch_related("groups")
    return [user for user in people if user.can(Capability.HANDLE_EVIDENCE)]


def offered_to(user_id: int) -> QuerySet[Evidence]:
    """What waits for a person's signature."""
    items = Evidence.objects.filter(offered_to=user_id, disposed_at=None)
    return items.select_related("incident", "holder").order_by("incident__number", "number")


def custody_of(item: Evidence) -> list[CustodyEntry]:
    """The chain of an item, first link first."""
    return list(item.custody.select_related("by").order_by("number"))


def links_of(entries: list[CustodyEntry]) -> list[Link]:
    """The chain as ``respond.evidence.custody`` reads it."""
    return [
        Link(
            number=entry.number,
            at=to_millis(entry.at),
            act=entry.act,
            actor=entry.actor,
            to=entry.to,
            text=entry.text,
            previous=entry.previous,
            hash=entry.hash,
        )
        for entry in entries
    ]


def chain_broken_at(item: Evidence, entries: list[CustodyEntry]) -> int | None:
    """The first link that does not hold, or None; a chain cut short at its end is broken too."""
    first = first_seal(item.incident.number, item.number, item.sha256, item.size)
    broken = broken_at(first, links_of(entries))
    if broken is None and entries[-1].hash != item.custody_head:
        return len(entries) + 1
    return broken


def holding_of(item: Evidence) -> Holding:
    """How an item stands, for the rules of custody."""
    return Holding(
        holder=item.holder_id or 0,
        offered_to=item.offered_to_id or 0,
        legal_hold=item.legal_hold,
        disposed=item.disposed_at is not None,
        incident_open=item.incident.is_open,
    )
