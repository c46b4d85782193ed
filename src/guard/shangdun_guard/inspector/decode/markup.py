"""Character references of HTML and XML, bounded where the standard library's are not."""

from __future__ import annotations

import re
from html.entities import html5

REFERENCE = re.compile(
    r"&(?:#0*([0-9]{1,7});?|#[xX]0*([0-9A-Fa-f]{1,6});?|([A-Za-z][A-Za-z0-9]{1,31};?))"
)


def unescaped_markup(text: str) -> str:
    """Numeric references, with or without semicolon, and those named ones that HTML knows."""
    return REFERENCE.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    if match[3]:
        return html5.get(match[3], match[0])
    code = int(match[1]) if match[1] else int(match[2], 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"
