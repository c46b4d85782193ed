"""Approval of a programme, through its controlled document."""

from __future__ import annotations

from datetime import datetime

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.documents.approve import give_to
from shangdun.actions.documents.changes import checked_body, note_writer, text_sha256
from shangdun.actions.documents.write import NewDocument, begin_document, next_version
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.actions.programmes.changes import open_programme, programme_done, save
from shangdun.actions.programmes.prove import finish_met
from shangdun.actions.programmes.text import programme_text
from shangdun.actions.schedule.baseline import set_baseline
from shangdun.actions.schedule.reschedule import reschedule
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.documents import open_version
from shangdun.records.models import (
    ControlledKind,
    DocumentState,
    DocumentVersion,
    PlanSnapshot,
    Programme,
    ProgrammeState,
)
from shangdun.records.programme_changes import agreed, digest
from shangdun.records.programmes import OVER, get_programme, tasks_of
from shangdun.records.roles import Capability

REVIEW_MONTHS = 12


@action(Capability.MANAGE_PROGRAMMES)
def do_submit_programme(
    actor: Actor,
    *,
    number: int,
    reviewer: int,
    approver: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[DocumentVersion]:
    """Write the programme as a document and give it to a reviewer and an approver.

    Raises ``UsageError``: ``programme.empty``, ``programme.unowned``, ``document.duties`` where
    one of them wrote it, ``document.unable`` where they may not.
    """
    now = clock.now()
    programme = open_programme(actor, number, version)
    _complete(programme)
    body = checked_body(programme_text(programme))
    standing = open_version(programme.document) if programme.document else None
    if standing is not None and _same(standing, body, reviewer, approver):
        return Unchanged(standing)
    draft = _draft(actor, programme, standing, body, now)
    give_to(draft, reviewer, approver, now)
    programme.reviewer_id, programme.approver_id = reviewer, approver
    save(programme, "document", "reviewer", "approver")
    content = agreed(programme)
    PlanSnapshot.objects.update_or_create(
        programme=programme, document_version=draft.number,
        defaults={"taken_at": now, "content": content, "sha256": digest(content)},
    )  # fmt: skip
    payload = {
        "document": draft.document.number, "document_version": draft.number,
        "text_sha256": text_sha256(draft), "objects_sha256": digest(content),
        "reviewer": reviewer, "approver": approver,
    }  # fmt: skip
    return Done(draft, ("programme", programme.number), now, payload)


def _complete(programme: Programme) -> None:
    rows = [row for row in tasks_of(programme) if row.state not in OVER]
    if not rows:
        raise UsageError(
            "there is nothing to approve", code="programme.empty", where=programme.title,
            fix="add tasks first",
        )  # fmt: skip
    unowned = [row.code for row in rows if row.owner_id is None]
    if unowned:
        raise UsageError(
            "these tasks have no owner", code="programme.unowned",
            where=", ".join(unowned[:20]), fix="name an owner for each",
        )  # fmt: skip


def _same(standing: DocumentVersion, body: str, reviewer: int, approver: int) -> bool:
    people = (standing.reviewer_id, standing.approver_id)
    in_review = standing.state == DocumentState.REVIEW
    return in_review and standing.body == body and people == (reviewer, approver)


def _draft(
    actor: Actor, programme: Programme, standing: DocumentVersion | None, body: str, now: datetime
) -> DocumentVersion:
    if programme.document is None:
        wanted = NewDocument(
            kind=ControlledKind.PROGRAMME, title=programme.title, language=programme.language,
            body=body, review_months=REVIEW_MONTHS,
        )  # fmt: skip
        draft = begin_document(actor, wanted, now)
        programme.document = draft.document
        return draft
    if standing is None or standing.state == DocumentState.APPROVED:
        return next_version(actor, programme.document, programme.title, body, now)
    standing.title, standing.body, standing.edited_at = programme.title, body, now
    standing.state, standing.submitted_at, standing.reviewed_at = DocumentState.DRAFT, None, None
    note_writer(standing, actor)
    return standing


@action(Capability.RUN_PLAYBOOKS)
def do_adopt_programme(
    actor: Actor, *, number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Programme]:
    """Its document was approved: the programme runs, its dates are the baseline, owners are told.

    Also for a later version: its dates become the baseline then.
    """
    now = clock.now()
    programme = get_programme(actor, number)
    approved = newest_approved(programme)
    if approved is None or approved.approved_at is None or adopted(programme, approved):
        return Unchanged(programme)
    first = programme.state == ProgrammeState.DRAFT
    programme.state, programme.approved_at = ProgrammeState.APPROVED, approved.approved_at
    save(programme, "state", "approved_at")
    set_baseline(programme, actor, now)
    reschedule(programme, now)
    if first:
        finish_met(programme, now)
        _tell_owners(programme, now)
    payload = {
        "document": approved.document.number, "document_version": approved.number,
        "text_sha256": approved.sha256,
    }  # fmt: skip
    return programme_done(programme, now, payload)


def newest_approved(programme: Programme) -> DocumentVersion | None:
    """The newest version that was approved; drafts and withdrawn ones do not count."""
    if programme.document_id is None:
        return None
    states = (DocumentState.APPROVED, DocumentState.PUBLISHED)
    versions = DocumentVersion.objects.filter(document=programme.document_id, state__in=states)
    return versions.select_related("document").order_by("-number").first()


def adopted(programme: Programme, approved: DocumentVersion) -> bool:
    """Whether the programme has taken note of this approval."""
    over = programme.archived_at is not None or programme.state == ProgrammeState.CLOSED
    return over or programme.approved_at == approved.approved_at


def _tell_owners(programme: Programme, now: datetime) -> None:
    rows = [row for row in tasks_of(programme) if row.state not in OVER]
    people = tuple(sorted({row.owner_id for row in rows if row.owner_id is not None}))
    data = {
        "path": "/programmes/mine/",
        "programme": programme.title,
        "tasks": len(rows),
        "starts": programme.starts_on.isoformat(),
    }
    key = f"programme_begun:{programme.pk}"
    queue_message(Notice("programme_begun", None, (), key, people=people, data=data), now)
