"""Bodies below an encoding of their own: chunks, compression, charsets that are no ASCII."""

from __future__ import annotations

import re
import zlib
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

from shangdun_guard.request import Request

_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]{0,8}(?:;[^\r\n]{0,256})?\r?\n")
_CHARSET = re.compile(r"charset\s{0,8}=\s{0,8}[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_CODECS = {
    "utf-16": "utf-16", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be", "utf-32": "utf-32",
    "utf-32le": "utf-32-le", "utf-32be": "utf-32-be", "utf-7": "utf-7", "ibm037": "cp037",
    "cp037": "cp037", "ibm500": "cp500", "cp500": "cp500", "ibm1140": "cp1140",
    "cp1140": "cp1140", "ibm1026": "cp1026", "ibm1047": "cp037", "gbk": "gbk",
    "gb2312": "gb18030", "gb18030": "gb18030", "big5": "big5", "shift_jis": "shift_jis",
    "sjis": "shift_jis", "euc-jp": "euc_jp", "euc-kr": "euc_kr",
}  # fmt: skip
"""Names of charsets in which an attack does not look like itself; others leave ASCII as it is."""
_SHAPES = tuple(
    (re.compile(shape, re.DOTALL), codec)
    for shape, codec in (
        (rb'[{\[<"]\x00\x00\x00', "utf-32-le"),
        (rb'\x00\x00\x00[{\[<"]', "utf-32-be"),
        (rb'[{\[<"]\x00.\x00', "utf-16-le"),
        (rb'\x00[{\[<"]\x00', "utf-16-be"),
    )
)
"""How JSON and XML start in charsets that readers tell by themselves (RFC 4627, 3)."""
_ESCAPES = re.compile(rb"(?:%[0-9A-Fa-f]{2})+")
_MEMBERS = 64
_CODINGS = 3
"""Content codings of one body that are undone."""
_MARKS = ((b"\xff\xfe\x00\x00", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class Body(NamedTuple):
    """A body as what stands behind the server reads it."""

    data: bytes
    layers: tuple[str, ...]
    partial: str
    """What could not be read; empty when all was."""


def plain_body(request: Request, limit: int) -> Body:
    """The body without chunks, compression and charset: at most ``limit`` bytes at any stage."""
    data, partial = request.body[:limit], ""
    layers: list[str] = []
    if len(request.body) > limit or request.body_size > limit:
        partial = f"body beyond {limit} bytes"
    elif request.body_size > len(data):
        partial = f"body beyond {len(data)} bytes"
    types = {name: text for name, text in request.headers if name in _NAMES}
    if "chunked" in types.get("transfer-encoding", "").lower() and _CHUNK.match(data):
        data = _unchunked(data)
        layers.append("chunked")
    coding = types.get("content-encoding", "").strip().lower()
    for one in reversed(coding.split(",")[-_CODINGS:]):  # the last was put on last
        if data[:2] == b"\x1f\x8b" or one.strip() in {"deflate", "gzip", "x-gzip"}:
            inflated, complete = _inflated(data, limit)
            if inflated:
                data = inflated
                layers.append("gzip")
            partial = partial if complete else f"compressed body beyond {limit} bytes"
        elif one.strip() not in {"", "identity"}:
            partial = f"body in content coding {coding[:40]}"
    codec = _codec(data, types.get("content-type", ""))
    if codec:
        data = _translated(data, codec)[: 2 * limit]
        layers.append("charset")
    return Body(data, tuple(layers), partial)


def _translated(data: bytes, codec: str) -> bytes:
    """As UTF-8: all of it, or only the escapes of a form, whose charset is that of its bytes."""
    if b"%" in data and data.isascii():
        return _ESCAPES.sub(
            lambda run: quote(unquote_to_bytes(run[0]).decode(codec, "replace")).encode(), data
        )
    return data.decode(codec, "replace").encode("utf-8", "replace")


_NAMES = frozenset({"transfer-encoding", "content-encoding", "content-type"})


def _codec(data: bytes, content_type: str) -> str:
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return codec
    named = _CHARSET.search(content_type) if "charset" in content_type.lower() else None
    if named:
        return _CODECS.get(named[1].lower(), "")
    for shape, codec in _SHAPES:
        if shape.match(data):
            return codec
    return ""


def _unchunked(data: bytes) -> bytes:
    """Chunks joined (RFC 9112, 7.1); what stands where no chunk can start is kept as it is."""
    pieces = []
    position = 0
    while True:
        size = _CHUNK.match(data, position)
        if size is None:
            pieces.append(data[position:])
            break
        end = size.end() + int(size[1], 16)
        pieces.append(data[size.end() : end])
        position = end + (2 if data[end : end + 2] == b"\r\n" else data[end : end + 1] == b"\n")
        if end == size.end():
            pieces.append(data[position:])
            break
    return b"".join(pieces)


def _inflated(data: bytes, limit: int) -> tuple[bytes, bool]:
    """Up to ``limit`` bytes of gzip, zlib or raw deflate, and whether that was all of it."""
    for window in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
        engine = zlib.decompressobj(window)
        try:
            plain = engine.decompress(data, limit)
        except zlib.error:
            continue
        rest = engine.unused_data
        if rest[:2] == b"\x1f\x8b" and len(plain) < limit:
            plain += _next_members(rest, limit - len(plain))
        return plain, not engine.unconsumed_tail and len(plain) < limit
    return b"", False


def _next_members(data: bytes, limit: int) -> bytes:
    """Further members of a gzip file (RFC 1952, 2.2), which read as one text; a few of them."""
    found = b""
    for _ in range(_MEMBERS):
        engine = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            found += engine.decompress(data, limit - len(found))
        except zlib.error:
            break
        data = engine.unused_data
        if data[:2] != b"\x1f\x8b" or len(found) >= limit:
            break
    return found
