"""Who must have read a published version, who has, and who is reminded."""

from __future__ import annotations

from datetime import datetime, timedelta

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.documents.changes import path_of
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound
from shangdun.records.actor import Actor, person
from shangdun.records.documents import get_version, readers_of
from shangdun.records.models import Acknowledgement, DocumentState, DocumentVersion, User
from shangdun.records.roles import Capability

READING_DAYS = 14
REMIND_AGAIN = timedelta(days=3)
REMIND_AHEAD = timedelta(days=4)
"""Before its day somebody is reminded once, after it every three days."""


def ask_readers(version: DocumentVersion, now: datetime, *, by: User | None) -> int:
    """Within a publication: everybody who must read it is asked; gives how many."""
    people = readers_of(version.document)
    asked = _ask(version, people, now)
    if asked:
        data = {
            "path": path_of(version.document),
            "document": version.title,
            "version": version.number,
            "by": (by.get_full_name() or by.username) if by else "",
            "changes": version.changes,
        }
        key = f"document_published:{version.document.number}:{version.number}"
        ids = tuple(user.pk for user in people)
        queue_message(Notice("document_published", None, (), key, people=ids, data=data), now)
    return len(asked)


def _ask(version: DocumentVersion, people: list[User], now: datetime) -> list[Acknowledgement]:
    known = set(version.acknowledgements.values_list("person_id", flat=True))
    rows = [
        Acknowledgement(
            version=version, person=user, asked_at=now, due_at=now + timedelta(days=READING_DAYS)
        )
        for user in people
        if user.pk not in known
    ]
    return Acknowledgement.objects.bulk_create(rows)


@action(Capability.VIEW_DOCUMENTS)
def do_acknowledge_document(
    actor: Actor, *, number: int, version_number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Acknowledgement]:
    """A person says that he has read the version in force; also who was not asked may."""
    now = clock.now()
    version = get_version(actor, number, version_number)
    who = person(actor)
    if who is None or version.state != DocumentState.PUBLISHED:
        raise NotFound("there is nothing to acknowledge", fix="look at the version in force")
    row = version.acknowledgements.filter(person=who).first()
    if row is not None and row.acknowledged_at is not None:
        return Unchanged(row)
    row = row or Acknowledgement(version=version, person=who, asked_at=now, due_at=now)
    row.acknowledged_at = now
    row.save()
    payload = {"version": version.number, "text_sha256": version.sha256}
    return Done(row, ("document", number), now, payload)


@action(Capability.RUN_PLAYBOOKS)
def do_remind_readers(
    actor: Actor, *, version_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[int]:
    """Ask who joined its groups since, and remind who is late; gives how many heard of it."""
    del actor
    now = clock.now()
    version = (
        DocumentVersion.objects.select_related("document")
        .filter(pk=version_id, state=DocumentState.PUBLISHED)
        .first()
    )
    if version is None:
        return Unchanged(0)
    readers = readers_of(version.document)
    fresh = _ask(version, readers, now)
    due = [row for row in late(version, now) if row.person.is_active]
    for row in due:
        row.reminders += 1
        row.reminded_at = now
    Acknowledgement.objects.bulk_update(due, ["reminders", "reminded_at"])
    for row in (*fresh, *due):
        _remind(version, row, now)
    told = len(fresh) + len(due)
    if not told:
        return Unchanged(0)
    payload = {"version": version.number, "asked": len(fresh), "reminded": len(due)}
    return Done(told, ("document", version.document.number), now, payload)


def late(version: DocumentVersion, now: datetime) -> list[Acknowledgement]:
    """Who is to be reminded now: near the day once, after it every three days."""
    owed = version.acknowledgements.filter(acknowledged_at=None, due_at__lte=now + REMIND_AHEAD)
    return [row for row in owed.select_related("person") if _again(row, now)]


def _again(row: Acknowledgement, now: datetime) -> bool:
    if row.reminded_at is None:
        return True
    past = now >= row.due_at
    return past and (row.reminded_at < row.due_at or now - row.reminded_at >= REMIND_AGAIN)


def _remind(version: DocumentVersion, row: Acknowledgement, now: datetime) -> None:
    published = version.published_at
    data = {
        "path": path_of(version.document),
        "document": version.title,
        "version": version.number,
        "published": f"{published:%Y-%m-%d}" if published else "",
        "due": f"{row.due_at:%Y-%m-%d}",
    }
    key = f"ack_reminder:{version.pk}:{row.person_id}:{row.reminders}"
    queue_message(Notice("ack_reminder", None, (), key, people=(row.person_id,), data=data), now)
