"""Papers as PDF/A, drawn by typst with the font that the set-up made."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
import typst

from shangdun.papers.blocks import NO_MOMENT, Language, Layout, Paper, spanned
from shangdun.papers.characters import FONTS, drawable, repertoire
from shangdun.papers.errors import PaperError

TEMPLATE = Path(__file__).with_name("paper.typ")
WORDS: dict[Language, dict[str, str]] = {
    "zh-hans": {"page": "第 {now} 页 共 {all} 页", "contents": "目录", "date-line": "日期："},
    "en": {"page": "Page {now} of {all}", "contents": "Contents", "date-line": "Date:"},
}


def write_pdf(paper: Paper, layout: Layout) -> bytes:
    """The paper as PDF/A-2b; the same paper gives the same bytes.

    Characters that the font lacks are replaced by their code point in brackets, and a note at the
    end says which (``characters.drawable``): an emoji must not stop a report. Whatever typst warns
    of beyond that raises ``PaperError`` (``paper.font``, ``paper.drawing``).
    """
    known = repertoire()
    paper, layout = drawable(paper, known), drawable(layout, known)
    inputs = {
        "paper": _json(spanned(paper)),
        "layout": _json(layout),
        "words": _json(WORDS[paper.language]),
    }
    written = paper.written or NO_MOMENT
    compiler = typst.Compiler(
        TEMPLATE.read_bytes(), font_paths=_fonts(), ignore_system_fonts=True, sys_inputs=inputs
    )
    try:
        pdf, warnings = compiler.compile_with_warnings(
            format="pdf", pdf_standards=["a-2b"], timestamp=int(written.timestamp())
        )
    except typst.TypstError as error:
        raise PaperError(
            f"typst cannot draw the paper: {error.message}", code="paper.drawing"
        ) from error
    if warnings:
        raise PaperError(
            f"typst warns: {warnings[0].message}", code="paper.drawing", where=paper.title
        )
    if not isinstance(pdf, bytes):
        raise PaperError("typst gave no document", code="paper.drawing", where=paper.title)
    return pdf


@cache
def _fonts() -> typst.Fonts:
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]
    )
    if "Noto Sans SC" not in fonts.families():
        raise PaperError(
            "the documents' font is not installed",
            code="paper.font",
            where=str(FONTS),
            fix="run `make setup`",
        )
    return fonts


def _json(value: object) -> str:
    ready = msgspec.to_builtins(value, builtin_types=(bytes,))
    return msgspec.json.encode(_numbers(ready)).decode()


def _numbers(value: object) -> object:
    """Bytes as numbers, which is how the template takes a picture."""
    if isinstance(value, bytes):
        return list(value)
    if isinstance(value, dict):
        return {name: _numbers(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_numbers(entry) for entry in value]
    return value
