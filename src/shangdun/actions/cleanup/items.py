"""Showing a point of the cleanup, taking it back, letting it be."""

from __future__ import annotations

from datetime import datetime

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed, write_timeline
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotAllowed, UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.cleanup import get_item, measure
from shangdun.records.conflict import EditConflict
from shangdun.records.models import CleanupItem, ItemState, TimelineKind, User
from shangdun.records.roles import Capability, Role
from shangdun.records.stored_text import clean_text
from shangdun.respond.cleanup.checklist import CheckKind
from shangdun.respond.cleanup.compare import compare, read_manifest
from shangdun.respond.state import State

LONGEST_NOTE = 4000


@action(Capability.WORK_TASKS)
def do_confirm_item(
    actor: Actor,
    *,
    item_id: int,
    note: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[CleanupItem]:
    """Give one's word for a point that nothing measures; the note says what was looked at.

    What is measured and does not hold is not talked away here: leadership may waive it.
    """
    item = _open(actor, item_id, version, {"note": note})
    note = _note(note)
    _require_group(actor, item)
    now = clock.now()
    if measure(item, item.incident, now).holds is False:
        raise UsageError(
            "it is measured, and it does not hold",
            code="cleanup.measured",
            fix="mend it, or let leadership waive it with a reason",
        )
    if (item.state, item.note) == (ItemState.SHOWN, note):
        return Unchanged(item)
    return _settle(actor, item, ItemState.SHOWN, note, "confirmed", now)


@action(Capability.ORDER_INCIDENTS)
def do_waive_item(
    actor: Actor,
    *,
    item_id: int,
    note: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[CleanupItem]:
    """Leadership lets a point be, with a reason that stays on record."""
    item = _open(actor, item_id, version, {"note": note})
    note = _note(note)
    if (item.state, item.note) == (ItemState.WAIVED, note):
        return Unchanged(item)
    return _settle(actor, item, ItemState.WAIVED, note, "waived", clock.now())


@action(Capability.WORK_TASKS)
def do_reopen_item(
    actor: Actor,
    *,
    item_id: int,
    note: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[CleanupItem]:
    """Take a word back: it turned out otherwise."""
    item = _open(actor, item_id, version, {"note": note})
    if item.state == ItemState.OPEN:
        return Unchanged(item)
    return _settle(actor, item, ItemState.OPEN, _note(note), "reopened", clock.now())


@action(Capability.WORK_TASKS)
def do_compare_data(
    actor: Actor,
    *,
    item_id: int,
    live: str,
    backup: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[CleanupItem]:
    """Compare two manifests, of the live data and of the backup, and keep what differs."""
    item = _open(actor, item_id, version, {"live": live[:200], "backup": backup[:200]})
    if item.check_kind != CheckKind.DATA:
        raise UsageError("nothing is compared here", code="cleanup.kind", fix="see its page")
    found = compare(read_manifest(live), read_manifest(backup))
    now = clock.now()
    item.proof = msgspec.to_builtins(found)
    item.state = ItemState.SHOWN if found.whole else ItemState.OPEN
    item.note, item.by, item.at, item.version = "", person(actor), now, item.version + 1
    item.save()
    counts = {"compared": found.compared, "differing": found.differing}
    data = {"what": "compared", "key": item.key, **counts}
    write_timeline(item.incident, actor, TimelineKind.CLEANUP, now, data=data)
    payload = {"key": item.key, **counts, "live_sha256": sealed(live)}
    payload |= {"backup_sha256": sealed(backup)}
    return Done(item, ("incident", item.incident.number), now, payload)


def _open(actor: Actor, item_id: int, version: int | None, mine: dict[str, object]) -> CleanupItem:
    item = get_item(actor, item_id)
    if item.incident.state == State.CLOSED.value:
        raise UsageError("it is closed", code="incident.closed", fix="reopen it first")
    if version is not None and version != item.version:
        raise EditConflict(
            "somebody settled this point meanwhile",
            where=item.key,
            mine={"version": version, **mine},
            theirs={"version": item.version, "state": item.get_state_display(), "note": item.note},
        )
    return item


def _note(note: str) -> str:
    note = clean_text(note.strip())
    if not note or len(note) > LONGEST_NOTE:
        raise UsageError(
            "a point is settled with a note",
            code="cleanup.note",
            fix=f"say what was looked at, in at most {LONGEST_NOTE} characters",
        )
    return note


def _require_group(actor: Actor, item: CleanupItem) -> None:
    """One's own group's points, or leadership's word."""
    if isinstance(actor, User) and not actor.roles & {Role(item.group), Role.LEADERSHIP}:
        raise NotAllowed("this point is another group's", fix="ask that group, or leadership")


def _settle(
    actor: Actor, item: CleanupItem, state: ItemState, note: str, what: str, now: datetime
) -> Done[CleanupItem]:
    item.state, item.note, item.by, item.at = state, note, person(actor), now
    item.version += 1
    item.save()
    data = {"what": what, "key": item.key}
    write_timeline(item.incident, actor, TimelineKind.CLEANUP, now, text=note, data=data)
    payload = {"key": item.key, "state": str(state), "note_sha256": sealed(note)}
    return Done(item, ("incident", item.incident.number), now, payload)
