"""A finding's events for its page: those whose line was not at hand are read from the lake."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings

from shangdun.kernel.errors import StoreError
from shangdun.lake.places import lake_folder
from shangdun.lake.query.engine import Limits
from shangdun.lake.query.lines import PlaceOf, lines_at
from shangdun.lake.store import Lake
from shangdun.records.actor import Actor
from shangdun.records.models import Finding
from shangdun.records.roles import Capability

log = logging.getLogger(__name__)

PATIENCE = Limits(seconds=2.0)
"""A page does not wait for a lake that is busy; the place of the line is shown all the same."""


def reads_lines(actor: Actor) -> bool:
    """Raw lines and their fields are events: who may not search those does not read them here."""
    return actor.can(Capability.SEARCH_EVENTS)


def evidences_for(actor: Actor, finding: Finding) -> list[dict[str, Any]]:
    """A finding's evidences as the actor may see them: place and time, and the events to some."""
    if reads_lines(actor):
        return list(finding.evidences)
    return [{**evidence, "raw": "", "fields": {}} for evidence in finding.evidences]


def reasons_for(actor: Actor, finding: Finding) -> list[dict[str, Any]]:
    """Why it matched: the conditions, and to some the values that events had."""
    if reads_lines(actor):
        return list(finding.reasons)
    return [{**reason, "value": ""} for reason in finding.reasons]


def with_lines(evidences: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The evidences, each with its raw line as far as the lake still has it.

    A window remembers where its earlier events stood, not their lines: memory is bounded.
    """
    bare = [_place(evidence) for evidence in evidences if not evidence["raw"]]
    if not bare:
        return evidences
    try:
        lines = lines_at(Lake(lake_folder(settings.HOME, settings.CONFIG)), bare, limits=PATIENCE)
    except StoreError as error:
        log.warning("lines of a finding's events cannot be read: %s", error)
        lines = {}
    return [
        {**evidence, "raw": evidence["raw"] or lines.get(_place(evidence), "")}
        for evidence in evidences
    ]


def _place(evidence: dict[str, Any]) -> PlaceOf:
    return PlaceOf(evidence["source"], evidence["line"], evidence["offset"], evidence["time"])
