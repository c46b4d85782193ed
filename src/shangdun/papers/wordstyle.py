"""How a Word document of ours looks: fonts for both scripts, headings, page head and foot, fields.

python-docx knows neither East-Asian fonts nor fields; both are a few elements of WordprocessingML
(ECMA-376 part 1, §17.3.2.26 rFonts, §17.16 fields).
"""

from __future__ import annotations

from io import BytesIO
from typing import Protocol, cast

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.text.font import CT_RPr
from docx.oxml.text.run import CT_R
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.styles.style import BaseStyle
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from shangdun.papers.blocks import Language, Layout, Paper
from shangdun.papers.characters import xml_text

INK, QUIET, ACCENT = (
    RGBColor(0x1B, 0x24, 0x30),
    RGBColor(0x5B, 0x66, 0x75),
    RGBColor(0x14, 0x40, 0x6B),
)
DANGER = RGBColor(0xA3, 0x20, 0x20)
LATIN_FONT, CHINESE_FONT = "Arial", "微软雅黑"
"""Both are on every office computer in China; where one is missing Word takes its like."""
CELL = "Cell"
"""The style of what stands in tables."""
TEXT_WIDTH = Mm(162)
SIZES = {"Title": 24, "Heading 1": 15, "Heading 2": 12.5, "Heading 3": 11, "Heading 4": 10.5}
PAGE_WORDS: dict[Language, tuple[str, str, str]] = {
    "zh-hans": ("第 ", " 页 共 ", " 页"),
    "en": ("Page ", " of ", ""),
}


def prepare(document: Document, paper: Paper, layout: Layout) -> None:
    """Give an empty document our page, styles, head and foot."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(24)
    section.top_margin, section.bottom_margin = Mm(28), Mm(25)
    section.header_distance, section.footer_distance = Mm(12), Mm(11)
    section.different_first_page_header_footer = paper.cover
    _styles(document, paper.language)
    _head(section.header.paragraphs[0], paper, layout)
    _foot(section.footer.paragraphs[0], paper, layout)
    properties = document.core_properties
    properties.title, properties.author = xml_text(paper.title), xml_text(paper.author)
    properties.subject, properties.comments = xml_text(paper.subtitle), ""
    properties.language = "zh-CN" if paper.language == "zh-hans" else "en-GB"


def _styles(document: Document, language: Language) -> None:
    for style in document.styles:
        if style.type in (WD_STYLE_TYPE.PARAGRAPH, WD_STYLE_TYPE.CHARACTER):
            set_fonts(style.element.get_or_add_rPr())
    normal = document.styles["Normal"]
    normal.font.size, normal.font.color.rgb = Pt(10.5), INK
    normal.paragraph_format.space_after = Pt(7)
    normal.paragraph_format.line_spacing = 1.3
    tongue = OxmlElement("w:lang")
    tongue.set(qn("w:val"), "en-GB")
    tongue.set(qn("w:eastAsia"), "zh-CN")
    normal.element.get_or_add_rPr().append(tongue)
    cell = document.styles.add_style(CELL, WD_STYLE_TYPE.PARAGRAPH)
    cell.base_style = normal
    cell.font.size, cell.paragraph_format.line_spacing = Pt(9), 1.15
    cell.paragraph_format.space_before = cell.paragraph_format.space_after = Pt(2.5)
    for name, size in SIZES.items():
        style = document.styles[name]
        style.font.size, style.font.bold, style.font.italic = Pt(size), True, False
        style.font.color.rgb = ACCENT if name in {"Title", "Heading 1"} else INK
        style.paragraph_format.space_before = Pt(size)
        style.paragraph_format.space_after = Pt(6)
        style.paragraph_format.keep_with_next = True
    _without_border(document.styles["Title"])
    if language == "zh-hans":  # Chinese prose begins two characters in
        body = document.styles["Body Text"]
        indent = body.element.get_or_add_pPr().get_or_add_ind()
        indent.set(qn("w:firstLineChars"), "200")


def _without_border(style: BaseStyle) -> None:
    for border in style.element.findall(f".//{qn('w:pBdr')}"):
        border.getparent().remove(border)


def set_fonts(properties: CT_RPr) -> None:
    """Both scripts' fonts; themes would otherwise win over them."""
    fonts = properties.get_or_add_rFonts()
    for attribute in list(fonts.attrib):
        del fonts.attrib[attribute]
    for script, font in (
        ("ascii", LATIN_FONT), ("hAnsi", LATIN_FONT), ("cs", LATIN_FONT), ("eastAsia", CHINESE_FONT)
    ):  # fmt: skip
        fonts.set(qn(f"w:{script}"), font)


