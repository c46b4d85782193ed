"""Keeping never-block entries that follow from something in step; called inside actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from ipaddress import ip_network

from shangdun.actions.decision_rows import Wanted, end, write
from shangdun.protect.decision import Author, AuthorKind, Measure
from shangdun.protect.never_block import Entry
from shangdun.protect.target import ON_THE_WIRE, Target, TargetKind, within
from shangdun.records.models import Decision, DecisionState, NeverBlock
from shangdun.records.protected import configured_protection, derived_entries

SYSTEM = Author(AuthorKind.SYSTEM)


def follow(now: datetime) -> list[Entry]:
    """Add and remove what follows from lists, settings and the use of the console; what was added.

    Verified search engines (derived, with an end) are not touched but when their time is over.
    """
    due = {entry.target: entry for entry in derived_entries(now, configured_protection())}
    rows = list(NeverBlock.objects.select_related("decision"))
    gone = [
        row
        for row in rows
        if (row.until is not None and row.until <= now)
        or (row.derived and row.until is None and _target(row) not in due)
    ]
    withdraw(gone, by="system", now=now)
    ended = {row.pk for row in gone}
    known = {_target(row) for row in rows if row.pk not in ended}
    fresh = [entry for one, entry in due.items() if one not in known]
    if fresh:
        protect(fresh, by="system", derived=True, until=None, now=now)
    return fresh


def protect(
    entries: Sequence[Entry], *, by: str, derived: bool, until: datetime | None, now: datetime
) -> list[Decision]:
    """Store entries, tell enforcers by an allow each, and end decisions about those they cover.

    Gives the decisions that ended. A wider range stays decided: an allow goes before it.
    """
    ended = _covered([entry.target for entry in entries])
    end(ended, DecisionState.UNDONE, by=by, now=now, reason="never-block")
    allows = write([_allow(entry, until) for entry in entries], now)
    NeverBlock.objects.bulk_create(
        NeverBlock(
            purpose=entry.purpose,
            kind=entry.target.kind,
            value=entry.target.value,
            note=entry.note[:300],
            derived=derived,
            author=by[:200],
            added=now,
            until=until,
            decision=allow,
        )
        for entry, allow in zip(entries, allows, strict=True)
    )
    return ended


def withdraw(rows: Sequence[NeverBlock], *, by: str, now: datetime) -> None:
    """Take entries away; enforcers forget their allow."""
    allows = [
        row.decision
        for row in rows
        if row.decision is not None and row.decision.state == DecisionState.IN_FORCE
    ]
    NeverBlock.objects.filter(pk__in=[row.pk for row in rows]).delete()
    end(allows, DecisionState.UNDONE, by=by, now=now)


def _allow(entry: Entry, until: datetime | None) -> Wanted:
    note = f": {entry.note}" if entry.note else ""
    return Wanted(
        target=entry.target,
        measure=Measure.ALLOW,
        reason=f"never-block, {entry.purpose}{note}",
        author=SYSTEM,
        until=until,
    )


def _covered(targets: Sequence[Target]) -> list[Decision]:
    """Decisions that stand for somebody whom the targets cover, and allows for just these."""
    wanted = set(targets)
    standing = Decision.objects.filter(state__in=(DecisionState.IN_FORCE, DecisionState.PROPOSED))
    found = {
        row.pk: row
        for start in range(0, len(targets), 500)
        for row in standing.filter(value__in=[one.value for one in targets[start : start + 500]])
        if _target(row) in wanted
    }
    networks = [one.network for one in targets if one.kind is TargetKind.RANGE]
    if networks:
        on_the_wire = standing.filter(kind__in=ON_THE_WIRE).exclude(measure=Measure.ALLOW)
        values = on_the_wire.values_list("pk", "value").iterator(chunk_size=5_000)
        inside = [
            key
            for key, value in values
            if any(outer and within(ip_network(value), outer) for outer in networks)
        ]
        found |= _by_key(inside)
    return list(found.values())


def _by_key(keys: Sequence[int]) -> dict[int, Decision]:
    found: dict[int, Decision] = {}
    for start in range(0, len(keys), 1_000):
        found |= Decision.objects.in_bulk(list(keys[start : start + 1_000]))
    return found


def _target(row: NeverBlock | Decision) -> Target:
    return Target(TargetKind(row.kind), row.value)
