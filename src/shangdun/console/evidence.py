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

log = logging.getLogger(__name__)

PATIENCE = Limits(seconds=2.0)
"""A page does not wait for a lake that is busy; the place of the line is shown all the same."""


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