def wide_marks(run: Run) -> None:
    """Quotation marks, dashes and dots as Chinese ones: Word takes them for Latin otherwise."""
    properties = cast("CT_R", xml_of(run)).get_or_add_rPr()
    properties.get_or_add_rFonts().set(qn("w:hint"), "eastAsia")


def _head(paragraph: Paragraph, paper: Paper, layout: Layout) -> None:
    paragraph.style = "Header"
    _one_tab(paragraph)
    if layout.logo:
        paragraph.add_run().add_picture(BytesIO(layout.logo), height=Pt(15))
        paragraph.add_run("  ")
    small(paragraph, layout.company)
    if paper.marking:
        small(paragraph, "\t")
        run = small(paragraph, paper.marking)
        run.bold, run.font.color.rgb = True, DANGER
    border(paragraph, "bottom")


def _foot(paragraph: Paragraph, paper: Paper, layout: Layout) -> None:
    paragraph.style = "Footer"
    _one_tab(paragraph)
    border(paragraph, "top")
    named = [part for part in (paper.title, paper.version, paper.date) if part]
    small(paragraph, "  ·  ".join(named))
    before, between, after = PAGE_WORDS[paper.language]
    small(paragraph, f"\t{before}", tab=True)
    field(paragraph, "PAGE", "1")
    small(paragraph, between)
    field(paragraph, "NUMPAGES", "1")
    small(paragraph, after)
    if layout.footer:
        small(paragraph, f"\n{layout.footer}")


def _one_tab(paragraph: Paragraph) -> None:
    stops = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(Emu(TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    tabs = paragraph.paragraph_format.element.get_or_add_pPr().find(qn("w:tabs"))
    for position in ("4320", "8640", "4680", "9360"):  # the style's own stops would come first
        clear = OxmlElement("w:tab")
        clear.set(qn("w:val"), "clear")
        clear.set(qn("w:pos"), position)
        tabs.insert(0, clear)


def small(paragraph: Paragraph, text: str, *, tab: bool = False) -> Run:
    """A run of the page's head or foot."""
    ready = text if tab or text == "\t" else xml_text(text)
    run = paragraph.add_run(ready)
    run.font.size, run.font.color.rgb = Pt(8.5), QUIET
    return run


def field(paragraph: Paragraph, code: str, shown: str, *, dirty: bool = False) -> None:
    """A field such as PAGE or TOC; ``shown`` stands there until Word reckons it."""
    for kind in ("begin", "code", "separate", "shown", "end"):
        run = small(paragraph, "")
        if kind == "code":
            instruction = OxmlElement("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = f" {code} "
            xml_of(run).append(instruction)
        elif kind == "shown":
            run.text = shown
        else:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            if dirty and kind == "begin":
                mark.set(qn("w:dirty"), "true")
            xml_of(run).append(mark)


class _Drawn(Protocol):
    _element: BaseOxmlElement


def xml_of(thing: object) -> BaseOxmlElement:
    """The element behind a run, a cell, a row or a table."""
    return cast("_Drawn", thing)._element  # noqa: SLF001  # python-docx has no other door to it


def border(paragraph: Paragraph, side: str, *, colour: str = "C9D0D9", width: int = 4) -> None:
    """A line at one side of a paragraph; ``width`` in eighths of a point."""
    properties = paragraph.paragraph_format.element.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    edge = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(width)), ("space", "4"), ("color", colour)):
        edge.set(qn(f"w:{name}"), value)
    borders.append(edge)
    _insert_border(properties, borders)


def shade(properties: BaseOxmlElement, colour: str) -> None:
    """A ground for a paragraph's or a cell's properties."""
    shading = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shading.set(qn(f"w:{name}"), value)
    if properties.tag == qn("w:pPr"):
        properties.insert_element_before(shading, *_AFTER_SHADE)
    else:
        properties.append(shading)


_AFTER_SHADE = (
    "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct",
    "w:topLinePunct", "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd",
    "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents",
    "w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment", "w:textboxTightWrap",
    "w:outlineLvl", "w:divId", "w:cnfStyle", "w:rPr", "w:sectPr", "w:pPrChange",
)  # fmt: skip
"""What follows a paragraph's shading in the schema's order (ECMA-376 part 1, CT_PPr)."""


def _insert_border(properties: BaseOxmlElement, borders: BaseOxmlElement) -> None:
    properties.insert_element_before(borders, "w:shd", *_AFTER_SHADE)
