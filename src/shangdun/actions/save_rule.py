"""Writing a rule, a copy of a shipped one, a filter or a baseline; going back; removing."""

from __future__ import annotations

import re
from datetime import datetime

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.rule_changes import said_reason, told, write
from shangdun.detect.rule_document import Document, read_document
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, RuleError
from shangdun.records.actor import Actor
from shangdun.records.conflict import EditConflict
from shangdun.records.models import DocumentOrigin, RuleDocument
from shangdun.records.roles import Capability
from shangdun.records.rule_documents import stored_lists

_HAS_ID = re.compile(r"^id\s*:", re.MULTILINE)


@action(Capability.MANAGE_RULES)
def do_save_rule_document(
    actor: Actor,
    *,
    text: str,
    reason: str,
    origin: DocumentOrigin = DocumentOrigin.WRITTEN,
    uid: str = "",
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[RuleDocument]:
    """Store a document; from the watch's next look on it is in force.

    ``uid`` is what is being edited: a document keeps its identifier. ``version`` is what the
    person saw, 0 when there was none yet. Raises ``RuleError`` with the line for a text that
    cannot be used, ``EditConflict`` when somebody was first.
    """
    reason = said_reason(reason)
    document = with_id(read_document(text, lists=stored_lists()))
    if uid and document.uid != uid:
        raise RuleError(
            "a rule keeps its id: findings and history are found by it",
            code="rule.id",
            where=f"rule:{_line_of_id(text)}",
            fix=f"write id: {uid}, or save this as a new rule",
        )
    row = RuleDocument.objects.filter(uid=document.uid).first() or RuleDocument(uid=document.uid)
    if version is not None and version != row.version:
        mine, theirs = {"text": text}, {"text": row.text, "version": row.version}
        raise EditConflict("somebody changed it meanwhile", mine=mine, theirs=theirs)
    if row.live and row.text == document.text:
        return Unchanged(row)
    return _store(actor, row, document, origin, reason, clock.now())


@action(Capability.MANAGE_RULES)
def do_revert_rule_document(
    actor: Actor, *, uid: str, number: int, reason: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[RuleDocument]:
    """Make an earlier version the newest; what lies between stays in the history."""
    reason = said_reason(reason)
    row = _get(uid)
    earlier = row.versions.filter(number=number).first()
    if earlier is None:
        raise NotFound(f"the document has no version {number}", where=uid, fix="see its history")
    if earlier.text == row.text:
        return Unchanged(row)
    origin = DocumentOrigin(earlier.origin)
    if not earlier.text:
        return _store(actor, row, None, origin, reason, clock.now())
    return _store(
        actor, row, read_document(earlier.text, lists=stored_lists()), origin, reason, clock.now()
    )


@action(Capability.MANAGE_RULES)
def do_remove_rule_document(
    actor: Actor, *, uid: str, reason: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[RuleDocument]:
    """Remove a document; the rule that it replaced, in a file or imported, is in force again."""
    reason = said_reason(reason)
    row = _get(uid)
    if not row.live:
        return Unchanged(row)
    if row.origin == DocumentOrigin.EDITED and (imported := _imported(row)):
        return _store(actor, row, imported, DocumentOrigin.IMPORTED, reason, clock.now())
    return _store(actor, row, None, DocumentOrigin(row.origin), reason, clock.now())


def _imported(row: RuleDocument) -> Document | None:
    """The document as an import last brought it; None for one that people made here."""
    last = row.versions.exclude(imported=None).exclude(text="").order_by("number").last()
    return Document(row.uid, row.kind, row.title, last.text, row.path, 1) if last else None


def with_id(document: Document) -> Document:
    """A document that names its identifier, so that it keeps it when its logic changes."""
    if _HAS_ID.search(document.text):
        return document
    return document._replace(text=f"id: {document.uid}\n{document.text}")


def _store(
    actor: Actor,
    row: RuleDocument,
    document: Document | None,
    origin: DocumentOrigin,
    reason: str,
    now: datetime,
) -> Done[RuleDocument]:
    write(actor, row, document, origin=origin, reason=reason, now=now)
    return Done(row, ("rule", row.uid), now, told(row, reason))


def _get(uid: str) -> RuleDocument:
    row = RuleDocument.objects.filter(uid=uid).first()
    if row is None:
        raise NotFound("there is no stored copy of this rule", where=uid, fix="see the rules page")
    return row


def _line_of_id(text: str) -> int:
    found = _HAS_ID.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else 1
