"""Writing a page within another change: the next version, its links, what searching reads."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max

from shangdun.govern.knowledge.links import fold, targets
from shangdun.records.knowledge import words_of
from shangdun.records.models import KnowledgeLink, KnowledgePage, KnowledgeVersion, User
from shangdun.records.stored_text import clean_text

LONGEST = 200_000


def write_version(page: KnowledgePage, by: User | None, at: datetime, remark: str = "") -> None:
    """Keep the page as it stands as its next version, with what it links to."""
    page.folded = fold(page.title)
    page.words = words_of(page.title, page.tags, page.body)
    page.edited_at, page.edited_by = at, by
    page.save()
    KnowledgeVersion.objects.create(
        page=page, number=page.version, title=page.title, body=page.body, tags=page.tags,
        remark=remark, sha256=seal(page), at=at, by=by,
    )  # fmt: skip
    page.links.all().delete()
    KnowledgeLink.objects.bulk_create(
        [KnowledgeLink(page=page, folded=folded) for folded in targets(page.body)[:500]]
    )


def seal(page: KnowledgePage) -> str:
    """SHA-256 of title, tags and text."""
    text = "\n".join((page.title, " ".join(page.tags), page.body))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def new_page(title: str, language: str, at: datetime, key: str = "") -> KnowledgePage:
    """A page that is not saved yet, with the next number."""
    number = (KnowledgePage.objects.aggregate(top=Max("number"))["top"] or 0) + 1
    return KnowledgePage(
        number=number, key=key, title=title, language=language, created_at=at, edited_at=at
    )


def post_page(
    key: str, title: str, body: str, language: str, tags: Sequence[str], at: datetime
) -> KnowledgePage:
    """A page that the system writes, within a caller's transaction; the same key is one page."""
    found = KnowledgePage.objects.filter(key=key, archived_at=None).first()
    title, body = clean_text(" ".join(title.split()))[:200], clean_text(body)[:LONGEST]
    if found is not None and (found.title, found.body) == (title, body):
        return found
    if found is None:
        page = new_page(free_title(title), language, at, key)
    else:
        page, page.version = found, found.version + 1
    page.body, page.tags = body, list(tags)
    write_version(page, None, at)
    return page


def free_title(title: str) -> str:
    """The title, or with a number behind it where another page has it."""
    taken = KnowledgePage.objects.filter(archived_at=None)
    wanted, number = title, 2
    while taken.filter(folded=fold(wanted)).exists():
        wanted = f"{title[:190]} ({number})"
        number += 1
    return wanted
