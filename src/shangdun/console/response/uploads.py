"""Files on their way in: straight into the evidence store, never through a folder of temporaries.

A file of gigabytes costs no memory, is hashed while it comes, and is dropped with its request: what
breaks off, is too large, or comes without the right token leaves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from shangdun.kernel.config import home_directory
from shangdun.kernel.errors import UsageError
from shangdun.records.evidence import longest_file
from shangdun.records.evidence_store import CHUNK, Draft

MOST_FILES = 50


class Arrived(UploadedFile):  # type: ignore[type-arg]  # generic in its stubs alone
    """A file that is whole, in a draft of the store."""

    def __init__(self, draft: Draft, name: str) -> None:
        super().__init__(file=None, name=name, size=draft.size)
        self.draft = draft

    def close(self) -> None:
        """Django closes what had arrived where the rest breaks off; the draft is dropped anyway."""


class IntoStore(FileUploadHandler):
    """Django's upload handler that writes into drafts."""

    chunk_size = CHUNK

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.drafts: list[Draft] = []

    def new_file(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's signature
        super().new_file(*args, **kwargs)
        if len(self.drafts) >= MOST_FILES:  # its bytes would go into the file before
            raise UsageError(
                "too many files at once", code="evidence.many", fix=f"at most {MOST_FILES}"
            )
        self.drafts.append(Draft(home_directory(), longest_file()))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        del start
        self.drafts[-1].write(raw_data)

    def file_complete(self, file_size: int) -> Arrived:
        del file_size
        return Arrived(self.drafts[-1], self.file_name or "")


@contextmanager
def receiving(request: HttpRequest) -> Iterator[Callable[[], list[Arrived]]]:
    """Take the request's files into drafts; they are gone afterwards unless they were kept.

    To be entered before anything reads ``request.POST``.
    """
    handler = IntoStore(request)
    request.upload_handlers = [handler]

    def files() -> list[Arrived]:
        found = [file for _field, files in request.FILES.lists() for file in files]
        return [file for file in found if isinstance(file, Arrived)]

    try:
        yield files
    finally:
        for draft in handler.drafts:
            draft.drop()
