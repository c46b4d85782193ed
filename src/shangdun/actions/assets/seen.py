"""What the logs show and the inventory lacks: noted by the system, answered by people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.assets.rows import MOST_MARKS, NewAsset, checked, create, same_as
from shangdun.assess.inventory.layers import MarkKind
from shangdun.assess.inventory.marks import Book, Mark
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.assets import get_asset, get_sighting
from shangdun.records.models import Asset, AssetMark, AssetSettings, Sighting, SightingState
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

MOST = 2_000
"""Things seen that wait for an answer: of more the rest is left out until some are answered."""


class Seen(NamedTuple):
    """Something that the logs spoke of in a span of time."""

    mark: Mark
    source: str
    events: int
    first: datetime
    last: datetime


@action(Capability.RUN_PLAYBOOKS)
def do_note_sightings(
    actor: Actor, seen: Sequence[Seen], *, until: datetime, clock: Clock = SYSTEM_CLOCK
) -> Outcome[int]:
    """Keep what the logs spoke of up to ``until``; how many are new and nobody's.

    One entry in the ledger where something new was seen; that the known is still there is none.
    """
    del actor
    now = clock.now()
    settings = AssetSettings.objects.order_by("pk").first() or AssetSettings()
    if settings.looked_until is not None and until <= settings.looked_until:
        return Unchanged(0)
    settings.looked_until = until
    settings.save()
    book = Book(
        (Mark(MarkKind(kind), value), asset)
        for kind, value, asset in AssetMark.objects.filter(current=True).values_list(
            "kind", "value", "asset_id"
        )
    )
    known = {(row.kind, row.value): row for row in Sighting.objects.all()}
    room = MOST - sum(row.state == SightingState.NEW for row in known.values())
    fresh = [row for one in seen if (row := _noted(one, known, book)) is not None]
    fresh = fresh[: max(0, room)]
    Sighting.objects.bulk_create(fresh)
    new = [row for row in fresh if row.state == SightingState.NEW]
    if not new:
        return Unchanged(0)
    named = ", ".join(f"{row.kind} {row.value}" for row in new[:10])
    payload = {"new": len(new), "named": named[:500]}
    return Done(len(new), ("sighting", "many"), now, payload)


def _noted(one: Seen, known: dict[tuple[str, str], Sighting], book: Book) -> Sighting | None:
    """A new row, or None: the row that is there was brought up to date."""
    key = (one.mark.kind.value, one.mark.value)
    asset = book.asset_of(one.mark)
    row = known.get(key)
    if row is None:
        row = known[key] = Sighting(
            kind=key[0], value=key[1], source=one.source[:100], events=one.events,
            first_seen=one.first, last_seen=one.last, asset_id=asset,
            state=SightingState.REGISTERED if asset else SightingState.NEW,
        )  # fmt: skip
        return row
    if row.pk is None:  # twice in one look
        return None
    row.source, row.events = one.source[:100], one.events
    row.last_seen = max(row.last_seen, one.last)
    if row.state != SightingState.IGNORED and row.asset_id != asset:
        row.asset_id = asset
        row.state = SightingState.REGISTERED if asset else SightingState.NEW
        row.version += 1
    row.save(update_fields=["source", "events", "last_seen", "asset", "state", "version"])
    return None


@action(Capability.MANAGE_ASSETS)
def do_register_sightings(
    actor: Actor, wanted: NewAsset | None, *, sighting_ids: Sequence[int], number: int = 0,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Asset]:  # fmt: skip
    """Make an asset of what was seen, or give it to the one with ``number``.

    Answered a second time by the same asset, nothing is to do.
    """
    rows = [get_sighting(actor, one) for one in dict.fromkeys(sighting_ids)]
    if not rows:
        raise UsageError("nothing is chosen", code="sighting.none", fix="choose what was seen")
    now = clock.now()
    asset = get_asset(actor, number) if number else None
    if asset is None:
        if wanted is None:
            raise UsageError("no asset", code="sighting.none", fix="choose an asset or a new one")
        asset = same_as(checked(wanted))
    if asset is not None and all(row.asset_id == asset.pk for row in rows):
        return Unchanged(asset)
    taken = next((row for row in rows if row.state == SightingState.REGISTERED), None)
    if taken is not None:
        raise UsageError(
            "it is registered already", code="sighting.taken", where=taken.value,
            fix="look at the asset that has it",
        )  # fmt: skip
    if asset is None and wanted is not None:
        asset = create(checked(wanted), now)
    if asset is None or asset.archived_at:
        raise UsageError("it was taken out", code="asset.archived", fix="choose another asset")
    if asset.marks.count() + len(rows) > MOST_MARKS:
        raise UsageError("too many marks", code="asset.marks", fix=f"at most {MOST_MARKS}")
    for row in rows:
        AssetMark.objects.get_or_create(
            kind=row.kind, value=row.value, current=True, defaults={"asset": asset}
        )
    settle_sightings(asset, actor, now)
    payload = {"name": asset.name, "seen": ", ".join(row.value for row in rows)[:500]}
    return Done(asset, ("asset", asset.number), now, payload)


@action(Capability.MANAGE_ASSETS)
def do_ignore_sightings(
    actor: Actor, *, sighting_ids: Sequence[int], reason: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[int]:
    """It is none of the shop's, or not worth a line: the reason is kept; how many."""
    reason = clean_text(reason.strip())[:500]
    if not reason:
        raise UsageError("say why", code="sighting.reason", fix="a few words are enough")
    rows = [get_sighting(actor, one) for one in dict.fromkeys(sighting_ids)]
    waiting = [row for row in rows if row.state == SightingState.NEW]
    if not waiting:
        return Unchanged(0)
    now = clock.now()
    for row in waiting:
        _decide(row, SightingState.IGNORED, actor, now, reason)
    named = ", ".join(row.value for row in waiting)[:500]
    payload = {"ignored": len(waiting), "named": named, "reason": reason}
    return Done(len(waiting), ("sighting", waiting[0].pk), now, payload)


@action(Capability.MANAGE_ASSETS)
def do_recall_sighting(
    actor: Actor, *, sighting_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Sighting]:
    """What was ignored waits for an answer again."""
    row = get_sighting(actor, sighting_id)
    if row.state != SightingState.IGNORED:
        return Unchanged(row)
    now = clock.now()
    _decide(row, SightingState.NEW, actor, now, "")
    return Done(row, ("sighting", row.pk), now, {"value": row.value})


def settle_sightings(asset: Asset, actor: Actor, now: datetime) -> None:
    """After its marks changed: what was seen and is its is registered, what was its is nobody's."""
    book = Book((Mark(MarkKind(one.kind), one.value), asset.pk) for one in asset.marks.all())
    rows: Iterable[Sighting] = Sighting.objects.filter(state=SightingState.NEW)
    for row in rows:
        if book.asset_of(Mark(MarkKind(row.kind), row.value)) == asset.pk:
            row.asset = asset
            _decide(row, SightingState.REGISTERED, actor, now, "")
    for row in Sighting.objects.filter(asset=asset, state=SightingState.REGISTERED):
        if book.asset_of(Mark(MarkKind(row.kind), row.value)) is None:
            row.asset = None
            _decide(row, SightingState.NEW, actor, now, "")


def _decide(row: Sighting, state: str, actor: Actor, now: datetime, reason: str) -> None:
    row.state, row.reason, row.version = state, reason, row.version + 1
    row.decided_by, row.decided_at = person(actor), now
    row.save(update_fields=["state", "reason", "decided_by", "decided_at", "version", "asset"])
