"""Verification: is every byte still what was collected, does every chain hold."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.evidence.collect import evidence_payload
from shangdun.actions.evidence.custody import add_link
from shangdun.actions.incident_changes import write_timeline
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.kernel.clock import Clock
from shangdun.records import evidence_store
from shangdun.records.actor import Actor
from shangdun.records.evidence import chain_broken_at, custody_of, get_evidence
from shangdun.records.models import CustodyAct, Evidence, TimelineKind
from shangdun.records.roles import Capability
from shangdun.respond.groups import Group

SHOUTED_TO = (Group.LEADERSHIP, Group.TECHNICAL_SUPPORT, Group.LEGAL)


@dataclass(frozen=True)
class Checked:
    """What a verification found: the content whole, and the first broken link, if any."""

    evidence_id: int
    content: bool
    broken_link: int | None

    @property
    def sound(self) -> bool:
        return self.content and self.broken_link is None

    @property
    def words(self) -> str:
        """For the chain and the ledger, which are English."""
        if self.sound:
            return "content and chain hold"
        found = [] if self.content else ["content changed or gone"]
        if self.broken_link is not None:
            found.append(f"chain broken at link {self.broken_link}")
        return ", ".join(found)


def check_item(item: Evidence) -> Checked:
    """Read the content and walk the chain; outside any transaction, as it may take long."""
    content = evidence_store.is_intact(item.sha256, item.size)
    return Checked(item.pk, content, chain_broken_at(item, custody_of(item)))


def verify(actor: Actor, incident: int, number: int) -> Checked:
    """What the button does: check the item, then put it on record."""
    checked = check_item(get_evidence(actor, incident, number))
    do_verify_evidence(actor, checked, incident=incident, number=number)
    return checked


@action(Capability.HANDLE_EVIDENCE)
def do_verify_evidence(
    actor: Actor, checked: Checked, *, incident: int, number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Evidence]:
    """Record what a verification found; damage is told to the groups at once."""
    item = get_evidence(actor, incident, number)
    if item.disposed_at:
        return Unchanged(item)
    now = clock.now()
    _record(item, actor, checked, now)
    payload = evidence_payload(item) | {"sound": checked.sound, "found": checked.words}
    return Done(item, ("incident", item.incident.number), now, payload)


@action(Capability.RUN_PLAYBOOKS)
def do_check_evidence(
    actor: Actor, found: Sequence[Checked], *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[int]:
    """Record a round of verification by the clock; the ledger seals the heads of all chains.

    Only damage becomes a link of custody: a chain is no place for daily routine.
    """
    now = clock.now()
    items = Evidence.objects.filter(
        pk__in=[one.evidence_id for one in found], disposed_at=None
    ).select_related("incident")
    by_id = {item.pk: item for item in items.order_by("pk")}
    damaged = [one for one in found if one.evidence_id in by_id and not one.sound]
    fresh = [one for one in damaged if by_id[one.evidence_id].intact]
    for one in fresh:
        _record(by_id[one.evidence_id], actor, one, now)
    whole = [one.evidence_id for one in found if one.sound]
    Evidence.objects.filter(pk__in=by_id).update(verified_at=now)
    Evidence.objects.filter(pk__in=whole).update(intact=True)
    if not by_id:
        return Unchanged(0)
    heads = "".join(f"{item.pk}:{item.custody_head}\n" for item in by_id.values())
    payload = {
        "items": len(by_id),
        "damaged": [
            f"#{by_id[one.evidence_id].incident.number}/{one.evidence_id}" for one in damaged
        ],
        "heads_sha256": hashlib.sha256(heads.encode()).hexdigest(),
    }
    return Done(len(fresh), ("evidence", "all"), now, payload)


def _record(item: Evidence, actor: Actor, checked: Checked, now: datetime) -> None:
    act = CustodyAct.VERIFIED if checked.sound else CustodyAct.DAMAGED
    if checked.broken_link is None:  # on a broken chain nothing more is hung
        add_link(item, actor, act, now, text=checked.words)
    item.verified_at, item.intact = now, checked.sound
    item.save(update_fields=["verified_at", "intact"])
    if checked.sound:
        return
    data = {
        "what": "damaged", "number": item.number, "name": item.name,
        "content": checked.content, "link": checked.broken_link or 0,
    }  # fmt: skip
    write_timeline(item.incident, actor, TimelineKind.EVIDENCE, now, data=data)
    queue_message(
        Notice(
            kind="evidence_damaged",
            incident=item.incident,
            groups=SHOUTED_TO,
            urgency="urgent",
            key=f"evidence_damaged:{item.pk}:{now:%Y%m%d}",
            data={"item": item.label, "name": item.name, "found": checked.words},
        ),
        now,
    )
