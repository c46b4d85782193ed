"""What comes out of log lines, made safe to store: attackers write them.

PostgreSQL stores neither NUL nor a lone surrogate, JSON has no NaN, and an account name can be a
megabyte long.
"""

from __future__ import annotations

import math

from shangdun.kernel.ids import content_id

LONGEST_VALUE = 200
LONGEST_RAW = 8192
_DEEPEST = 20


def clean_text(text: str) -> str:
    r"""What a person wrote: NULs and lone surrogates become visible as ``\x00`` and ``\udc80``.

    Browsers send a text's line ends as CR LF; they are kept as LF, as everywhere else.
    """
    return _storable(text.replace("\r\n", "\n"))


def clean_line(text: str) -> str:
    """One line of a person's: nothing in it steers a screen or turns letters round."""
    line = " ".join(clean_text(text).split())
    return "".join(letter for letter in line if letter.isprintable())


def clean_lines(text: str) -> str:
    """The same of several lines: their ends stay."""
    kept = (letter for letter in clean_text(text.strip()) if letter.isprintable() or letter == "\n")
    return "".join(kept)


def _storable(text: str) -> str:
    if "\x00" in text:
        text = text.replace("\x00", "\\x00")
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode()


def clean_value(text: str, longest: int = LONGEST_VALUE) -> str:
    """An identifier that fits its column; two that differ still differ when they are cut."""
    text = _storable(text)
    if len(text) <= longest:
        return text
    return f"{text[: longest - 34]}… {content_id(text)}"


def clean_raw(text: str) -> str:
    """A raw line for showing; the whole of it stays in the lake."""
    text = _storable(text)
    return text if len(text) <= LONGEST_RAW else f"{text[:LONGEST_RAW]}…"


def clean_json(value: object, depth: int = 0) -> object:
    """JSON that either database takes, at most 20 levels deep."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if depth >= _DEEPEST:
        return "…"
    if isinstance(value, dict):
        return {_storable(str(key)): clean_json(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean_json(item, depth + 1) for item in value]
    return clean_raw(str(value))
