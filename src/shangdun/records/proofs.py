"""Security tests as they are read, and what they saw in the logs."""

from __future__ import annotations

import msgspec
from django.db.models import QuerySet

from shangdun.kernel.errors import NotFound
from shangdun.protect.prove.proof import Result, sightings
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.models import Finding, ProofRun
from shangdun.records.roles import Capability


def visible_proofs(actor: Actor) -> QuerySet[ProofRun]:
    """Newest first; who sees enforcers sees whether they work."""
    require(actor, Capability.VIEW_ENFORCERS)
    return ProofRun.objects.select_related("owner", "suppression").order_by("-created", "-id")


def get_proof(actor: Actor, proof_id: int) -> ProofRun:
    """One run, or ``NotFound``."""
    row = visible_proofs(actor).filter(pk=proof_id).first()
    if row is None:
        raise NotFound(f"there is no security test {proof_id}", fix="see the list")
    return row


def results_of(row: ProofRun) -> list[Result]:
    """Its results, as they were judged."""
    return msgspec.convert(row.results, list[Result])


def seen_by(row: ProofRun) -> set[int]:
    """Numbers of its canaries that are findings by now."""
    found: set[int] = set()
    evidences = Finding.objects.filter(suppression_id=row.suppression_id)
    for lines in evidences.values_list("evidences", flat=True):
        for line in lines:
            found |= sightings(row.token, str(line.get("raw", "")))
    return found
