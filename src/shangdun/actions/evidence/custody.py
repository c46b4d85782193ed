"""Adding a link to an item's chain of custody, inside a caller's transaction."""

from __future__ import annotations

from datetime import datetime

from shangdun.kernel.clock import to_millis
from shangdun.records.actor import Actor, actor_name, person
from shangdun.records.models import CustodyAct, CustodyEntry, Evidence
from shangdun.records.stored_text import clean_text
from shangdun.respond.evidence.custody import Link, first_seal, seal

LONGEST_TEXT = 5000


def add_link(
    item: Evidence, actor: Actor, act: CustodyAct, at: datetime, *, to: str = "", text: str = ""
) -> CustodyEntry:
    """Seal the next link and move the item's head; the caller holds the ledger's lock."""
    first = first_seal(item.incident.number, item.number, item.sha256, item.size)
    link = seal(
        Link(
            number=item.custody_count + 1,
            at=to_millis(at),
            act=act.value,
            actor=actor_name(actor),
            to=clean_text(to.strip())[:300],
            text=clean_text(text.strip())[:LONGEST_TEXT],
            previous=item.custody_head or first,
        )
    )
    entry = CustodyEntry.objects.create(
        evidence=item,
        number=link.number,
        at=at,
        act=act,
        actor=link.actor,
        by=person(actor),
        to=link.to,
        text=link.text,
        previous=link.previous,
        hash=link.hash,
    )
    item.custody_count, item.custody_head = link.number, link.hash
    item.save(update_fields=["custody_count", "custody_head"])
    return entry
