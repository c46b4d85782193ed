"""What every change of a document's version does: check who was first, save, say it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from shangdun.actions.action import Done
from shangdun.kernel.errors import UsageError
from shangdun.papers.errors import PaperError
from shangdun.papers.markup import read, slots
from shangdun.records.actor import Actor, person
from shangdun.records.conflict import EditConflict
from shangdun.records.documents import get_version
from shangdun.records.models import Document, DocumentState, DocumentVersion

SLOTS = (
    "organisation", "contacts", "grades", "clocks", "playbooks", "supplies", "drills", "history",
)  # fmt: skip
"""What a document may be filled with from the records; ``console.papers.live`` makes them."""
LONGEST_TITLE = 200
UNWRITTEN = re.compile(r"^（由编制人填写.*）$|^\(To be written by the author.*\)$", re.MULTILINE)
"""What the built-in report templates leave to the author, as they word it."""
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Controls and marks that turn text around: nobody approves what nobody sees."""


def open_version(
    actor: Actor,
    number: int,
    version_number: int,
    seen: int | None,
    mine: dict[str, Any],
    *states: DocumentState,
) -> DocumentVersion:
    """The version, unless it changed since ``seen`` or is in none of the ``states``."""
    version = get_version(actor, number, version_number)
    if seen is not None and seen != version.version:
        raise EditConflict(
            "somebody changed this document meanwhile",
            where=f"document {number}, version {version_number}",
            mine={"version": seen, **mine},
            theirs=standing(version),
        )
    if version.state not in states:
        raise UsageError(
            f"a version that is {version.state} does not take this",
            code="document.state",
            where=f"document {number}, version {version_number}",
            fix="look at it as it stands now",
        )
    return version


def standing(version: DocumentVersion) -> dict[str, Any]:
    """How a version stands, for showing beside what was wanted."""
    return {
        "version": version.version,
        "state": version.state,
        "title": version.title,
        "body": version.body,
        "changes": version.changes,
        "remark": version.remark,
        "reviewer": version.reviewer.username if version.reviewer else "",
        "approver": version.approver.username if version.approver else "",
    }


def save(version: DocumentVersion) -> None:
    """Write it and count its lock up."""
    version.version += 1
    version.save()


def done(
    version: DocumentVersion, at: datetime, payload: dict[str, Any] | None = None
) -> Done[DocumentVersion]:
    """What the ledger records of a change."""
    told = {
        "version": version.number,
        "state": str(version.state),
        "text_sha256": version.sha256 or text_sha256(version),
    }
    return Done(version, ("document", version.document.number), at, told | (payload or {}))


def text_sha256(version: DocumentVersion) -> str:
    """SHA-256 over title and text: what was approved, to the letter."""
    return hashlib.sha256(f"{version.title}\n{version.body}".encode()).hexdigest()


def path_of(document: Document) -> str:
    """Its page's path, for messages."""
    return f"/documents/{document.number}/"


def checked_title(title: str) -> str:
    """Raises ``UsageError`` (``document.title``)."""
    title = " ".join(_UNSEEN.sub("", title).split())
    if not title or len(title) > LONGEST_TITLE:
        raise UsageError(
            "a document needs a title", code="document.title", where="title",
            fix=f"at most {LONGEST_TITLE} characters",
        )  # fmt: skip
    return title


def checked_body(body: str) -> str:
    """The text with plain line ends. Raises ``UsageError``: ``document.slot``, ``paper.…``."""
    body = body.replace("\r\n", "\n").replace("\r", "\n")
    body = _UNSEEN.sub("", body).strip("\n") + "\n"
    try:
        parts = read(body)
    except PaperError as error:
        raise UsageError(
            error.message, code=error.code, where=error.where, fix=error.fix
        ) from error
    for slot in slots(parts):
        if slot.name not in SLOTS:
            raise UsageError(
                f"nothing fills {{{{{slot.name}}}}}",
                code="document.slot",
                where=f"line {slot.line}",
                fix=f"one of {', '.join(SLOTS)}",
            )
    return body


def refuse_writers(version: DocumentVersion, people: Iterable[int | None], what: str) -> None:
    """Raise ``UsageError`` (``document.duties``) where a writer would judge his own text."""
    if {one for one in people if one is not None} & set(version.writers):
        raise UsageError(
            f"who wrote in a version does not {what} it",
            code="document.duties",
            fix="choose somebody who did not write in it",
        )


def refuse_unwritten(version: DocumentVersion) -> None:
    """Raise ``UsageError`` (``document.unwritten``) where its author's part still is to come."""
    left = UNWRITTEN.search(version.body)
    if left:
        raise UsageError(
            "a part that its author is to write is still missing",
            code="document.unwritten",
            where=f"line {version.body.count(chr(10), 0, left.start()) + 1}",
            fix=f"replace “{left[0]}”",
        )


def note_writer(version: DocumentVersion, actor: Actor) -> None:
    """Remember who wrote in it."""
    who = person(actor)
    if who is not None and who.pk not in version.writers:
        version.writers = sorted([*version.writers, who.pk])
