"""Indicators as they are read: of an incident, and where else they were met."""

from __future__ import annotations

from django.db.models import QuerySet

from shangdun.kernel.errors import NotFound
from shangdun.kernel.ids import content_id
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.models import Incident, Indicator
from shangdun.records.roles import Capability
from shangdun.respond.indicators.kinds import Kind


def visible_indicators(actor: Actor, incident: Incident) -> QuerySet[Indicator]:
    """Those of an incident, by kind and value."""
    require(actor, Capability.VIEW_INCIDENTS)
    rows = Indicator.objects.filter(incident=incident).select_related("added_by")
    return rows.order_by("kind", "value", "id")


def get_indicator(actor: Actor, incident: Incident, indicator_id: int) -> Indicator:
    """One of an incident. Raises ``NotFound``."""
    found = visible_indicators(actor, incident).filter(pk=indicator_id).first()
    if found is None:
        raise NotFound("there is no such indicator", fix="see the incident's indicators")
    return found


def elsewhere(actor: Actor, incident: Incident) -> dict[str, list[int]]:
    """Digest → numbers of other incidents with the same indicator; drills are left out."""
    require(actor, Capability.VIEW_INCIDENTS)
    mine = Indicator.objects.filter(incident=incident).values("digest")
    rows = Indicator.objects.filter(digest__in=mine, incident__drill=None)
    met: dict[str, list[int]] = {}
    for digest, number in (
        rows.exclude(incident=incident).values_list("digest", "incident__number").order_by("-id")
    )[:2000]:
        met.setdefault(digest, []).append(number)
    return met


def digest_of(kind: Kind, value: str) -> str:
    """The fingerprint by which an indicator is found again."""
    return content_id(f"{kind}\n{value}")
