"""The layers that are peeled off one by one, each only where its witness stands in the text."""

from __future__ import annotations

import re
from typing import Callable, Optional

from shangdun_guard.inspector.decode.charset import OVERLONG, characters, from_overlong
from shangdun_guard.inspector.decode.escapes import ESCAPE, unescaped
from shangdun_guard.inspector.decode.markup import REFERENCE, unescaped_markup
from shangdun_guard.inspector.decode.packed import from_base64, from_hex
from shangdun_guard.inspector.decode.percent import PERCENT, unquoted
from shangdun_guard.inspector.decode.utf7 import UTF7, from_utf7

Peel = Callable[[str], Optional[str]]

# Only these are worth a form of their own: people write wide commas, colons and brackets.
_OPERATIVE = re.compile(
    "[\uff02-\uff07\uff0a\uff0b\uff0f\uff1c-\uff1e\uff20\uff3b-\uff40\uff5b-\uff5e"
    "\u02b9\u02bc\u2032\u2033\u2215\u2216\u2044]"
)
_WIDE = re.compile("[\uff01-\uff5e\u02b9\u02bc\u2032\u2033\u2215\u2216\u2044]")
_NARROW = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_NARROW.update(
    zip("\u02b9\u02bc\u2032\u2033\u2215\u2216\u2044", ("'", "'", "'", '"', "/", "\\", "/"))
)


_QUOTED = re.compile(r"</(?:p|pre|code|li|td|div|span|h[1-6])>", re.IGNORECASE)
"""Markup of an editor: its references are text that has been made harmless already."""


def may_have_layers(text: str) -> bool:
    """Whether any of the layers below has its witness in the text: cheap, never wrongly no."""
    return (
        "%" in text
        or "&" in text
        or "\\" in text
        or " " not in text
        or "64" in text
        or "+A" in text
        or "\x00" in text
        or not text.isascii()
    )


def _percent(text: str) -> str | None:
    if "%" not in text or PERCENT.search(text) is None:
        return None
    return characters(unquoted(text.encode("utf-8", "replace")))


def _references(text: str) -> str | None:
    if "&" not in text or REFERENCE.search(text) is None or _QUOTED.search(text) is not None:
        return None
    return unescaped_markup(text)


def _escapes(text: str) -> str | None:
    if "\\" not in text or ESCAPE.search(text) is None:
        return None
    return unescaped(text)


def _null(text: str) -> str | None:
    return text.replace("\x00", "") if "\x00" in text else None


def _overlong(text: str) -> str | None:
    if text.isascii() or OVERLONG.search(text) is None:
        return None
    return from_overlong(text)


def _narrow(text: str) -> str | None:
    """Wide and typographic characters, as databases and servers of Microsoft fit them to ASCII."""
    if text.isascii() or not (_OPERATIVE.search(text) or "\uff0e\uff0e" in text):
        return None
    return _WIDE.sub(lambda found: _NARROW[found[0]], text)


def _utf7(text: str) -> str | None:
    if "+A" not in text or UTF7.search(text) is None:
        return None
    return from_utf7(text)


LAYERS: tuple[tuple[str, Peel], ...] = (
    ("url", _percent),
    ("html", _references),
    ("escape", _escapes),
    ("null", _null),
    ("overlong", _overlong),
    ("width", _narrow),
    ("utf-7", _utf7),
    ("base64", from_base64),
    ("hex", from_hex),
)
