"""Evidence out of the system: every item's chain says so before the first byte leaves."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, action
from shangdun.actions.evidence.custody import add_link
from shangdun.actions.incident_changes import sealed, write_timeline
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records import evidence_store
from shangdun.records.access import get_incident_by_number
from shangdun.records.actor import Actor, actor_name
from shangdun.records.evidence import custody_of, links_of, visible_evidence
from shangdun.records.models import CustodyAct, Evidence, Incident, TimelineKind
from shangdun.records.roles import Capability
from shangdun.respond.evidence.custody import first_seal
from shangdun.respond.evidence.manifest import Item, Manifest, item_path, manifest_bytes


class Parcel(NamedTuple):
    """What is exported: the manifest as written, and the items as (path, SHA-256, bytes)."""

    incident: int
    at: datetime
    manifest: bytes
    items: list[tuple[str, str, int]]


@action(Capability.HANDLE_EVIDENCE)
def do_export_evidence(
    actor: Actor,
    *,
    incident: int,
    numbers: Sequence[int],
    purpose: str,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Parcel]:
    """Put an export on record and make its manifest; ``records.evidence_export`` writes the ZIP.

    Raises ``UsageError`` without a purpose, for no item, for one disposed of or gone.
    """
    found = get_incident_by_number(actor, incident)
    items = list(visible_evidence(actor, found).filter(number__in=numbers))
    purpose = _check(items, purpose)
    now = clock.now()
    for item in items:
        add_link(item, actor, CustodyAct.EXPORTED, now, text=purpose)
    manifest = manifest_bytes(_manifest(actor, found, items, purpose, now))
    labels = [item.number for item in items]
    data = {"what": "exported", "numbers": labels[:50], "count": len(labels)}
    write_timeline(found, actor, TimelineKind.EVIDENCE, now, text=purpose, data=data)
    parcel = Parcel(
        found.number,
        now,
        manifest,
        [(item_path(item.number, item.name), item.sha256, item.size) for item in items],
    )
    payload = {
        "items": labels,
        "manifest_sha256": hashlib.sha256(manifest).hexdigest(),
        "purpose_sha256": sealed(purpose),
    }
    return Done(parcel, ("incident", found.number), now, payload)


def _check(items: Sequence[Evidence], purpose: str) -> str:
    if not items:
        raise UsageError("nothing is chosen", code="evidence.none", fix="choose items")
    if not purpose.strip():
        raise UsageError("an export needs a purpose", code="custody.reason", fix="say what for")
    for item in items:
        if item.disposed_at:
            raise UsageError(
                "it was disposed of", code="custody.disposed", where=item.label,
                fix="leave it out",
            )  # fmt: skip
        if not evidence_store.is_there(item.sha256):
            raise UsageError(
                "its content is gone", code="evidence.gone", where=item.label,
                fix="leave it out, and look for it in a backup",
            )  # fmt: skip
    return purpose.strip()


def _manifest(
    actor: Actor, incident: Incident, items: Sequence[Evidence], purpose: str, now: datetime
) -> Manifest:
    return Manifest(
        incident=incident.number,
        title=incident.title,
        drill=incident.is_drill,
        exported_at=now.isoformat(),
        exported_by=actor_name(actor),
        purpose=purpose,
        items=[_item(item, incident) for item in items],
    )


def _item(item: Evidence, incident: Incident) -> Item:
    return Item(
        label=item.label,
        path=item_path(item.number, item.name),
        name=item.name,
        original_name=item.original_name,
        sha256=item.sha256,
        size=item.size,
        media_type=item.media_type,
        flags=list(item.flags),
        source=item.source,
        origin=item.origin,
        note=item.note,
        collected_at=item.added_at.isoformat(),
        first_seal=first_seal(incident.number, item.number, item.sha256, item.size),
        custody=links_of(custody_of(item)),
    )
