"""Who is never turned away: entering somebody, taking somebody off, following what changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from shangdun.actions import never_block_sync
from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.decision_rows import tell
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.protect.never_block import Entry, Purpose
from shangdun.protect.target import Target, TargetKind
from shangdun.records.actor import Actor, System, actor_name
from shangdun.records.models import Decision, NeverBlock
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

KEEPERS = (Capability.DECIDE, Capability.MANAGE_RULES)
MOST_ENTRIES = 10_000
PURPOSES = frozenset(
    {Purpose.OWN, Purpose.PAYMENT, Purpose.SEARCH, Purpose.MONITORING, Purpose.PARTNER}
)
"""Those that people may enter: who uses the console is seen, not entered."""


class Protection(msgspec.Struct, kw_only=True):
    """Somebody who is never to be turned away."""

    target: Target
    purpose: Purpose
    note: str = ""


@action(*KEEPERS)
def do_protect(
    actor: Actor, wanted: Protection, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[NeverBlock]:
    """Never turn somebody away; decisions that do so now end at once.

    Raises ``UsageError``: ``never_block.purpose``, ``.kind``, ``.full``.
    """
    if wanted.purpose not in PURPOSES:
        raise UsageError(
            "nobody enters this purpose", code="never_block.purpose", fix="choose another"
        )
    if wanted.target.kind in (TargetKind.COUNTRY, TargetKind.NETWORK):
        raise UsageError(
            "a whole country or network would open the door to every attacker in it",
            code="never_block.kind",
            fix="enter addresses, ranges or accounts",
        )
    now = clock.now()
    known = (
        NeverBlock.objects.filter(kind=wanted.target.kind, value=wanted.target.value)
        .select_related("decision")
        .first()
    )
    if known is not None and not known.derived:
        return Unchanged(known)
    if NeverBlock.objects.count() >= MOST_ENTRIES:
        raise UsageError("the list is full", code="never_block.full", fix="enter ranges instead")
    if known is not None:
        never_block_sync.withdraw([known], by=actor_name(actor), now=now)
    entry = Entry(wanted.target, wanted.purpose, clean_text(wanted.note.strip())[:300])
    ended = never_block_sync.protect(
        [entry], by=actor_name(actor), derived=False, until=None, now=now
    )
    row = NeverBlock.objects.get(kind=entry.target.kind, value=entry.target.value)
    return Done(row, ("never_block", str(entry.target)), now, _told(entry, len(ended)))


@action(*KEEPERS)
def do_unprotect(actor: Actor, *, entry_id: int, clock: Clock = SYSTEM_CLOCK) -> Outcome[None]:
    """Take an entry off. Raises ``UsageError`` (``never_block.derived``) for one that follows."""
    row = NeverBlock.objects.filter(pk=entry_id).select_related("decision").first()
    if row is None:
        raise NotFound(f"there is no never-block entry {entry_id}", fix="see the list")
    if row.derived:
        raise UsageError(
            "this entry follows from something else",
            code="never_block.derived",
            fix="change the list, the setting or the use of the console that it follows from",
        )
    now = clock.now()
    never_block_sync.withdraw([row], by=actor_name(actor), now=now)
    told = {"purpose": str(row.purpose), "note": row.note}
    return Done(None, ("never_block", f"{row.kind} {row.value}"), now, told)


@action(Capability.DECIDE_BY_POLICY)
def do_follow_never_block(actor: System, *, clock: Clock = SYSTEM_CLOCK) -> Outcome[int]:
    """Take up what changed in lists, settings and the use of the console; how many are new."""
    del actor
    now = clock.now()
    before = NeverBlock.objects.filter(derived=True).count()
    fresh = never_block_sync.follow(now)
    after = NeverBlock.objects.filter(derived=True).count()
    if not fresh and before == after:
        return Unchanged(0)
    told = {"added": [str(entry.target) for entry in fresh[:50]], "entries": after}
    return Done(len(fresh), ("never_block", "derived"), now, told)


@action(Capability.DECIDE_BY_POLICY)
def do_verify_crawlers(
    actor: System,
    *,
    verified: Sequence[Entry],
    lasts: timedelta,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[int]:
    """Never turn away search engines that proved who they are, for so long; how many are new."""
    now = clock.now()
    known = {
        (row.kind, row.value): row
        for row in NeverBlock.objects.filter(
            value__in=[one.target.value for one in verified]
        ).select_related("decision")
    }
    fresh = [one for one in verified if (one.target.kind, one.target.value) not in known]
    _prolong([row for row in known.values() if row.until is not None], now + lasts, now)
    if not fresh:
        return Unchanged(0)
    never_block_sync.protect(fresh, by=actor.name, derived=True, until=now + lasts, now=now)
    told = {"added": [f"{one.target} {one.note}" for one in fresh[:50]], "number": len(fresh)}
    return Done(len(fresh), ("never_block", "search"), now, told)


def _prolong(rows: Sequence[NeverBlock], until: datetime, now: datetime) -> None:
    allows = [row.decision for row in rows if row.decision is not None]
    for row in rows:
        row.until = until
    for allow in allows:
        allow.until = until
    NeverBlock.objects.bulk_update(rows, ["until"], batch_size=500)
    Decision.objects.bulk_update(allows, ["until"], batch_size=500)
    tell(allows, now, added=True)


def _told(entry: Entry, ended: int) -> dict[str, object]:
    return {"purpose": str(entry.purpose), "note": entry.note, "ended": ended}
