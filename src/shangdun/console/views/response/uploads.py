"""Uploads that are sealed as they arrive: no plain copy touches the disk."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpResponseBase
from django.views.decorators.csrf import csrf_protect

from shangdun.console.views.page import Request
from shangdun.kernel.errors import StoreError
from shangdun.records.affected_upload import Upload
from shangdun.respond.affected.table import LARGEST_CSV

P = ParamSpec("P")


class SealedFile(UploadedFile):  # type: ignore[type-arg]  # generic in its stubs alone
    """A file that is here only sealed."""

    def __init__(self, upload: Upload, name: str, size: int) -> None:
        super().__init__(file=None, name=name, size=size)
        self.upload = upload

    def __bool__(self) -> bool:
        return True

    def close(self) -> None:
        """Django closes what had arrived where the rest breaks off; there is nothing open."""


class SealingHandler(FileUploadHandler):
    """Writes each piece through the seal; what breaks off leaves nothing."""

    upload: Upload | None = None
    full = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's signature
        super().new_file(*args, **kwargs)
        self._drop()
        self.upload = Upload()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        del start
        if self.upload is not None and not self.full:
            try:
                self.upload.write(raw_data)
            except StoreError as error:
                self.full = True
                raise StopUpload(connection_reset=True) from error
            if self.upload.size > LARGEST_CSV:
                self._drop()
                raise StopUpload(connection_reset=True)
        return None

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        if self.upload is None or self.full:
            return None
        upload, self.upload = self.upload, None
        try:
            upload.close()
        except StoreError:
            return None
        return SealedFile(upload, self.file_name or "", file_size)

    def upload_interrupted(self) -> None:
        self._drop()

    def _drop(self) -> None:
        if self.upload is not None:
            self.upload.discard()
            self.upload = None


def sealed_uploads(
    view: Callable[Concatenate[Request, P], HttpResponseBase],
) -> Callable[Concatenate[Request, P], HttpResponseBase]:
    """For a view that is exempt from the usual CSRF check, which would read the body first.

    Who asks is checked before this, the token after: a body of strangers is never taken in.
    """
    protected = csrf_protect(view)

    @wraps(view)
    def respond(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        request.upload_handlers = [SealingHandler(request)]
        try:
            return protected(request, *args, **kwargs)
        finally:
            for file in request.FILES.values():
                if isinstance(file, SealedFile) and not getattr(file, "kept", False):
                    file.upload.discard()

    return cast("Callable[Concatenate[Request, P], HttpResponseBase]", respond)
