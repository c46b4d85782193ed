"""Base64 and hexadecimal: unpacked only when what comes out can be read or is an object's magic."""

from __future__ import annotations

import binascii
import re

BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_WHOLE = re.compile(r"\s*([A-Za-z0-9+/_-]{12,}={0,2})\s*\Z")
_AFTER_MARK = re.compile(r"base64\s*,\s*([A-Za-z0-9+/_-]{8,}={0,2})", re.IGNORECASE)
_HEX = re.compile(r"\s*(?:0x|x')?((?:[0-9A-Fa-f]{2}){6,})'?\s*\Z")
_TABLE = str.maketrans("-_", "+/")
_CONTROL = bytes(byte for byte in range(32) if byte not in b"\t\r\n") + b"\x7f"
MAGIC = (
    b"\xac\xed\x00\x05",  # Java
    b"\x00\x01\x00\x00\x00\xff\xff\xff\xff",  # .NET BinaryFormatter
    b"\xff\x01",  # ASP.NET LosFormatter, as in a view state
    b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05",  # Python pickle
    b"\x04\x08",  # Ruby Marshal
)  # fmt: skip


def from_base64(text: str) -> list[str]:
    """What a value that is base64 as a whole, or a data URL, holds; empty when it is not text."""
    found = _WHOLE.match(text) or _AFTER_MARK.search(text)
    if not found:
        return []
    body = found[1].rstrip("=").translate(_TABLE)
    body = body[: len(body) - (len(body) % 4 == 1)]
    try:
        data = binascii.a2b_base64(body + "=" * (-len(body) % 4))
    except binascii.Error:
        return []
    return _text(data)


def from_hex(text: str) -> list[str]:
    """What a value that is all hexadecimal digits holds; empty when it is not text."""
    found = _HEX.match(text)
    return _text(bytes.fromhex(found[1])) if found else []


def _text(data: bytes) -> list[str]:
    if data.startswith(MAGIC):
        return [data.decode("latin-1")]
    if len(data) < 6 or data.translate(None, _CONTROL) != data:
        return []
    try:
        return [data.decode()]
    except UnicodeDecodeError:
        return []
