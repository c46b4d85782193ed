"""Bodies of pushed requests: their compression, their limits, their lines."""

from __future__ import annotations

import zlib

from shangdun.kernel.errors import ParseError, UsageError

BODY_LIMIT = 16 << 20
"""Bytes of a request's body after decompression."""
LINE_LIMIT = 1 << 20
"""Bytes of one pushed event; parsers take no longer line either."""
EVENTS_LIMIT = 1 << 19
"""Events of a request: a body full of empty ones takes a worker's time and memory for nothing."""
GROWTH_LIMIT = 4
"""How much longer than the longest body its lines may be, where each repeats what they share."""
_STEP = 1 << 20
_PIECE = 4 << 10
# As rsyslog writes control characters, so that the escape is known to who reads the raw line.
_ESCAPES = {b"\n": b"#012", b"\r": b"#015", b"\0": b"#000"}


def too_large(limit: int) -> UsageError:
    """For HTTP 413."""
    return UsageError(
        f"the body is larger than {limit} bytes",
        code="ingest.too_large",
        fix="send fewer events in a request",
    )


def too_many(limit: int = EVENTS_LIMIT) -> UsageError:
    """For HTTP 413: so many events."""
    return UsageError(
        f"the body holds more than {limit} events",
        code="ingest.too_large",
        fix="send fewer events in a request",
    )


def too_long_together(limit: int) -> UsageError:
    """For HTTP 413: a short body whose events repeat a long text that they share."""
    return UsageError(
        f"the events, each with what they share, are longer than {limit} bytes together",
        code="ingest.too_large",
        fix="send fewer events in a request, or fewer resource and scope attributes",
    )


def malformed(reason: str) -> ParseError:
    """For HTTP 400."""
    return ParseError(reason, code="ingest.malformed", fix="send what the content type says")


def decoded(body: bytes, content_encoding: str, limit: int = BODY_LIMIT) -> bytes:
    """The body without its compression: ``gzip``, ``deflate`` (zlib) or none.

    Never holds much more than ``limit`` bytes, whatever the body would grow to. Raises
    ``UsageError`` (``ingest.too_large``, ``ingest.encoding``) and ``ParseError``
    (``ingest.malformed``).
    """
    encoding = content_encoding.strip().lower()
    if encoding in {"", "identity"}:
        if len(body) > limit:
            raise too_large(limit)
        return body
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise UsageError(
            f"the content encoding {content_encoding!r} is not read",
            code="ingest.encoding",
            fix="send gzip or no compression",
        )
    try:
        return _inflated(body, 15 if encoding == "deflate" else 31, limit)
    except zlib.error as error:
        raise malformed(f"the compressed body is damaged: {error}") from error


def _inflated(body: bytes, wbits: int, limit: int) -> bytes:
    result = bytearray()
    rest = memoryview(body)
    while rest:
        decoder = zlib.decompressobj(wbits=wbits)
        while rest and not decoder.eof:
            # a decoder copies what it leaves over, so it is not given the whole rest at once:
            # thousands of empty members would be copied thousands of times
            piece, rest = rest[:_PIECE], rest[_PIECE:]
            data = bytes(piece)
            while data and not decoder.eof:
                result += decoder.decompress(data, min(_STEP, limit + 1 - len(result)))
                data = decoder.unconsumed_tail
                if len(result) > limit:
                    raise too_large(limit)
            left = len(decoder.unused_data)
            rest = memoryview(body)[len(body) - len(rest) - left :]
        if not decoder.eof:
            raise malformed("the compressed body ends too early")
    return bytes(result)


def one_line(message: bytes) -> bytes:
    """A message as one line: line ends and NULs within become ``#012``, those at its end go."""
    message = message.rstrip(b"\r\n\0")
    for character, escape in _ESCAPES.items():
        if character in message:
            message = message.replace(character, escape)
    return message


def media_type(content_type: str) -> str:
    """``application/json`` of ``application/json; charset=utf-8``."""
    return content_type.partition(";")[0].strip().lower()
