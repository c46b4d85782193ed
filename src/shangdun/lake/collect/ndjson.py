"""A pushed body of events, one a line, or as a JSON array."""

from __future__ import annotations

import orjson

from shangdun.kernel.errors import UsageError
from shangdun.lake.collect.payload import (
    BODY_LIMIT,
    EVENTS_LIMIT,
    LINE_LIMIT,
    decoded,
    malformed,
    media_type,
    too_many,
)


def to_lines(
    body: bytes,
    content_type: str = "",
    content_encoding: str = "",
    *,
    limit: int = BODY_LIMIT,
    line_limit: int = LINE_LIMIT,
) -> list[bytes]:
    """The body's events as lines without line ends, blank ones left out.

    With ``application/json`` the body is one JSON document: an object is one event, an array one
    event an element. With any other type it is lines, whose content is the parser's business: what
    it cannot read becomes a dead letter. Raises ``UsageError`` (``ingest.too_large``,
    ``ingest.encoding``, ``ingest.line_too_long``) and ``ParseError`` (``ingest.malformed``); then
    nothing of the body is to be stored.
    """
    data = decoded(body, content_encoding, limit)
    if media_type(content_type) == "application/json":
        lines = _elements(data)
    else:
        lines = [line.removesuffix(b"\r") for line in data.split(b"\n") if line.strip()]
    if len(lines) > EVENTS_LIMIT:
        raise too_many()
    for number, line in enumerate(lines, start=1):
        if len(line) > line_limit:
            raise UsageError(
                f"event {number} is longer than {line_limit} bytes",
                code="ingest.line_too_long",
                fix="shorten it; nothing of this request was stored",
            )
    return lines


def _elements(data: bytes) -> list[bytes]:
    if not data.strip():
        return []
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        # Many senders call newline-delimited JSON application/json.
        lines = [line.strip() for line in data.split(b"\n") if line.strip()]
        if len(lines) > 1 and all(line.startswith(b"{") for line in lines):
            return lines
        raise malformed(f"not JSON: {error}") from error
    try:
        if isinstance(document, list):
            if len(document) > EVENTS_LIMIT:
                raise too_many()
            # copied, because orjson's own result holds on to room for a far longer text
            return [bytes(memoryview(orjson.dumps(element))) for element in document]
        return [orjson.dumps(document)]
    except orjson.JSONEncodeError as error:
        raise malformed("nested too deeply") from error
