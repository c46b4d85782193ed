"""The body of a push: unpacked to a limit that no sender can exceed, cut into lines."""

from __future__ import annotations

import zlib

from django.http import HttpRequest
from django.http.request import RawPostDataException, UnreadablePostError

from shangdun.kernel.errors import UsageError

MAX_SENT_BYTES = 8 << 20
MAX_UNPACKED_BYTES = 32 << 20
MAX_LINE_BYTES = 1 << 20
CHUNK = 256 << 10


class TooLarge(UsageError):
    """The sender shall send less at a time (HTTP 413)."""

    default_code = "ingest.large"


def read_body(request: HttpRequest) -> bytes:
    """What was sent, unpacked where it is gzip or deflate.

    The limits hold on what was really read, whatever the headers claim: 8 MiB on the wire, 32 MiB
    unpacked. ``TooLarge`` beyond them, ``UsageError`` for what cannot be unpacked.
    """
    sent = _read_sent(request)
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in {"", "identity"}:
        return sent
    if encoding not in {"gzip", "deflate"}:
        raise UsageError(
            f"cannot unpack {encoding!r}", code="ingest.encoding", fix="send gzip or nothing"
        )
    return _unpack(sent, encoding)


def _read_sent(request: HttpRequest) -> bytes:
    parts: list[bytes] = []
    size = 0
    try:
        while chunk := request.read(CHUNK):
            size += len(chunk)
            if size > MAX_SENT_BYTES:
                raise _too_large(MAX_SENT_BYTES)
            parts.append(chunk)
    except (UnreadablePostError, RawPostDataException) as error:
        raise UsageError("the body broke off", code="ingest.body", fix="send it again") from error
    return b"".join(parts)


def _unpack(sent: bytes, encoding: str) -> bytes:
    unpack = zlib.decompressobj(wbits=31 if encoding == "gzip" else zlib.MAX_WBITS)
    try:
        data = unpack.decompress(sent, MAX_UNPACKED_BYTES + 1)
    except zlib.error as error:
        raise UsageError(
            f"the body is not {encoding}", code="ingest.encoding", fix="check Content-Encoding"
        ) from error
    if len(data) > MAX_UNPACKED_BYTES:
        raise _too_large(MAX_UNPACKED_BYTES)
    if not unpack.eof:
        raise UsageError("the body is cut short", code="ingest.encoding", fix="send it again")
    return data


def lines_of(body: bytes) -> list[bytes]:
    """The lines that hold something, without line ends; ``TooLarge`` for one beyond 1 MiB."""
    lines = [line.rstrip(b"\r") for line in body.split(b"\n")]
    lines = [line for line in lines if line.strip()]
    if any(len(line) > MAX_LINE_BYTES for line in lines):
        raise TooLarge(f"a line is longer than {MAX_LINE_BYTES} bytes", fix="send one event a line")
    return lines


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"the body is larger than {limit} bytes", fix="send fewer lines at a time")
