"""Base64 and hexadecimal: unpacked only when what comes out can be read or is an object's magic."""

from __future__ import annotations

import binascii
import re

_WHOLE = re.compile(r"\s*([A-Za-z0-9+/_-]{12,}(?:\r?\n[A-Za-z0-9+/_-]{1,100})*={0,2})\s*\Z")
_TOKEN = re.compile(r"\s*(eyJ[A-Za-z0-9_-]{8,})\.([A-Za-z0-9_-]{8,})\.[A-Za-z0-9_-]*\s*\Z")
_AFTER_MARK = re.compile(r"[bB](?i:ase64)\s{0,8},\s{0,8}([A-Za-z0-9+/_-]{8,}={0,2})")
_HEX = re.compile(r"\s*(?:0x|x')?((?:[0-9A-Fa-f]{2}){6,})'?\s*\Z")
_FIRST_OF_HEX = frozenset("2345670xXaA8fF\t\n\r ")
"""Digits with which printable ASCII or an object's magic starts."""
_GLOBAL = re.compile(
    rb"[ci][A-Za-z_][A-Za-z_.0-9]{1,80}\n[A-Za-z_][A-Za-z_.0-9]{1,80}\n[q(KMUX)\x81]"
)
"""A function that a pickle of protocol 0 or 1 names: these have no magic."""
_CONTROL = bytes(byte for byte in range(32) if byte not in b"\t\r\n") + b"\x7f"
MAGIC = (
    b"\xac\xed\x00\x05",  # Java
    b"\x00\x01\x00\x00\x00\xff\xff\xff\xff",  # .NET BinaryFormatter
    b"\xff\x01",  # ASP.NET LosFormatter, as in a view state
    b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05",  # Python pickle
    b"\x04\x08",  # Ruby Marshal
)  # fmt: skip


def from_base64(text: str) -> str | None:
    """What a value that is base64 as a whole, a JSON web token or a data URL holds."""
    if text.startswith("eyJ"):
        token = _TOKEN.match(text)
        if token:
            parts = [unpacked(token[1]), unpacked(token[2])]
            return "[" + ",".join(part for part in parts if part) + "]"
    found = _WHOLE.match(text) or (_AFTER_MARK.search(text) if "64" in text else None)
    return unpacked(found[1]) if found else None


def from_hex(text: str) -> str | None:
    """What a value that is all hexadecimal digits holds."""
    if text[:1] not in _FIRST_OF_HEX:
        return None
    found = _HEX.match(text)
    return _text(bytes.fromhex(found[1])) if found else None


def unpacked(text: str) -> str | None:
    """What base64 of either alphabet holds, if it can be read or is an object's magic."""
    body = text.rstrip("=").replace("-", "+").replace("_", "/")
    if "\n" in body:
        body = body.replace("\n", "").replace("\r", "")
    try:
        return _text(binascii.a2b_base64(body + "=" * (-len(body) % 4)))
    except binascii.Error:  # one character too many: it may be a word, and is no base64
        return None


def _text(data: bytes) -> str | None:
    if data.startswith(MAGIC) or (b"\n" in data and _GLOBAL.search(data, 0, 512)):
        return data.decode("latin-1")
    if len(data) < 6 or len(data.translate(None, _CONTROL)) != len(data):
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None
