"""Writing controlled documents: a new one, a new version, its text, what is said about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.documents.changes import (
    checked_body,
    checked_title,
    done,
    note_writer,
    open_version,
    save,
)
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.conflict import EditConflict
from shangdun.records.documents import get_document, get_version
from shangdun.records.documents import open_version as version_on_its_way
from shangdun.records.models import Document, DocumentState, DocumentVersion
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.respond.groups import Group

MOST_MONTHS = 60


class NewDocument(msgspec.Struct, kw_only=True, frozen=True):
    """What somebody wants to write."""

    kind: str
    title: str
    language: str
    body: str
    code: str = ""
    marking: str = ""
    readers: tuple[Group, ...] = ()
    review_months: int = 12
    meeting_months: int = 0


@action(Capability.MANAGE_DOCUMENTS)
def do_write_document(
    actor: Actor, wanted: NewDocument, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[DocumentVersion]:
    """Begin a document with the draft of its first version; who writes owns it.

    Raises ``UsageError``: ``document.title``, ``.slot``, ``.exists`` where one of that name lives.
    """
    now = clock.now()
    title, body = checked_title(clean_text(wanted.title)), checked_body(clean_text(wanted.body))
    same = _namesake(title, wanted.language)
    if same is not None:
        draft = same.versions.get(number=1)
        if draft.author == person(actor) and draft.body == body and draft.version == 1:
            return Unchanged(draft)
        raise UsageError(
            f"document {same.number} has this title already",
            code="document.exists",
            where="title",
            fix="write a new version of it, or choose another title",
        )
    draft = begin_document(actor, wanted, now)
    return done(draft, now, {"kind": draft.document.kind, "title": title})


def untaken(title: str, language: str, number: int) -> str:
    """The title for what is drafted by itself; with its ``number`` where a document has it."""
    return f"{title} (#{number})" if _namesake(title, language) else title


def begin_document(actor: Actor, wanted: NewDocument, now: datetime) -> DocumentVersion:
    """A document with its first draft, within a caller's action; names are the caller's matter.

    Raises ``UsageError``: ``document.title``, ``.slot``, ``.months``.
    """
    title, body = checked_title(clean_text(wanted.title)), checked_body(clean_text(wanted.body))
    document = Document(
        number=(Document.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
        kind=wanted.kind,
        title=title,
        language=wanted.language,
        owner=person(actor),
        created_at=now,
    )
    _describe(document, wanted)
    document.save()
    return _draft(actor, document, 1, title, body, now)


@action(Capability.MANAGE_DOCUMENTS)
def do_begin_version(
    actor: Actor, *, number: int, of: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[DocumentVersion]:
    """Begin the next version with the text of version ``of``; a second click meets the first.

    What was approved is never changed: an approved version that was not published is withdrawn.
    """
    now = clock.now()
    document = get_document(actor, number)
    source = get_version(actor, number, of)
    standing = version_on_its_way(document)
    if standing is not None and standing.state != DocumentState.APPROVED:
        return Unchanged(standing)
    draft = next_version(actor, document, source.title, source.body, now)
    return done(draft, now, {"of": source.number})


def next_version(
    actor: Actor, document: Document, title: str, body: str, now: datetime
) -> DocumentVersion:
    """The next version's draft, within a caller's action; one on its way is withdrawn."""
    standing = version_on_its_way(document)
    if standing is not None:
        standing.state, standing.ended_at = DocumentState.WITHDRAWN, now
        save(standing)
    last = document.versions.aggregate(last=Max("number"))["last"] or 0
    title, body = checked_title(clean_text(title)), checked_body(clean_text(body))
    return _draft(actor, document, last + 1, title, body, now)


class Wording(msgspec.Struct, kw_only=True, frozen=True):
    """What a version says: title, text, and in a sentence what changed since the one before."""

    title: str
    body: str
    changes: str = ""


@action(Capability.MANAGE_DOCUMENTS)
def do_edit_draft(
    actor: Actor,
    *,
    number: int,
    version_number: int,
    wording: Wording,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[DocumentVersion]:
    """Change a draft; one in review becomes a draft again, since another text was being reviewed.

    Raises ``EditConflict`` with both texts where somebody was first.
    """
    now = clock.now()
    title = checked_title(clean_text(wording.title))
    body = checked_body(clean_text(wording.body))
    changes = clean_text(wording.changes.strip())
    draft = open_version(
        actor, number, version_number, version,
        {"title": title, "body": body, "changes": changes},
        DocumentState.DRAFT, DocumentState.REVIEW,
    )  # fmt: skip
    if (draft.title, draft.body, draft.changes) == (title, body, changes):
        return Unchanged(draft)
    draft.title, draft.body, draft.changes = title, body, changes
    draft.state, draft.edited_at = DocumentState.DRAFT, now
    draft.submitted_at = draft.reviewed_at = None
    note_writer(draft, actor)
    save(draft)
    if not draft.document.versions.filter(state=DocumentState.PUBLISHED).exists():
        Document.objects.filter(pk=draft.document_id).update(title=title)
    return done(draft, now, {"characters": len(body)})


class Description(msgspec.Struct, kw_only=True, frozen=True):
    """What is said about a document beside its text."""

    code: str = ""
    marking: str = ""
    readers: tuple[Group, ...] = ()
    review_months: int = 12
    meeting_months: int = 0
    owner: int | None = None


@action(Capability.MANAGE_DOCUMENTS)
def do_describe_document(
    actor: Actor,
    *,
    number: int,
    wanted: Description,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Document]:
    """Change number, classification, readers, owner and how often it is reviewed."""
    now = clock.now()
    document = get_document(actor, number)
    before = told(document)
    if version is not None and version != document.version:
        raise EditConflict(
            "somebody changed it meanwhile",
            where=f"document {number}",
            mine={"version": version, **msgspec.to_builtins(wanted)},
            theirs={"version": document.version, **before},
        )
    _describe(document, wanted)
    document.owner_id = wanted.owner
    if told(document) == before:
        return Unchanged(document)
    document.version += 1
    document.save()
    return Done(document, ("document", number), now, told(document))


def told(document: Document) -> dict[str, Any]:
    """What the ledger says about a document."""
    return {
        "code": document.code,
        "marking": document.marking,
        "readers": list(document.readers),
        "review_months": document.review_months,
        "meeting_months": document.meeting_months,
        "owner": document.owner_id or 0,
    }


def _describe(document: Document, wanted: NewDocument | Description) -> None:
    months = (wanted.review_months, wanted.meeting_months)
    if not all(0 <= each <= MOST_MONTHS for each in months):
        raise UsageError("no such period", code="document.months", fix=f"0 to {MOST_MONTHS} months")
    document.code = clean_text(wanted.code.strip())[:60]
    document.marking = clean_text(wanted.marking.strip())[:30]
    document.readers = sorted({group.value for group in wanted.readers})
    document.review_months, document.meeting_months = months


def _namesake(title: str, language: str) -> Document | None:
    alive = Document.objects.filter(title=title, language=language)
    return alive.exclude(versions__state=DocumentState.WITHDRAWN).first()


def _draft(
    actor: Actor, document: Document, number: int, title: str, body: str, now: datetime
) -> DocumentVersion:
    draft = DocumentVersion(
        document=document, number=number, title=title, body=body, author=person(actor),
        created_at=now, edited_at=now,
    )  # fmt: skip
    note_writer(draft, actor)
    draft.save()
    return draft
