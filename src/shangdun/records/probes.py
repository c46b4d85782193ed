"""Fetching probes, with permission."""

from __future__ import annotations

from django.db.models import QuerySet

from shangdun.kernel.errors import NotFound
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.models import Probe
from shangdun.records.roles import Capability


def visible_probes(actor: Actor) -> QuerySet[Probe]:
    """Whoever sees what is watched sees what is probed."""
    require(actor, Capability.VIEW_SOURCES)
    return Probe.objects.all()


def get_probe(actor: Actor, probe_id: int) -> Probe:
    probe = visible_probes(actor).filter(pk=probe_id).first()
    if probe is None:
        raise NotFound(f"there is no probe {probe_id}", fix="look at the list")
    return probe
