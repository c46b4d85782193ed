"""What every change of a playbook has in common."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from shangdun.actions.rule_changes import LONGEST_REASON
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.actor import Actor, actor_name
from shangdun.records.models import Playbook, PlaybookOrigin, PlaybookVersion
from shangdun.records.playbooks import library
from shangdun.records.stored_text import clean_text
from shangdun.respond import playbook as cacao


def said_reason(reason: str) -> str:
    """The reason as it is stored; a change of what people do in an incident has one."""
    reason = clean_text(reason.strip())[:LONGEST_REASON]
    if not reason:
        raise UsageError(
            "changing a playbook needs a reason",
            code="playbook.reason",
            fix="say why in a sentence",
        )
    return reason


def standing(uid: str) -> Playbook:
    """The row; raises ``NotFound``."""
    row = Playbook.objects.filter(uid=uid).first()
    if row is None:
        raise NotFound("there is no such playbook", where=uid, fix="see the list of playbooks")
    return row


def sha256(text: str) -> str:
    """Of a document, as it is stored with it."""
    return hashlib.sha256(text.encode()).hexdigest()


def write_version(
    row: Playbook,
    playbook: cacao.Playbook,
    *,
    origin: PlaybookOrigin,
    by: Actor,
    reason: str,
    now: datetime,
) -> PlaybookVersion:
    """Give the playbook its next version; the caller has checked that it may have it."""
    document = cacao.dump(playbook)
    row.title_zh = (playbook.name.zh or playbook.name.en)[:300]
    row.title_en = (playbook.name.en or playbook.name.zh)[:300]
    row.types = [kind.value for kind in playbook.types]
    row.origin, row.sha256, row.changed = origin, sha256(document), now
    row.steps = sum(step.kind is cacao.Kind.ACTION for step in playbook.steps.values())
    row.problems = len(cacao.errors(playbook, library()))
    row.version += 1
    row.save()
    return PlaybookVersion.objects.create(
        playbook=row,
        number=row.version,
        document=document,
        sha256=row.sha256,
        origin=origin,
        by=actor_name(by),
        reason=reason,
        time=now,
    )


def told(row: Playbook, reason: str = "") -> dict[str, Any]:
    """What the ledger says; the document is with the version, its hash is here."""
    return {
        "title": row.title_en,
        "version": row.version,
        "origin": str(row.origin),
        "sha256": row.sha256,
        "enabled": row.enabled,
        "problems": row.problems,
        "reason": reason,
    }


def require_sound(playbook: cacao.Playbook) -> None:
    """Raise ``UsageError`` (``playbook.problems``) for one that could not be walked to its end."""
    found = cacao.errors(playbook, library())
    if found:
        first = found[0]
        step = playbook.steps.get(first.step)
        raise UsageError(
            f"{first.message} ({len(found)} in all)",
            code="playbook.problems",
            where=step.key if step else first.where,
            fix=first.fix,
        )
