"""Characters that a document can show, and what stands for those it cannot.

An incident's texts hold what attackers and customers typed. A character without a glyph must
neither stop a report nor vanish: it becomes its code point in brackets, and the paper says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from shangdun.papers.blocks import Language, Paper, Span, Text
from shangdun.papers.errors import PaperError

S = TypeVar("S", bound=msgspec.Struct)

FONTS = Path(__file__).with_name("fonts")
"""Made by the set-up (tools/paper_fonts.py): two weights of Noto Sans SC and ``letters.txt``."""
SHOWN_IN_NOTE = 40

_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Selectors, joiners and the like: nobody misses them. Marks that turn text around are not here."""
_ALIKE = str.maketrans({"✔": "✓", "✗": "×", "✘": "×", "\t": "    ", "\u2028": "\n", "\u2029": "\n"})
_NOTE: dict[Language, str] = {
    "zh-hans": "本文件的字体没有以下字符的字形,文中以方括号内的码位代替:{list}。",
    "en": (
        "The font of this document has no glyph for these characters; their code points stand in"
        " brackets instead: {list}."
    ),
}
_MORE: dict[Language, str] = {"zh-hans": "等 {count} 个", "en": "and more, {count} in all"}


@cache
def repertoire() -> frozenset[str]:
    """The characters that both weights of the font draw.

    Raises ``PaperError`` (``paper.font``) where the set-up has not made the font.
    """
    file = FONTS / "letters.txt"
    try:
        ranges = file.read_text("ascii").split()
    except OSError as error:
        raise PaperError(
            "the documents' font is not installed",
            code="paper.font",
            where=str(file),
            fix="run `make setup`",
        ) from error
    return frozenset(_letters(ranges)) | {"\n"}


def _letters(ranges: list[str]) -> Iterator[str]:
    for each in ranges:
        first, last = each.split("-")
        yield from map(chr, range(int(first, 16), int(last, 16) + 1))


def missing(text: str, known: frozenset[str]) -> list[str]:
    """Characters of the text that no glyph stands for, each once, in order."""
    return [one for one in dict.fromkeys(_ready(text)) if _drawn(one, known) is None]


def drawn(text: str, known: frozenset[str]) -> str:
    """The text with what can be drawn only: alike letters, else code points in brackets."""
    ready = _ready(text)
    if known.issuperset(ready):
        return ready
    return "".join(_drawn(one, known) or f"[U+{ord(one):04X}]" for one in ready)


def drawable(value: S, known: frozenset[str]) -> S:
    """The paper, or its layout, as it can be drawn; a paper says at its end what was replaced."""
    lacking: dict[str, None] = {}

    def change(text: str) -> str:
        lacking.update(dict.fromkeys(missing(text, known)))
        return drawn(text, known)

    made: S = _mapped(value, change)
    if lacking and isinstance(made, Paper):
        note = Text(_note(list(lacking), made.language), quiet=True)
        return msgspec.structs.replace(made, blocks=(*made.blocks, note))
    return made


def xml_text(text: str) -> str:
    """The text as XML takes it: control characters and surrogates as code points in brackets."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    return _NOT_XML.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


_NOT_XML = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)


def _note(lacking: list[str], language: Language) -> str:
    listed = [
        f"U+{ord(one):04X} {unicodedata.name(one, '')}".rstrip() for one in lacking[:SHOWN_IN_NOTE]
    ]
    if len(lacking) > SHOWN_IN_NOTE:
        listed.append(_MORE[language].format(count=len(lacking)))
    return _NOTE[language].format(list=("、" if language == "zh-hans" else ", ").join(listed))


def _ready(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text)).translate(_ALIKE)


def _drawn(one: str, known: frozenset[str]) -> str | None:
    if one in known:
        return one
    alike = unicodedata.normalize("NFKC", one)
    return alike if alike and known.issuperset(alike) else None


def _mapped(value: object, change: Callable[[str], str]) -> Any:  # noqa: ANN401  # as it came
    """Every text in the structure changed; addresses of links stay as they are."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(_mapped(entry, change) for entry in value)
    if isinstance(value, Span):
        return msgspec.structs.replace(value, text=change(value.text))
    if isinstance(value, msgspec.Struct):
        fields = {name: _mapped(getattr(value, name), change) for name in value.__struct_fields__}
        return msgspec.structs.replace(value, **fields)
    return value
