"""What every change of a rule document has in common."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F

from shangdun.detect.rule_document import Document
from shangdun.kernel.errors import UsageError
from shangdun.kernel.ids import content_id
from shangdun.records.actor import Actor, actor_name
from shangdun.records.models import (
    DocumentOrigin,
    RuleDocument,
    RuleGeneration,
    RuleVersion,
)
from shangdun.records.stored_text import clean_text, clean_value

LONGEST_REASON = 500


def said_reason(reason: str) -> str:
    """The reason as it is stored; a change of what is watched never goes without one."""
    reason = clean_text(reason.strip())[:LONGEST_REASON]
    if not reason:
        raise UsageError(
            "changing what is watched needs a reason",
            code="rule.reason",
            fix="say why in a sentence",
        )
    return reason


def next_generation() -> None:
    """Tell the watch that its rules are not those any more."""
    RuleGeneration.objects.get_or_create(pk=1)
    RuleGeneration.objects.filter(pk=1).update(number=F("number") + 1)


def write(
    actor: Actor,
    row: RuleDocument,
    document: Document | None,
    *,
    origin: DocumentOrigin,
    reason: str,
    now: datetime,
) -> RuleVersion:
    """Give a document its next version; None removes it."""
    row.live = document is not None
    row.text = document.text if document else ""
    if document:
        row.kind, row.title = document.kind, clean_value(document.title, 300)
    row.origin = origin
    row.version += 1
    row.changed = now
    row.save()
    next_generation()
    return RuleVersion.objects.create(
        document=row,
        number=row.version,
        text=row.text,
        origin=origin,
        by=actor_name(actor),
        reason=reason,
        time=now,
    )


def told(row: RuleDocument, reason: str) -> dict[str, Any]:
    """What the ledger says; the text itself is with the version, its hash is here."""
    return {
        "kind": row.kind,
        "title": row.title,
        "version": row.version,
        "origin": row.origin,
        "reason": reason,
        "text": content_id(row.text) if row.live else "",
    }
