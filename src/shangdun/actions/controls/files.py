"""Files that show something: photographs of a check, reviewed documents, a legal opinion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records import evidence_store
from shangdun.records.actor import Actor, person
from shangdun.records.evidence_store import Stored
from shangdun.records.models import ProofAbout, ProofFile
from shangdun.records.stored_text import clean_text

LARGEST = 50 << 20
MOST = 10
T = TypeVar("T")


class Given(NamedTuple):
    """A file whose content is in the store already: kept outside any transaction."""

    name: str
    stored: Stored


def keep_file(name: str, content: bytes | Iterable[bytes]) -> Given:
    """Store the content. Raises ``UsageError`` (``control.file``) for an empty or too large one."""
    try:
        stored = evidence_store.put(content, longest=LARGEST)
    except UsageError as error:
        raise UsageError(
            "the file is too large", code="control.file", where=name, fix="at most 50 MB"
        ) from error
    if not stored.size:
        raise UsageError("the file is empty", code="control.file", where=name, fix="choose another")
    return Given(name, stored)


def record_file(given: Given, about: ProofAbout, actor: Actor, at: datetime) -> ProofFile:
    """The file's row, within the caller's transaction."""
    if not evidence_store.is_there(given.stored.sha256):  # disposed of since it was stored
        raise NotFound(
            "the content was taken away meanwhile", code="evidence.gone", fix="add it again"
        )
    name = " ".join(clean_text(given.name).replace("/", "_").replace("\\", "_").split())
    return ProofFile.objects.create(
        about=about,
        name=name[-200:] or "file",
        sha256=given.stored.sha256,
        size=given.stored.size,
        at=at,
        by=person(actor),
    )


def few(files: Sequence[T]) -> Sequence[T]:
    """Raises ``UsageError`` (``control.files``) for more than one looks through."""
    if len(files) > MOST:
        raise UsageError("too many files", code="control.files", fix=f"at most {MOST}")
    return files
