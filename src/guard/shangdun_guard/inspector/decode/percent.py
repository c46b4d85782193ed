"""Percent-encoding (RFC 3986, 2.1) and the ``%uXXXX`` that Microsoft and JavaScript added."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

PERCENT = re.compile(r"%(?:[0-9A-Fa-f]{2}|[uU][0-9A-Fa-f]{4})")
_WIDE = re.compile(r"%[uU]([0-9A-Fa-f]{4})")


def unquoted(data: bytes) -> bytes:
    """The bytes behind percent escapes; ``%uXXXX`` as the UTF-8 of its character."""
    if b"%u" in data or b"%U" in data:
        text = _WIDE.sub(_wide_character, data.decode("latin-1"))
        data = text.encode("latin-1")
    return unquote_to_bytes(data)


def _wide_character(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)).encode("utf-8", "replace").decode("latin-1")
