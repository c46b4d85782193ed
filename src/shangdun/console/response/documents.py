"""What the pages of controlled documents show: lists, a version, its readers, what may be done."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Q

from shangdun.actions.documents.changes import SLOTS
from shangdun.papers.blocks import Block, Heading, plain
from shangdun.records.actor import Actor
from shangdun.records.documents import (
    approvers_for,
    open_duties,
    owed_by,
    published_version,
    reading_tally,
    reviewers_for,
    visible_documents,
    visible_versions,
)
from shangdun.records.models import (
    Document,
    DocumentState,
    DocumentVersion,
    DutyKind,
    ReviewDuty,
    User,
)
from shangdun.records.roles import Capability

LOOKS = {
    DocumentState.DRAFT: "",
    DocumentState.REVIEW: "note",
    DocumentState.APPROVED: "own",
    DocumentState.PUBLISHED: "good",
    DocumentState.SUPERSEDED: "",
    DocumentState.WITHDRAWN: "bad",
}
PAPER_FORMS = ("pdf", "docx")


class Row(NamedTuple):
    """One document in the list."""

    document: Document
    published: DocumentVersion | None
    coming: DocumentVersion | None
    tally: dict[str, int]
    duty: ReviewDuty | None
    late: bool

    @property
    def look(self) -> str:
        return LOOKS[DocumentState(self.coming.state)] if self.coming else ""


def rows_of(actor: Actor, now: datetime, today: date) -> list[Row]:
    """Every document this person sees, in five queries however many there are."""
    documents = list(visible_documents(actor).select_related("owner"))
    versions = DocumentVersion.objects.filter(document__in=documents).defer("body")
    published = {v.document_id: v for v in versions.filter(state=DocumentState.PUBLISHED)}
    coming = {
        v.document_id: v
        for v in versions.filter(state__in=("draft", "review", "approved"))
        if actor.can(Capability.MANAGE_DOCUMENTS, Capability.APPROVE_DOCUMENTS)
        or actor.can(Capability.VIEW_LEDGER)
    }
    tallies = reading_tally(list(published.values()), now)
    next_duty: dict[int, ReviewDuty] = {}
    for duty in open_duties(actor):
        next_duty.setdefault(duty.document_id, duty)
    made = []
    for document in documents:
        version, due = published.get(document.pk), next_duty.get(document.pk)
        tally = tallies.get(version.pk, {}) if version else {}
        late = due is not None and due.due_on < today
        made.append(Row(document, version, coming.get(document.pk), tally, due, late))
    return made


def waiting_for(user: User) -> list[DocumentVersion]:
    """Versions that this person was asked to review or approve."""
    in_review = DocumentVersion.objects.filter(state=DocumentState.REVIEW).defer("body")
    in_review = in_review.select_related("document", "author")
    to_review = Q(reviewer=user, reviewed_at=None)
    to_approve = Q(approver=user, reviewed_at__isnull=False)
    return list(in_review.filter(to_review | to_approve).order_by("submitted_at", "pk"))


def list_context(user: User, now: datetime, today: date) -> dict[str, Any]:
    """For ``documents/list.html``."""
    return {
        "rows": rows_of(user, now, today),
        "owed": list(owed_by(user)[:20]),
        "waiting": waiting_for(user),
        "today": today,
        "now": now,
        "writes": user.can(Capability.MANAGE_DOCUMENTS),
    }


def version_context(
    user: User, version: DocumentVersion, blocks: tuple[Block, ...], now: datetime
) -> dict[str, Any]:
    """For ``documents/page.html``; ``blocks`` are the version's text with its slots filled."""
    document = version.document
    mine = version.acknowledgements.filter(person=user).first()
    in_force = published_version(document)
    context = {
        "document": document,
        "version": version,
        "look": LOOKS[DocumentState(version.state)],
        "sections": [
            (number, plain(block.text))
            for number, block in enumerate(blocks, 1)
            if isinstance(block, Heading) and block.level == 1
        ],
        "versions": list(visible_versions(user, document).defer("body")),
        "in_force": in_force,
        "mine": mine,
        "owes": version.state == DocumentState.PUBLISHED
        and (mine is None or mine.acknowledged_at is None),
        "tally": reading_tally([version], now).get(version.pk, {}),
        "forms": PAPER_FORMS,
    }
    return context | allowed(user, version)


def allowed(user: User, version: DocumentVersion) -> dict[str, Any]:
    """What this person may do with the version as it stands."""
    writes = user.can(Capability.MANAGE_DOCUMENTS)
    approves = user.can(Capability.APPROVE_DOCUMENTS)
    state = DocumentState(version.state)
    reviewing = state == DocumentState.REVIEW
    submits = writes and state in (DocumentState.DRAFT, DocumentState.REVIEW)
    return {
        "writes": writes,
        "edits": submits,
        "submits": submits,
        "reviewers": reviewers_for(version) if submits else [],
        "approvers": approvers_for(version) if submits else [],
        "reviews": reviewing and version.reviewed_at is None and version.reviewer == user,
        "approves": reviewing and version.reviewed_at is not None and version.approver == user,
        "returns": reviewing and user in (version.reviewer, version.approver),
        "publishes": writes and state == DocumentState.APPROVED,
        "withdraws": approves
        if state == DocumentState.PUBLISHED
        else writes and state in (DocumentState.DRAFT, DocumentState.REVIEW),
        "begins": writes
        and state in (DocumentState.PUBLISHED, DocumentState.APPROVED, DocumentState.SUPERSEDED),
    }


def duties_context(document: Document, today: date) -> dict[str, Any]:
    """The document's dated duties: open ones, then what was held."""
    duties = list(document.duties.select_related("done_by"))
    return {
        "open_duties": [duty for duty in duties if duty.done_at is None],
        "held": [duty for duty in reversed(duties) if duty.done_at is not None][:12],
        "today": today,
        "review": DutyKind.REVIEW,
    }


def slot_names() -> tuple[str, ...]:
    """What a text may be filled with, for the help beside the editor."""
    return tuple(name for name in SLOTS if name != "drills")
