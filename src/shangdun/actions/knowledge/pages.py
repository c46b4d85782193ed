"""Pages of the knowledge base as people write them."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.actions.knowledge.post import LONGEST, new_page, seal, write_version
from shangdun.govern.knowledge.links import fold
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.papers.markup import read
from shangdun.records.actor import Actor, person
from shangdun.records.conflict import EditConflict
from shangdun.records.knowledge import check_subject, get_page, get_version
from shangdun.records.models import DocumentLanguage, KnowledgePage, KnowledgePin, PinnedTo
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text

MOST_TAGS = 12
_TAG = re.compile(r"[\w\-]{1,40}")


class NewPage(msgspec.Struct, kw_only=True, frozen=True):
    """A page as somebody wants it; ``remark`` says what changed."""

    title: str
    body: str
    tags: tuple[str, ...] = ()
    language: str = "zh-hans"
    remark: str = ""


@action(Capability.WRITE_KNOWLEDGE)
def do_write_page(
    actor: Actor, wanted: NewPage, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[KnowledgePage]:
    """Write a new page; titles are unique, so that links know where they lead."""
    wanted = _checked(wanted)
    same = KnowledgePage.objects.filter(archived_at=None, folded=fold(wanted.title)).first()
    if same is not None:
        if same.body == wanted.body and same.edited_by == person(actor):
            return Unchanged(same)
        raise _taken(wanted.title)
    now = clock.now()
    page = new_page(wanted.title, wanted.language, now)
    _put(page, wanted)
    write_version(page, person(actor), now, wanted.remark)
    return Done(page, ("knowledge_page", page.number), now, _payload(page))


@action(Capability.WRITE_KNOWLEDGE)
def do_change_page(
    actor: Actor,
    wanted: NewPage,
    *,
    number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[KnowledgePage]:
    """Write the next version; the one before stays."""
    page = get_page(actor, number)
    wanted = _checked(wanted)
    before = {"title": page.title, "body": page.body, "tags": page.tags, "language": page.language}
    mine = {
        "title": wanted.title, "body": wanted.body, "tags": list(wanted.tags),
        "language": wanted.language,
    }  # fmt: skip
    if before == mine:
        return Unchanged(page)
    _standing(page)
    if version is not None and version != page.version:
        raise EditConflict(
            "somebody changed this page meanwhile", where=page.title,
            mine={"version": version, **mine}, theirs={"version": page.version, **before},
        )  # fmt: skip
    other = KnowledgePage.objects.filter(archived_at=None, folded=fold(wanted.title))
    if other.exclude(pk=page.pk).exists():
        raise _taken(wanted.title)
    now = clock.now()
    _put(page, wanted)
    page.version += 1
    write_version(page, person(actor), now, wanted.remark)
    return Done(page, ("knowledge_page", page.number), now, _payload(page))


@action(Capability.WRITE_KNOWLEDGE)
def do_restore_page(
    actor: Actor,
    *,
    number: int,
    of: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[KnowledgePage]:
    """Bring back how the page once was, as its next version."""
    page = get_page(actor, number)
    old = get_version(actor, number, of)
    if (old.title, old.body, old.tags) == (page.title, page.body, page.tags):
        return Unchanged(page)
    _standing(page)
    if version is not None and version != page.version:
        raise EditConflict(
            "somebody changed this page meanwhile", where=page.title,
            mine={"version": version, "title": old.title, "body": old.body},
            theirs={"version": page.version, "title": page.title, "body": page.body},
        )  # fmt: skip
    other = KnowledgePage.objects.filter(archived_at=None, folded=fold(old.title))
    if other.exclude(pk=page.pk).exists():
        raise _taken(old.title)
    now = clock.now()
    page.title, page.body, page.tags = old.title, old.body, old.tags
    page.version += 1
    write_version(page, person(actor), now, f"← {of}")
    return Done(page, ("knowledge_page", page.number), now, {"of": of, **_payload(page)})


@action(Capability.WRITE_KNOWLEDGE)
def do_archive_page(
    actor: Actor, *, number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[KnowledgePage]:
    """Take a page out of the knowledge base; its versions stay and it can be brought back."""
    page = get_page(actor, number)
    if page.archived_at:
        return Unchanged(page)
    now = clock.now()
    page.archived_at = now
    page.save(update_fields=["archived_at"])
    return Done(page, ("knowledge_page", page.number), now, _payload(page))


@action(Capability.WRITE_KNOWLEDGE)
def do_bring_back_page(
    actor: Actor, *, number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[KnowledgePage]:
    """Put an archived page back, unless its title was given away meanwhile."""
    page = get_page(actor, number)
    if page.archived_at is None:
        return Unchanged(page)
    if KnowledgePage.objects.filter(archived_at=None, folded=page.folded).exists():
        raise _taken(page.title)
    page.archived_at = None
    page.save(update_fields=["archived_at"])
    return Done(page, ("knowledge_page", page.number), clock.now(), _payload(page))


@action(Capability.WRITE_KNOWLEDGE)
def do_pin_page(
    actor: Actor,
    *,
    number: int,
    kind: PinnedTo,
    subject: int,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[KnowledgePin]:
    """Put a page beside an incident or a task."""
    page = get_page(actor, number)
    check_subject(actor, kind, subject)
    same = KnowledgePin.objects.filter(page=page, kind=kind, subject=subject).first()
    if same is not None:
        return Unchanged(same)
    _standing(page)
    now = clock.now()
    pin = KnowledgePin.objects.create(
        page=page, kind=kind, subject=subject, at=now, by=person(actor)
    )
    payload = {"page": page.number, "kind": kind.value, "subject": subject}
    return Done(pin, ("knowledge_page", page.number), now, payload)


@action(Capability.WRITE_KNOWLEDGE)
def do_unpin_page(
    actor: Actor,
    *,
    number: int,
    kind: PinnedTo,
    subject: int,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[bool]:
    """Take it away from there again."""
    page = get_page(actor, number)
    check_subject(actor, kind, subject)
    gone, _rows = KnowledgePin.objects.filter(page=page, kind=kind, subject=subject).delete()
    if not gone:
        return Unchanged(result=False)
    payload = {"page": page.number, "kind": kind.value, "subject": subject, "off": True}
    return Done(result=True, subject=("knowledge_page", page.number), at=clock.now(),
                payload=payload)  # fmt: skip


def _put(page: KnowledgePage, wanted: NewPage) -> None:
    page.title, page.body = wanted.title, wanted.body
    page.tags, page.language = list(wanted.tags), wanted.language


def _checked(wanted: NewPage) -> NewPage:
    title = clean_text(" ".join(wanted.title.split()))
    body, remark = clean_text(wanted.body.strip()), clean_text(wanted.remark.strip())[:300]
    if not fold(title) or len(title) > 200 or set(title) & set("[]|"):
        raise UsageError(
            "a page needs a title of its own", code="knowledge.title",
            fix="up to 200 characters, without [ ] |",
        )  # fmt: skip
    if not body or len(body) > LONGEST:
        raise UsageError(
            "a page needs a text", code="knowledge.text", fix=f"up to {LONGEST:,} characters"
        )
    tags = tuple(dict.fromkeys(tag.strip().casefold() for tag in wanted.tags if tag.strip()))
    if len(tags) > MOST_TAGS or any(not _TAG.fullmatch(tag) for tag in tags):
        raise UsageError(
            "a tag is a word", code="knowledge.tags",
            fix=f"letters, digits, - and _, at most 40 of them and {MOST_TAGS} tags",
        )  # fmt: skip
    if wanted.language not in DocumentLanguage.values:
        raise UsageError("no such language", code="knowledge.language", fix="zh-hans or en")
    read(body)
    return msgspec.structs.replace(wanted, title=title, body=body, remark=remark, tags=tags)


def _taken(title: str) -> UsageError:
    return UsageError(
        "there is a page of this title", code="knowledge.taken", where=title,
        fix="add to that one, or name this one otherwise",
    )  # fmt: skip


def _standing(page: KnowledgePage) -> None:
    if page.archived_at:
        raise UsageError(
            "it was archived", code="knowledge.archived", where=page.title,
            fix="bring it back first",
        )  # fmt: skip


def _payload(page: KnowledgePage) -> dict[str, Any]:
    return {
        "title_sha256": sealed(page.title),
        "sha256": seal(page),
        "version": page.version,
    }
