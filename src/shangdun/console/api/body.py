"""The body of a push, read to a limit that no sender can exceed, whatever its headers claim."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.request import RawPostDataException, UnreadablePostError

from shangdun.kernel.errors import ParseError
from shangdun.lake.collect.payload import BODY_LIMIT, too_large

CHUNK = 256 << 10


def read_body(request: HttpRequest, limit: int = BODY_LIMIT) -> bytes:
    """What was sent, as it was sent.

    Raises ``UsageError`` (``ingest.too_large``) past the limit, ``ParseError``
    (``ingest.malformed``) where the sender broke off.
    """
    parts: list[bytes] = []
    size = 0
    try:
        while chunk := request.read(CHUNK):
            size += len(chunk)
            if size > limit:
                raise too_large(limit)
            parts.append(chunk)
    except (UnreadablePostError, RawPostDataException) as error:
        raise ParseError(
            "the body broke off", code="ingest.malformed", fix="send it again"
        ) from error
    return b"".join(parts)
