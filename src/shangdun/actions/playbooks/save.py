"""Writing a playbook: a new one, an edited copy of ours, one that was imported, an earlier one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.playbooks.rows import (
    require_sound,
    said_reason,
    standing,
    told,
    write_version,
)
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.actor import Actor
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Playbook, PlaybookOrigin, PlaybookVersion
from shangdun.records.playbooks import content
from shangdun.records.roles import Capability
from shangdun.respond import playbook as cacao
from shangdun.respond.playbook.built_in import built_in
from shangdun.respond.playbook.yaml_form import to_yaml

_UNTOUCHED = ("modified",)


@action(Capability.MANAGE_PLAYBOOKS)
def do_save_playbook(
    actor: Actor,
    *,
    playbook: cacao.Playbook,
    reason: str,
    uid: str = "",
    version: int | None = None,
    origin: PlaybookOrigin = PlaybookOrigin.WRITTEN,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Playbook]:
    """Store a playbook; runs that began with an earlier version keep it.

    ``uid`` is what is being edited, ``version`` what the person saw (0: it is new). Raises
    ``EditConflict`` when somebody was first, ``UsageError`` for another identifier
    (``playbook.id``) and for errors in one that is in use (``playbook.problems``).
    """
    reason = said_reason(reason)
    if uid and playbook.id != uid:
        raise UsageError(
            "a playbook keeps its identifier: runs and calls are found by it",
            code="playbook.id",
            where="playbook",
            fix=f"write {uid}, or save this as a new playbook",
        )
    row = Playbook.objects.filter(uid=playbook.id).first() or Playbook(uid=playbook.id)
    if version is not None and version != row.version:
        raise EditConflict(
            "somebody changed it meanwhile",
            where=row.title_en,
            mine={"version": version, "text": to_yaml(playbook)},
            theirs={"version": row.version, "text": _text(row)},
        )
    if row.version and _same(playbook, content(_newest(row))):
        return Unchanged(row)
    if row.enabled:
        require_sound(playbook)
    now = clock.now()
    if row.version and row.origin in {PlaybookOrigin.BUILTIN, PlaybookOrigin.EDITED}:
        origin = PlaybookOrigin.EDITED
    write_version(row, _dated(playbook, now), origin=origin, by=actor, reason=reason, now=now)
    return Done(row, ("playbook", row.uid), now, told(row, reason))


@action(Capability.MANAGE_PLAYBOOKS)
def do_revert_playbook(
    actor: Actor,
    *,
    uid: str,
    number: int,
    reason: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Playbook]:
    """Make an earlier version the newest; what lies between stays in the history."""
    reason = said_reason(reason)
    row = standing(uid)
    earlier = row.versions.filter(number=number).first()
    if earlier is None:
        raise NotFound(f"the playbook has no version {number}", where=uid, fix="see its history")
    if version is not None and version != row.version:
        raise EditConflict(
            "somebody changed it meanwhile",
            where=row.title_en,
            mine={"version": version, "text": to_yaml(content(earlier))},
            theirs={"version": row.version, "text": _text(row)},
        )
    if earlier.sha256 == row.sha256:
        return Unchanged(row)
    return _again(actor, row, content(earlier), PlaybookOrigin(earlier.origin), reason, clock.now())


@action(Capability.MANAGE_PLAYBOOKS)
def do_restore_playbook(
    actor: Actor, *, uid: str, reason: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Playbook]:
    """Put the product's own text into force again; the edited one stays in the history."""
    reason = said_reason(reason)
    row = standing(uid)
    ours = next((one for one in built_in() if one.id == uid), None)
    if ours is None:
        raise NotFound("the product brings no such playbook", where=uid, fix="see its history")
    if _same(ours, content(_newest(row))):
        return Unchanged(row)
    return _again(actor, row, ours, PlaybookOrigin.BUILTIN, reason, clock.now())


def _again(
    actor: Actor,
    row: Playbook,
    playbook: cacao.Playbook,
    origin: PlaybookOrigin,
    reason: str,
    now: datetime,
) -> Done[Playbook]:
    if row.enabled:
        require_sound(playbook)
    write_version(row, playbook, origin=origin, by=actor, reason=reason, now=now)
    return Done(row, ("playbook", row.uid), now, told(row, reason))


def _dated(playbook: cacao.Playbook, now: datetime) -> cacao.Playbook:
    """With the moment of its change (CACAO 3.1 ``modified``), never before it was created."""
    moment = now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}Z"
    document: dict[str, Any] = dict(playbook.document)
    document["modified"] = max(moment, str(document["created"]))
    return cacao.load(document)


def _same(one: cacao.Playbook, other: cacao.Playbook) -> bool:
    """Whether they differ in nothing but the moment of the change."""
    return _content(one) == _content(other)


def _content(playbook: cacao.Playbook) -> dict[str, Any]:
    return {name: part for name, part in playbook.document.items() if name not in _UNTOUCHED}


def _newest(row: Playbook) -> PlaybookVersion:
    return row.versions.get(number=row.version)


def _text(row: Playbook) -> str:
    return to_yaml(content(_newest(row))) if row.version else ""
