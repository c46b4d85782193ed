"""Content that no record needs any more: taken away after the decision stands, never before.

A file cannot be rolled back. So the transaction that says that content may go ends first; only then
is it deleted, in a lock of its own. Whoever is killed in between leaves it to ``sweep_store``.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from shangdun.actions.ledger import lock
from shangdun.records import evidence_store
from shangdun.records.communication import keeps_proof
from shangdun.records.compliance import keeps_content
from shangdun.records.models import Evidence

ORPHANS_AFTER = timedelta(days=1)


def is_kept(sha256: str) -> bool:
    """Whether a record still stands for this content: evidence, proofs of measures and letters."""
    evidence = Evidence.objects.filter(sha256=sha256, disposed_at=None)
    return evidence.exists() or keeps_content(sha256) or keeps_proof(sha256)


def take_away(sha256: str) -> bool:
    """Delete content unless a record stands for it; whether it was there.

    Under the lock: who adds the same content now waits, and then finds it gone and says so.
    """
    with transaction.atomic(durable=True):
        lock()
        return not is_kept(sha256) and evidence_store.discard(sha256)


def sweep_store(now: datetime) -> int:
    """Take away what no record stands for and is a day old; how many files."""
    with transaction.atomic(durable=True):
        lock()  # nobody adds an item while its content is looked for
        return evidence_store.sweep(is_kept, before=(now - ORPHANS_AFTER).timestamp())
