"""Backslash escapes of JSON (RFC 8259, 7), JavaScript, C, Java and Python."""

from __future__ import annotations

import re

ESCAPE = re.compile(
    r"\\(?:u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([0-7]{2,3}))"
)
_JSON = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


def unescaped(text: str) -> str:
    r"""``\uXXXX``, ``\u{X}``, ``\xXX`` and octal become characters; other backslashes stay."""
    return _paired(ESCAPE.sub(_character, text))


def json_unescaped(text: str) -> str:
    """The string that this JSON literal (bytes as latin-1, without its quotes) stands for.

    Characters come as the latin-1 of their UTF-8, as all raw text does.
    """
    plain = _JSON.sub(_json_character, text)
    if plain.isascii():
        return plain
    # Raw bytes stand beside real characters now: only the latter lie beyond latin-1.
    return "".join(
        char if char <= "\xff" else char.encode("utf-8", "replace").decode("latin-1")
        for char in _paired(plain)
    )


def _character(match: re.Match[str]) -> str:
    code = (
        int(match[1] or match[2] or match[3] or "0", 16) if match[4] is None else int(match[4], 8)
    )
    return chr(code) if code <= 0x10FFFF else "\ufffd"


def _json_character(match: re.Match[str]) -> str:
    if match[1]:
        code = int(match[1], 16)
        char = chr(code)
        return char if code < 0x80 or code > 0xFF else char.encode().decode("latin-1")
    return _LETTERS.get(match[2], match[2])


def _paired(text: str) -> str:
    """Surrogate pairs become one character, lone ones a replacement."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
