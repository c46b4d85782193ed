"""Backslash escapes of JSON (RFC 8259, 7), JavaScript, C, Java and Python."""

from __future__ import annotations

import json
import re

from shangdun_guard.inspector.decode.charset import readable

ESCAPE = re.compile(
    r"\\(?:u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([0-7]{2,3}))"
)
_JSON = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


def unescaped(text: str) -> str:
    r"""``\uXXXX``, ``\u{X}``, ``\xXX`` and octal become characters; other backslashes stay."""
    return readable(_paired(ESCAPE.sub(_character, text)))


def json_unescaped(text: str) -> str:
    """The string that this JSON literal without its quotes stands for, broken ones included."""
    try:
        plain = json.loads(f'"{text}"', strict=False)
    except ValueError:
        plain = _JSON.sub(_json_character, text)
    return _paired(str(plain))


def _character(match: re.Match[str]) -> str:
    digits = match[1] or match[2] or match[3]
    code = int(digits, 16) if digits else int(match[4], 8)
    return chr(code) if code <= 0x10FFFF else "\ufffd"


def _json_character(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else _LETTERS.get(match[2], match[2])


def _paired(text: str) -> str:
    """Surrogate pairs become one character, lone ones a replacement."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
