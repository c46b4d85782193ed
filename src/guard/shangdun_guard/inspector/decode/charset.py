"""Bytes to characters: UTF-8, and the overlong forms that hide ASCII (RFC 3629, 3 and 10)."""

from __future__ import annotations

import re

OVERLONG = re.compile(
    "\xc0[\x80-\xbf./\\\\]|\xc1[\x80-\xbf./\\\\]|\xe0[\x80-\x9f][\x80-\xbf]|\xf0[\x80-\x8f][\x80-\xbf]{2}"
)


def characters(data: bytes) -> str:
    """Bytes as UTF-8, or each as its own character (latin-1) where they are not UTF-8."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def readable(text: str) -> str:
    """Bytes that were read as latin-1, as their characters in UTF-8 if that is what they are."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def from_overlong(text: str) -> str:
    """Overlong sequences become the ASCII character that a careless decoder takes them for."""
    return OVERLONG.sub(_short, text)


def _short(match: re.Match[str]) -> str:
    lead = ord(match[0][0])
    if match[0][1] < "\x80":  # no sequence at all, but servers took the second byte for itself
        return match[0][1]
    code = (lead & 0x1F) if lead < 0xE0 else 0
    for byte in match[0][1:]:
        code = code << 6 | (ord(byte) & 0x3F)
    return chr(code & 0x1FFFFF)
