"""Importing a collection of rules: look first, apply on approval, undo as a whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, action
from shangdun.actions.rule_changes import next_generation, said_reason
from shangdun.detect.rule import LoadError
from shangdun.detect.rule_document import Document
from shangdun.detect.rule_import import Harvest
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import Conflict, NotFound, UsageError
from shangdun.kernel.ids import content_id
from shangdun.records.actor import Actor, actor_name
from shangdun.records.models import (
    DocumentOrigin,
    ImportChange,
    ImportState,
    RuleDocument,
    RuleImport,
    RuleImportItem,
    RuleVersion,
)
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text, clean_value

_NAME = re.compile(r"[\w][\w .-]{0,59}")
CHUNK = 500
APPLIED = (ImportChange.NEW, ImportChange.CHANGED, ImportChange.REMOVED)
OURS = frozenset({DocumentOrigin.EDITED, DocumentOrigin.WRITTEN, DocumentOrigin.PROPOSED})
"""What people made here; an import leaves it alone."""


@action(Capability.MANAGE_RULES)
def do_stage_rule_import(
    actor: Actor,
    harvest: Harvest,
    *,
    name: str,
    collection: str,
    shipped: Mapping[str, str],
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[RuleImport]:
    """Keep what an import would change, for somebody to look at.

    ``shipped`` says which rules stand in files and where: an import that brings such a rule
    replaces it, which must be seen. An older import that waits is given up.
    """
    if not _NAME.fullmatch(collection):
        raise UsageError(
            "a collection needs a plain name",
            code="import.collection",
            fix="letters, digits, spaces, dots and dashes, at most 60",
        )
    now = clock.now()
    _drop(RuleImport.objects.filter(state=ImportState.STAGED))
    row = RuleImport.objects.create(
        name=clean_value(name), collection=collection, by=actor_name(actor), created=now
    )
    items = list(_compare(row, harvest, shipped))
    for number, item in enumerate(items):
        item.position = number
    row.counts = dict(Counter(str(item.change) for item in items))
    row.save()
    kept = [item for item in items if item.change != ImportChange.SAME]
    RuleImportItem.objects.bulk_create(kept, batch_size=CHUNK)
    told = {"name": row.name, "collection": collection, "counts": row.counts}
    return Done(row, ("rule_import", row.pk), now, told)


@action(Capability.MANAGE_RULES)
def do_apply_rule_import(
    actor: Actor, *, import_id: int, reason: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[RuleImport]:
    """Bring a staged import into force; what people edited meanwhile stays as they left it."""
    reason = said_reason(reason)
    row = _get(import_id, ImportState.STAGED)
    now = clock.now()
    items = list(row.items.filter(change__in=APPLIED).order_by("position"))
    known = RuleDocument.objects.in_bulk([item.uid for item in items], field_name="uid")
    fresh: list[RuleDocument] = []
    changed: list[RuleDocument] = []
    for item in items:
        document = known.get(item.uid)
        if document is not None and document.live and document.origin in OURS:
            continue
        (fresh if document is None else changed).append(_become(document, item, row, now))
    RuleDocument.objects.bulk_create(fresh, batch_size=CHUNK)
    RuleDocument.objects.bulk_update(changed, _WRITTEN, batch_size=CHUNK)
    versions = (_version(one, row, actor, reason, now) for one in [*fresh, *changed])
    RuleVersion.objects.bulk_create(versions, batch_size=CHUNK)
    row.items.update(text="")
    row.state, row.reason, row.applied = ImportState.APPLIED, reason, now
    row.save()
    next_generation()
    return Done(row, ("rule_import", row.pk), now, _told(row, [*fresh, *changed], reason))


@action(Capability.MANAGE_RULES)
def do_drop_rule_import(
    actor: Actor, *, import_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[RuleImport]:
    """Give a staged import up; nothing was changed by it."""
    del actor
    row = _get(import_id, ImportState.STAGED)
    _drop(RuleImport.objects.filter(pk=row.pk))
    row.refresh_from_db()
    return Done(row, ("rule_import", row.pk), clock.now(), {"name": row.name})


@action(Capability.MANAGE_RULES)
def do_undo_rule_import(
    actor: Actor, *, import_id: int, reason: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[RuleImport]:
    """Take an applied import back; documents that were changed since stay as they are."""
    reason = said_reason(reason)
    row = _get(import_id, ImportState.APPLIED)
    now = clock.now()
    made = {one.document_id: one.number for one in row.versions.all()}
    before = {
        (one.document_id, one.number): one
        for one in RuleVersion.objects.filter(document__versions__imported=row)
    }
    back: list[RuleDocument] = []
    for document in RuleDocument.objects.filter(versions__imported=row).order_by("uid"):
        number = made[document.pk]
        if document.version == number:
            back.append(_restored(document, before.get((document.pk, number - 1)), now))
    RuleDocument.objects.bulk_update(back, _WRITTEN, batch_size=CHUNK)
    versions = (_version(one, None, actor, reason, now) for one in back)
    RuleVersion.objects.bulk_create(versions, batch_size=CHUNK)
    row.state = ImportState.UNDONE
    row.save()
    next_generation()
    return Done(row, ("rule_import", row.pk), now, _told(row, back, reason))


_WRITTEN = (
    "kind",
    "title",
    "text",
    "live",
    "origin",
    "collection",
    "path",
    "version",
    "changed",
)


def _compare(
    row: RuleImport, harvest: Harvest, shipped: Mapping[str, str]
) -> Iterator[RuleImportItem]:
    known = {one.uid: one for one in RuleDocument.objects.all()}
    for document in harvest.documents:
        stored = known.get(document.uid)
        change, message = _change(document, stored)
        if not message and document.uid in shipped and change != ImportChange.SAME:
            message = f"replaces the rule of {shipped[document.uid]}"
        yield _item(row, change, document, message)
    found = {document.uid for document in harvest.documents}
    for uid, stored in sorted(known.items()):
        mine = stored.live and stored.collection == row.collection
        if mine and stored.origin == DocumentOrigin.IMPORTED and uid not in found:
            gone = Document(uid, stored.kind, stored.title, "", stored.path, 1)
            yield _item(row, ImportChange.REMOVED, gone, "")
    for change, errors in (
        (ImportChange.WRONG, harvest.wrong),
        (ImportChange.SKIPPED, harvest.skipped),
    ):
        yield from (_failed(row, change, error) for error in errors)


def _change(document: Document, stored: RuleDocument | None) -> tuple[ImportChange, str]:
    if stored is None:
        return ImportChange.NEW, ""
    if not stored.live:
        return ImportChange.NEW, "it was removed before"
    if stored.text == document.text:
        return ImportChange.SAME, ""
    if stored.origin in OURS:
        return ImportChange.KEPT, "it was edited here and stays so"
    return ImportChange.CHANGED, ""


def _item(
    row: RuleImport, change: ImportChange, document: Document, message: str
) -> RuleImportItem:
    return RuleImportItem(
        belongs_to=row,
        change=change,
        uid=document.uid,
        kind=document.kind,
        title=clean_value(document.title, 300),
        path=clean_value(document.path, 500),
        line=document.line,
        message=clean_value(message, 500),
        text=document.text,
    )


def _failed(row: RuleImport, change: ImportChange, error: LoadError) -> RuleImportItem:
    return RuleImportItem(
        belongs_to=row,
        change=change,
        title=clean_value(error.title, 300),
        path=clean_value(error.path, 500),
        line=error.line,
        message=clean_value(error.message, 500),
    )


def _become(
    document: RuleDocument | None, item: RuleImportItem, row: RuleImport, now: datetime
) -> RuleDocument:
    document = document or RuleDocument(uid=item.uid)
    document.kind, document.title, document.text = item.kind, item.title, item.text
    document.live = item.change != ImportChange.REMOVED
    document.origin = DocumentOrigin.IMPORTED
    document.collection, document.path = row.collection, item.path
    document.version += 1
    document.changed = now
    return document


def _restored(document: RuleDocument, before: RuleVersion | None, now: datetime) -> RuleDocument:
    document.text = before.text if before else ""
    document.live = bool(document.text)
    document.origin = before.origin if before else document.origin
    document.version += 1
    document.changed = now
    return document


def _version(
    document: RuleDocument, row: RuleImport | None, actor: Actor, reason: str, now: datetime
) -> RuleVersion:
    return RuleVersion(
        document=document,
        number=document.version,
        text=document.text,
        origin=document.origin,
        by=actor_name(actor),
        reason=reason,
        time=now,
        imported=row,
    )


def _drop(imports: Iterable[RuleImport]) -> None:
    for one in imports:
        one.items.all().delete()
        one.state = ImportState.DROPPED
        one.save()


def _told(row: RuleImport, documents: list[RuleDocument], reason: str) -> dict[str, object]:
    """The texts are with the versions; one hash over all of them is here."""
    texts = (part for one in documents for part in (one.uid, one.text))
    return {
        "name": row.name,
        "collection": row.collection,
        "documents": len(documents),
        "reason": clean_text(reason),
        "texts": content_id(*texts),
    }


def _get(import_id: int, state: ImportState) -> RuleImport:
    row = RuleImport.objects.filter(pk=import_id).first()
    if row is None:
        raise NotFound(f"there is no import {import_id}", fix="see the imports page")
    if row.state != state:
        raise Conflict(
            f"the import is {row.get_state_display()}",
            code="import.state",
            fix="look at it again",
        )
    return row
