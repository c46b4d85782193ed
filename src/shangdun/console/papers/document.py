"""A version of a controlled document as a paper, and its parts for the page."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from shangdun.console.blocks import LANGUAGES
from shangdun.console.papers.live import Asked, filled
from shangdun.console.papers.saying import day_of, moment_of, name_of
from shangdun.papers.blocks import (
    Block,
    Heading,
    Language,
    Paper,
    Signature,
    Signatures,
)
from shangdun.papers.markup import fill, read, slots
from shangdun.records.actor import Actor
from shangdun.records.models import Document, DocumentState, DocumentVersion

CONTENTS_FROM = 5
"""Sections from which on a table of contents helps; a weekly brief of a page has none."""


def document_blocks(
    actor: Actor, document: Document, body: str, now: datetime
) -> tuple[Block, ...]:
    """The text with its slots filled, in the document's language."""
    language = LANGUAGES.get(document.language, "zh-hans")
    parts = read(body)
    names = [slot.name for slot in slots(parts)]
    with override(language):
        return fill(parts, filled(Asked(actor, document, language, now), names))


def document_paper(actor: Actor, version: DocumentVersion, now: datetime) -> Paper:
    """The paper that a company files: cover, contents, text, who wrote, reviewed and approved."""
    document = version.document
    language: Language = LANGUAGES.get(document.language, "zh-hans")
    blocks = document_blocks(actor, document, version.body, now)
    with override(language):
        marking = document.marking
        if version.state != DocumentState.PUBLISHED:
            state = str(version.get_state_display())
            marking = f"{marking} · {state}" if marking else state
        return Paper(
            title=version.title,
            subtitle="",
            language=language,
            marking=marking,
            meta=_meta(document, version),
            version=_("Version %(n)s") % {"n": version.number},
            date=day_of(version.published_at or version.edited_at),
            author=name_of(version.author),
            written=version.published_at or version.edited_at,
            contents=_sections(blocks) >= CONTENTS_FROM,
            cover=True,
            blocks=(*blocks, _signed(version)),
        )


def _sections(blocks: tuple[Block, ...]) -> int:
    return sum(isinstance(block, Heading) and block.level <= 2 for block in blocks)


def _meta(document: Document, version: DocumentVersion) -> tuple[tuple[str, str], ...]:
    told = (
        (_("Document number"), document.code),
        (_("Version"), str(version.number)),
        (pgettext("document", "State"), str(version.get_state_display())),
        (pgettext("document", "Classification"), document.marking),
        (pgettext("document", "Author"), name_of(version.author)),
        (pgettext("document", "Reviewer"), name_of(version.reviewer)),
        (pgettext("document", "Approver"), name_of(version.approver)),
        (_("Published on"), day_of(version.published_at)),
        ("SHA-256", version.sha256),
    )
    return tuple((label, value) for label, value in told if value)


def _signed(version: DocumentVersion) -> Signatures:
    lines = (
        (pgettext("document", "Author"), version.author, version.submitted_at),
        (pgettext("document", "Reviewer"), version.reviewer, version.reviewed_at),
        (pgettext("document", "Approver"), version.approver, version.approved_at),
    )
    return Signatures(
        tuple(
            Signature(office, name_of(who) if at else "", moment_of(at))
            for office, who, at in lines
        )
    )
