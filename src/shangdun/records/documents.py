"""Controlled documents as they are read: who may see which version, who owes what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from shangdun.kernel.errors import NotFound
from shangdun.records.access import require
from shangdun.records.actor import Actor, person
from shangdun.records.models import (
    Acknowledgement,
    Company,
    ControlledKind,
    Document,
    DocumentState,
    DocumentVersion,
    Meeting,
    ReportSending,
    ReviewDuty,
    User,
)
from shangdun.records.models.documents import OPEN_STATES
from shangdun.records.roles import Capability
from shangdun.respond.groups import Group

PUBLIC_STATES = (DocumentState.PUBLISHED, DocumentState.SUPERSEDED)
"""What a reader sees; drafts are for those who work on them and for audits."""


def sees_drafts(actor: Actor) -> bool:
    """Who writes or approves documents, and who audits."""
    return actor.can(
        Capability.MANAGE_DOCUMENTS, Capability.APPROVE_DOCUMENTS, Capability.VIEW_LEDGER
    )


def visible_documents(actor: Actor) -> QuerySet[Document]:
    """All of them; for a mere reader those that have a published version."""
    require(actor, Capability.VIEW_DOCUMENTS)
    documents = Document.objects.order_by("number")
    if sees_drafts(actor):
        return documents
    published = documents.filter(versions__state=DocumentState.PUBLISHED)
    return published.filter(_for_its_readers(actor)).distinct()


def _for_its_readers(actor: Actor) -> Q:
    """Reports and minutes are not everybody's: who sees the list of them, and who was given one."""
    me = person(actor)
    meant = Q(versions__acknowledgements__person=me) if me else Q()
    shown = Q()
    if not actor.can(Capability.VIEW_REPORTS):
        received = ReportSending.objects.filter(message__inbox__person=me)
        shown &= ~Q(kind=ControlledKind.REPORT) | Q(pk__in=received.values("run__document"))
    if not actor.can(Capability.VIEW_MEETINGS):
        there = Meeting.objects.filter(attendances__person=me).exclude(document=None)
        shown &= ~Q(kind=ControlledKind.MINUTES) | Q(pk__in=there.values("document"))
    return shown | meant if shown else shown


def get_document(actor: Actor, number: int) -> Document:
    """Raises ``NotFound`` also for one that the person may not see."""
    found = visible_documents(actor).select_related("owner").filter(number=number).first()
    if found is None:
        raise NotFound(f"there is no document {number}", fix="look at the list")
    return found


def visible_versions(actor: Actor, document: Document) -> QuerySet[DocumentVersion]:
    """Newest first; a reader sees what was published."""
    versions = document.versions.select_related("author", "reviewer", "approver")
    return versions if sees_drafts(actor) else versions.filter(state__in=PUBLIC_STATES)


def get_version(actor: Actor, number: int, version: int) -> DocumentVersion:
    """One version of document ``number``."""
    document = get_document(actor, number)
    found = visible_versions(actor, document).filter(number=version).first()
    if found is None:
        raise NotFound(f"document {number} has no version {version}", fix="look at its page")
    found.document = document
    return found


def open_version(document: Document) -> DocumentVersion | None:
    """The version that is on its way, if any."""
    return document.versions.filter(state__in=OPEN_STATES).first()


def published_version(document: Document) -> DocumentVersion | None:
    """The version in force, if any."""
    return document.versions.filter(state=DocumentState.PUBLISHED).first()


def reviewers_for(version: DocumentVersion) -> list[User]:
    """Who may review it: people of the trade who have not written in it."""
    able = (Capability.MANAGE_DOCUMENTS, Capability.APPROVE_DOCUMENTS)
    return _able(able, but=version.writers)


def approvers_for(version: DocumentVersion) -> list[User]:
    """Who may approve it: leadership that has not written in it."""
    return _able((Capability.APPROVE_DOCUMENTS,), but=version.writers)


def _able(needs: Sequence[Capability], but: Sequence[int]) -> list[User]:
    people = User.objects.filter(is_active=True).order_by("username").prefetch_related("groups")
    return [user for user in people.exclude(pk__in=list(but)) if user.can(*needs)]


def readers_of(document: Document) -> list[User]:
    """The active members of the groups that must have read it."""
    groups = [group for group in document.readers if group in set(Group)]
    people = User.objects.filter(is_active=True, groups__name__in=groups)
    return list(people.distinct().order_by("username"))


def owed_by(actor: Actor) -> QuerySet[Acknowledgement]:
    """What this person still has to acknowledge, the most urgent first."""
    require(actor, Capability.VIEW_DOCUMENTS)
    owed = Acknowledgement.objects.filter(
        person=person(actor), acknowledged_at=None, version__state=DocumentState.PUBLISHED
    )
    return owed.select_related("version__document").order_by("due_at")


def open_duties(actor: Actor) -> QuerySet[ReviewDuty]:
    """Reviews and meetings ahead or overdue, of documents that this person sees."""
    seen = visible_documents(actor).values("pk")
    duties = ReviewDuty.objects.filter(done_at=None, document__in=seen)
    return duties.select_related("document__owner").order_by("due_on", "pk")


def overdue_duties(actor: Actor, today: date) -> QuerySet[ReviewDuty]:
    """Those whose day has passed."""
    return open_duties(actor).filter(due_on__lt=today)


def reading_tally(versions: Sequence[DocumentVersion], now: datetime) -> dict[int, dict[str, int]]:
    """By version: how many were asked, have acknowledged, are late."""
    rows = (
        Acknowledgement.objects.filter(version__in=versions)
        .values("version_id")
        .annotate(
            asked=Count("pk"),
            read=Count("pk", filter=Q(acknowledged_at__isnull=False)),
            late=Count("pk", filter=Q(acknowledged_at=None, due_at__lt=now)),
        )
    )
    return {
        row["version_id"]: {name: row[name] for name in ("asked", "read", "late")} for row in rows
    }


def company() -> Company:
    """The company; before anybody said anything a nameless one that is not saved."""
    return Company.objects.order_by("pk").first() or Company()
