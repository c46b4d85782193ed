"""Percent-encoding (RFC 3986, 2.1) and the ``%uXXXX`` that Microsoft and JavaScript added."""

from __future__ import annotations

import re

PERCENT = re.compile(r"%(?:[0-9A-Fa-f]{2}|[uU][0-9A-Fa-f]{4})")
_BYTES = {f"{byte:02x}": chr(byte) for byte in range(256)}


def unquoted(text: str) -> str:
    """Bytes for percent escapes, as latin-1; ``%uXXXX`` as the UTF-8 of its character."""
    return PERCENT.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    digits = match[0][1:]
    if len(digits) == 2:
        return chr(int(digits, 16))
    return chr(int(digits[1:], 16)).encode("utf-8", "replace").decode("latin-1")
