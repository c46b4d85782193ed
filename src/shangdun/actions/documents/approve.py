"""From draft to publication: submission, review, approval, publication, withdrawal.

Duties are kept apart: nobody who wrote in a version reviews or approves it, and only the people
named at its submission do. What was approved is never changed; a change makes a new version.
"""

from __future__ import annotations

from datetime import datetime

from shangdun.actions.action import SYSTEM_CLOCK, Outcome, Unchanged, action
from shangdun.actions.documents.changes import (
    done,
    open_version,
    path_of,
    refuse_unwritten,
    refuse_writers,
    save,
    text_sha256,
)
from shangdun.actions.documents.duties import begin_duties
from shangdun.actions.documents.readers import ask_readers
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotAllowed, UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.documents import approvers_for, get_version, reviewers_for
from shangdun.records.models import Acknowledgement, DocumentState, DocumentVersion, User
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text


@action(Capability.MANAGE_DOCUMENTS)
def do_submit_document(
    actor: Actor,
    *,
    number: int,
    version_number: int,
    reviewer: int,
    approver: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[DocumentVersion]:
    """Give a draft to a reviewer and an approver, neither of whom wrote in it.

    Raises ``UsageError``: ``document.duties`` where they did, ``document.unable`` where they may
    not review or approve documents, ``document.unwritten`` where the author's part is missing.
    """
    now = clock.now()
    draft = get_version(actor, number, version_number)
    chosen = (reviewer, approver)
    if draft.state == DocumentState.REVIEW and (draft.reviewer_id, draft.approver_id) == chosen:
        return Unchanged(draft)
    draft = open_version(
        actor, number, version_number, version, {}, DocumentState.DRAFT, DocumentState.REVIEW
    )
    refuse_unwritten(draft)
    who = person(actor)
    if draft.author is None and who is not None and who.pk not in chosen:
        draft.author = who  # what was drafted by itself has no author before somebody submits it
    give_to(draft, reviewer, approver, now)
    return done(draft, now, {"reviewer": reviewer, "approver": approver})


def give_to(draft: DocumentVersion, reviewer: int, approver: int, now: datetime) -> None:
    """Submit a draft within a caller's action. Raises as ``do_submit_document`` does."""
    refuse_writers(draft, (reviewer, approver), "review or approve")
    _require_able(reviewer, reviewers_for(draft), "review")
    _require_able(approver, approvers_for(draft), "approve")
    draft.reviewer_id, draft.approver_id = reviewer, approver
    draft.state, draft.submitted_at, draft.reviewed_at = DocumentState.REVIEW, now, None
    draft.remark = ""
    save(draft)
    _ask(draft, reviewer, "document_review", now)


@action(Capability.MANAGE_DOCUMENTS, Capability.APPROVE_DOCUMENTS)
def do_review_document(
    actor: Actor,
    *,
    number: int,
    version_number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[DocumentVersion]:
    """The reviewer finds nothing against it; the approver is asked."""
    now = clock.now()
    draft = get_version(actor, number, version_number)
    if draft.reviewed_at is not None and draft.reviewer == person(actor):
        return Unchanged(draft)
    draft = open_version(actor, number, version_number, version, {}, DocumentState.REVIEW)
    _require_named(actor, draft.reviewer, "review")
    refuse_writers(draft, [draft.reviewer_id], "review")
    draft.reviewed_at = now
    save(draft)
    if draft.approver_id is not None:
        _ask(draft, draft.approver_id, "document_approval", now)
    return done(draft, now)


@action(Capability.APPROVE_DOCUMENTS)
def do_approve_document(
    actor: Actor,
    *,
    number: int,
    version_number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[DocumentVersion]:
    """Approve the text as it stands, once it was reviewed; from now on it does not change.

    Raises ``UsageError``: ``document.unreviewed``, ``document.duties``.
    """
    now = clock.now()
    draft = get_version(actor, number, version_number)
    if draft.approved_at is not None and draft.approver == person(actor):
        return Unchanged(draft)
    draft = open_version(actor, number, version_number, version, {}, DocumentState.REVIEW)
    _require_named(actor, draft.approver, "approve")
    refuse_writers(draft, [draft.approver_id], "approve")
    if draft.reviewed_at is None:
        raise UsageError(
            "it was not reviewed yet", code="document.unreviewed", fix="wait for its reviewer"
        )
    draft.state, draft.approved_at = DocumentState.APPROVED, now
    draft.sha256 = text_sha256(draft)
    save(draft)
    return done(draft, now)


@action(Capability.MANAGE_DOCUMENTS, Capability.APPROVE_DOCUMENTS)
def do_return_document(
    actor: Actor,
    *,
    number: int,
    version_number: int,
    remark: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[DocumentVersion]:
    """Reviewer or approver sends it back to its author, saying why."""
    now = clock.now()
    remark = _reason(remark)
    draft = open_version(
        actor, number, version_number, version, {"remark": remark}, DocumentState.REVIEW
    )
    if person(actor) not in (draft.reviewer, draft.approver):
        _require_named(actor, draft.reviewer, "send back")
    draft.state, draft.remark = DocumentState.DRAFT, remark
    draft.submitted_at = draft.reviewed_at = None
    save(draft)
    if draft.author_id is not None:
        _ask(draft, draft.author_id, "document_returned", now)
    return done(draft, now)


@action(Capability.MANAGE_DOCUMENTS)
def do_publish_document(
    actor: Actor,
    *,
    number: int,
    version_number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[DocumentVersion]:
    """Put an approved version into force: the one before is superseded, its readers are asked."""
    now = clock.now()
    fresh = get_version(actor, number, version_number)
    if fresh.state == DocumentState.PUBLISHED:
        return Unchanged(fresh)
    fresh = open_version(actor, number, version_number, version, {}, DocumentState.APPROVED)
    if text_sha256(fresh) != fresh.sha256:
        raise UsageError(
            "the text is not the one that was approved",
            code="document.altered",
            fix="begin a new version and have it approved; look into the ledger",
        )
    document = fresh.document
    for old in document.versions.filter(state=DocumentState.PUBLISHED):
        old.state, old.ended_at = DocumentState.SUPERSEDED, now
        save(old)
    fresh.state, fresh.published_at = DocumentState.PUBLISHED, now
    save(fresh)
    document.title = fresh.title
    document.version += 1
    document.save()
    asked = ask_readers(fresh, now, by=person(actor))
    begin_duties(document, now)
    return done(fresh, now, {"asked": asked})


@action(Capability.MANAGE_DOCUMENTS, Capability.APPROVE_DOCUMENTS)
def do_withdraw_document(
    actor: Actor,
    *,
    number: int,
    version_number: int,
    remark: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[DocumentVersion]:
    """Take a version back: a draft by who writes, what is in force only by who may approve."""
    now = clock.now()
    remark = _reason(remark)
    found = get_version(actor, number, version_number)
    if found.state == DocumentState.WITHDRAWN:
        return Unchanged(found)
    found = open_version(
        actor, number, version_number, version, {"remark": remark},
        DocumentState.DRAFT, DocumentState.REVIEW, DocumentState.APPROVED, DocumentState.PUBLISHED,
    )  # fmt: skip
    if found.state == DocumentState.PUBLISHED:
        if not actor.can(Capability.APPROVE_DOCUMENTS):
            raise NotAllowed("what is in force is withdrawn by who may approve documents")
        found.document.duties.filter(done_at=None).delete()
    found.state, found.ended_at, found.remark = DocumentState.WITHDRAWN, now, remark
    save(found)
    Acknowledgement.objects.filter(version=found, acknowledged_at=None).delete()
    return done(found, now)


def _reason(remark: str) -> str:
    remark = clean_text(remark.strip())
    if not remark:
        raise UsageError(
            "this needs a reason", code="document.remark", where="remark", fix="say why"
        )
    return remark[:2_000]


def _require_able(chosen: int, able: list[User], what: str) -> None:
    if chosen not in {user.pk for user in able}:
        raise UsageError(
            f"this person may not {what} documents",
            code="document.unable",
            fix="choose somebody from the list",
        )


def _require_named(actor: Actor, named: User | None, what: str) -> None:
    who = person(actor)
    if who is not None and who != named:
        raise NotAllowed(
            f"only the person named for it may {what} this version",
            code="document.named",
            fix="its author can name you and submit it again",
        )


def _ask(version: DocumentVersion, whom: int, kind: str, now: datetime) -> None:
    document = version.document
    data = {
        "path": path_of(version.document),
        "document": version.title,
        "version": version.number,
        "by": _name(version.author),
        "remark": version.remark,
    }
    key = f"{kind}:{document.number}:{version.number}:{version.version}"
    queue_message(Notice(kind, None, (), key, people=(whom,), data=data), now)


def _name(user: User | None) -> str:
    return (user.get_full_name() or user.username) if user else ""
