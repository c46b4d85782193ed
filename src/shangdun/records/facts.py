"""The facts of an incident as they stand: the newest that somebody stated."""

from __future__ import annotations

import msgspec

from shangdun.records.models import FactsChange, Incident
from shangdun.respond.facts import Facts


def facts_of(incident: Incident) -> Facts:
    """What is known now; before anybody said anything only when the company became aware."""
    newest = incident.facts_changes.order_by("-number").first()
    return facts_in(newest) if newest else Facts(known_at=incident.reported_at)


def facts_in(change: FactsChange) -> Facts:
    """What was known at that change."""
    return msgspec.convert(change.facts, Facts)
