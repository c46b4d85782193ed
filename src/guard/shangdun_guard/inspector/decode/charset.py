"""Bytes to characters: UTF-8, and the overlong forms that hide ASCII (RFC 3629, 3 and 10)."""

from __future__ import annotations

import re

OVERLONG = re.compile(
    "[\xc0\xc1][\x80-\xbf]|\xe0[\x80-\x9f][\x80-\xbf]|\xf0[\x80-\x8f][\x80-\xbf]{2}"
)


def readable(text: str) -> str:
    """Bytes read as latin-1 → their characters in UTF-8; as they are where they are not UTF-8."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def from_overlong(text: str) -> str:
    """Overlong sequences become the ASCII character that a careless decoder takes them for."""
    return OVERLONG.sub(_short, text)


def _short(match: re.Match[str]) -> str:
    code = 0
    for byte in match[0][1:]:
        code = code << 6 | (ord(byte) & 0x3F)
    lead = ord(match[0][0])
    if lead < 0xE0:
        code |= (lead & 0x1F) << 6
    return chr(code)
