"""Taking evidence in: content to the store first, then its record and the first link of custody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import Max

from shangdun.actions.evidence.custody import add_link
from shangdun.actions.incident_changes import write_timeline
from shangdun.kernel.errors import NotFound
from shangdun.records import evidence_store
from shangdun.records.actor import Actor, person
from shangdun.records.evidence import longest_file
from shangdun.records.evidence_store import Stored
from shangdun.records.models import (
    CustodyAct,
    Evidence,
    EvidenceKind,
    EvidenceSource,
    Incident,
    TimelineKind,
)
from shangdun.records.stored_text import clean_json, clean_text
from shangdun.respond.evidence.looks import Look, look_at
from shangdun.respond.evidence.names import clean_name


@dataclass(frozen=True)
class Kept:
    """Content that is in the store, and what it looks like; made outside any transaction."""

    name: str
    stored: Stored
    look: Look


def keep_content(name: str, content: bytes | Path) -> Kept:
    """Store the content and look at it from outside; nothing is opened or unpacked."""
    stored = evidence_store.put(content, longest=longest_file())
    return Kept(name, stored, look_at_stored(name, stored))


def look_at_stored(name: str, stored: Stored) -> Look:
    """What stored content is by its bytes, and what a person must know of it."""
    with evidence_store.open_content(stored.sha256) as file:
        return look_at(file, stored.size, name)


def add_evidence(  # noqa: PLR0913 - the seam by which every part of the response adds evidence
    incident: Incident,
    actor: Actor,
    *,
    name: str,
    content: bytes | Path | Kept,
    kind: EvidenceKind,
    source: EvidenceSource,
    at: datetime,
    origin: str = "",
    note: str = "",
) -> Evidence:
    """Add an item to the incident within the caller's transaction, and tell the timeline.

    The caller's ledger entry should carry ``evidence_payload(item)``. Large content is stored
    before the transaction (``keep_content``): others wait while one runs. Raises ``StoreError``
    when the disk is full and ``UsageError`` for content over the limit; then nothing is kept.
    """
    kept = content if isinstance(content, Kept) else keep_content(name, content)
    if not evidence_store.is_there(kept.stored.sha256):  # disposed of since it was stored
        raise NotFound(
            "the content was taken away meanwhile", code="evidence.gone", fix="add it again"
        )
    given = clean_text(name)
    highest = Evidence.objects.filter(incident=incident).aggregate(top=Max("number"))["top"]
    item = Evidence.objects.create(
        incident=incident,
        number=(highest or 0) + 1,
        name=clean_name(name),
        original_name=given[:4000],
        kind=kind,
        source=source,
        origin=clean_text(origin)[:500],
        sha256=kept.stored.sha256,
        size=kept.stored.size,
        media_type=kept.look.media_type,
        flags=[flag.value for flag in kept.look.flags],
        inside=clean_json(kept.look.inside),
        note=clean_text(note.strip()),
        added_at=at,
        added_by=person(actor),
        holder=person(actor),
    )
    add_link(item, actor, CustodyAct.COLLECTED, at, text=_origin_text(item))
    data = {"what": "collected", "number": item.number, "name": item.name, "flags": item.flags}
    write_timeline(incident, actor, TimelineKind.EVIDENCE, at, text=item.note, data=data)
    return item


def evidence_payload(item: Evidence) -> dict[str, Any]:
    """What a ledger entry says of an item: its content, and the head of its chain."""
    return {
        "evidence": item.number,
        "name": item.name,
        "sha256": item.sha256,
        "size": item.size,
        "custody": item.custody_head,
    }


def _origin_text(item: Evidence) -> str:
    return f"{item.source}: {item.origin}" if item.origin else str(item.source)
