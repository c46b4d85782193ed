"""Papers as Word documents: Word's own headings, lists, fields and repeated table headers."""

from __future__ import annotations

from io import BytesIO
from typing import cast

import docx
from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.table import CT_Row, CT_Tbl, CT_Tc
from docx.oxml.text.run import CT_R
from docx.shared import Emu, Length, Pt
from docx.table import Table as WordTable
from docx.table import _Cell as Cell
from docx.table import _Row as Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from shangdun.papers import blocks
from shangdun.papers.blocks import NO_MOMENT, Language, Layout, Paper, Span, spanned
from shangdun.papers.characters import xml_text
from shangdun.papers.wordstyle import (
    ACCENT,
    CELL,
    DANGER,
    QUIET,
    TEXT_WIDTH,
    border,
    field,
    prepare,
    shade,
    wide_marks,
    xml_of,
)

HEADER_SHADE = "EEF1F5"
TONES = {
    "note": ("2B5C8F", "EEF4FA"),
    "good": ("2C6E49", "EDF6F0"),
    "warning": ("9A5B00", "FDF5E6"),
    "danger": ("A32020", "FCEFEE"),
}
WORDS: dict[Language, tuple[str, str]] = {
    "zh-hans": ("目录", "日期："),
    "en": ("Contents", "Date:"),
}
INDENT = "    "
WHOLE_ROW = 900
"""Longest cell of a row that stays on one page, in characters, as in ``paper.typ``."""


def write_docx(paper: Paper, layout: Layout) -> bytes:
    """The paper as .docx, which Word, WPS and LibreOffice open; texts are never fields or code.

    The table of contents is a field: it shows the headings, and Word adds their pages when it is
    opened.
    """
    document = docx.Document()
    prepare(document, paper, layout)
    writer = _Writer(document, paper)
    writer.front(layout)
    for block in spanned(paper).blocks:
        writer.write(block)
    written = paper.written or NO_MOMENT
    properties = document.core_properties
    properties.created = properties.modified = written.replace(tzinfo=None)
    properties.last_modified_by = xml_text(paper.author)
    made = BytesIO()
    document.save(made)
    return made.getvalue()


class _Writer:
    """Writes blocks at the end of the document."""

    def __init__(self, document: Document, paper: Paper) -> None:
        self.document = document
        self.paper = paper
        self.cell_style = document.styles[CELL]

    def front(self, layout: Layout) -> None:
        """Title and what is known of the document; on a cover if it has one."""
        paper = self.paper
        if paper.cover:
            self._cover_head(layout)
        self._run(self.document.add_paragraph(style="Title"), Span(paper.title))
        if paper.subtitle:
            run = self._run(self.document.add_paragraph(), Span(paper.subtitle))
            run.font.size, run.font.color.rgb = Pt(13), QUIET
        if paper.marking and paper.cover:
            run = self._run(self.document.add_paragraph(), Span(paper.marking, strong=True))
            run.font.color.rgb = DANGER
        if paper.cover:
            self.document.add_paragraph().paragraph_format.space_before = _cover_space(paper)
        if paper.meta:
            self._facts(tuple((label, (Span(value),)) for label, value in paper.meta), lines=False)
        end = self.document.add_paragraph()
        if paper.cover:
            end.add_run().add_break(WD_BREAK.PAGE)
        else:
            border(end, "top", colour=str(ACCENT), width=6)
        if paper.contents:
            self._contents()

    def _cover_head(self, layout: Layout) -> None:
        first = self.document.add_paragraph()
        if layout.logo:
            first.add_run().add_picture(BytesIO(layout.logo), height=Pt(34))
        company = self.document.add_paragraph()
        company.paragraph_format.space_before = Pt(150)
        run = self._run(company, Span(layout.company))
        run.font.size, run.font.color.rgb = Pt(13), QUIET

    def _contents(self) -> None:
        title = WORDS[self.paper.language][0]
        run = self._run(self.document.add_paragraph(), Span(title, strong=True))
        run.font.size, run.font.color.rgb = Pt(15), ACCENT
        headings = [one for one in self.paper.blocks if isinstance(one, blocks.Heading)]
        entries = [
            f"{INDENT * (one.level - 1)}{blocks.plain(one.text)}"
            for one in headings
            if one.level <= 2
        ]
        known = xml_text("\n".join(entries))
        field(self.document.add_paragraph(), 'TOC \\o "1-2" \\h \\z \\u', known, dirty=True)
        update = OxmlElement("w:updateFields")
        update.set(qn("w:val"), "true")
        self.document.settings.element.append(update)
        if self.paper.cover:
            self.document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)

    def write(self, block: blocks.Block) -> None:
        """One block."""
        match block:
            case blocks.Heading():
                self._inline(self.document.add_heading(level=block.level), block.text)
            case blocks.Text():
                self._text(block)
            case blocks.Bullets() | blocks.Numbered():
                self._entries(block, 1)
            case blocks.Table():
                self._table(block)
            case blocks.Facts():
                self._facts(block.rows)
            case blocks.Callout():
                self._callout(block)
            case blocks.Signatures():
                self._signatures(block)
            case blocks.PageBreak():
                self.document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
            case _:
                self._literal(block)

    def _literal(self, block: blocks.Literally | blocks.Picture) -> None:
        if isinstance(block, blocks.Literally):
            paragraph = self.document.add_paragraph()
            shade(paragraph.paragraph_format.element.get_or_add_pPr(), HEADER_SHADE)
            self._run(paragraph, Span(block.text)).font.size = Pt(8.5)
            return
        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        width = Emu(int(TEXT_WIDTH * block.width / 100))
        paragraph.add_run().add_picture(BytesIO(block.png), width=width)
        if block.caption:
            self._run(self.document.add_paragraph(style="Caption"), Span(block.caption))

    def _text(self, block: blocks.Text) -> None:
        style = "Normal" if block.quiet else "Body Text"
        paragraph = self.document.add_paragraph(style=style)
        for run in self._inline(paragraph, block.text):
            if block.quiet:
                run.font.size, run.font.color.rgb = Pt(9), QUIET

    def _entries(self, block: blocks.Bullets | blocks.Numbered, depth: int) -> None:
        numbered = isinstance(block, blocks.Numbered)
        name = "List Number" if numbered else "List Bullet"
        style = name if depth == 1 else f"{name} {min(depth, 3)}"
        counted = self._new_count(style, block.start) if isinstance(block, blocks.Numbered) else 0
        for entry in map(blocks.item, block.items):
            paragraph = self.document.add_paragraph(style=style)
            if counted:
                number = paragraph.paragraph_format.element.get_or_add_pPr().get_or_add_numPr()
                number.get_or_add_numId().val, number.get_or_add_ilvl().val = counted, 0
            self._inline(paragraph, entry.text)
            for more in entry.below:
                self._entries(more, depth + 1)

    def _new_count(self, style: str, start: int) -> int:
        """A numbering of its own: Word would otherwise count on from the list before."""
        numbering = self.document.part.numbering_part.element
        numbered = self.document.styles[style].element.pPr.numPr.numId.val
        of_style = numbering.num_having_numId(numbered)
        fresh = numbering.add_num(of_style.abstractNumId.val)
        fresh.add_lvlOverride(ilvl=0).add_startOverride(start)
        return int(fresh.numId)

    def _table(self, block: blocks.Table) -> None:
        if block.caption:
            line = self.document.add_paragraph()
            run = self._run(line, Span(block.caption))
            run.font.size, run.font.color.rgb = Pt(9), QUIET
            line.paragraph_format.keep_with_next = True
        table = self.document.add_table(rows=1, cols=len(block.columns), style="Table Grid")
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        names = tuple((Span(name, strong=True),) for name in block.columns)
        self._row(table.rows[0].cells, names, block.right)
        for cell in table.rows[0].cells:
            _shade_cell(cell, HEADER_SHADE)
        _flag(table.rows[0], "w:tblHeader")
        for values in block.rows:
            row = table.add_row()
            self._row(row.cells, values, block.right)
            if max((len(blocks.plain(value)) for value in values), default=0) <= WHOLE_ROW:
                _flag(row, "w:cantSplit")
        _lines(table, "top", "left", "bottom", "right", "insideH", "insideV")
        _widths(table, block.widths or (1,) * len(block.columns))
        self._gap()

    def _row(
        self, cells: tuple[Cell, ...], values: tuple[blocks.Inline, ...], right: tuple[int, ...]
    ) -> None:
        for number, (cell, value) in enumerate(zip(cells, values, strict=True)):
            paragraph = self._cell(cell, value)
            if number in right:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def _facts(self, rows: tuple[tuple[str, blocks.Inline], ...], *, lines: bool = True) -> None:
        table = self.document.add_table(rows=0, cols=2)
        for label, value in rows:
            cells = table.add_row().cells
            paragraph = self._cell(cells[0], (Span(label),))
            for run in paragraph.runs:
                run.font.color.rgb = QUIET
            self._cell(cells[1], value)
        if lines:
            _lines(table, "bottom", "insideH")
        _widths(table, (28, 72))
        if lines:
            self._gap()

    def _callout(self, block: blocks.Callout) -> None:
        edge, ground = TONES[block.tone]
        table = self.document.add_table(rows=1, cols=1)
        cell = table.rows[0].cells[0]
        _shade_cell(cell, ground)
        _lines(table, "left", colour=edge, width=24)
        paragraph = cell.paragraphs[0]
        if block.title:
            self._run(paragraph, Span(block.title, strong=True))
            paragraph = cell.add_paragraph()
        self._inline(paragraph, block.text)
        self._gap()

    def _signatures(self, block: blocks.Signatures) -> None:
        table = self.document.add_table(rows=0, cols=3)
        for line in block.lines:
            cells = table.add_row().cells
            name = "\n".join(part for part in (line.name, line.remark) if part)
            texts = (line.office, name, line.at or WORDS[self.paper.language][1])
            for cell, text in zip(cells, texts, strict=True):
                paragraph = self._cell(cell, (Span(text),))
                paragraph.paragraph_format.space_before = Pt(14)
                paragraph.paragraph_format.keep_with_next = True
        _lines(table, "bottom", "insideH")
        _widths(table, (24, 48, 28))
        self._gap()

    def _gap(self) -> None:
        """Tables that touch would be one."""
        gap = self.document.add_paragraph()
        gap.paragraph_format.space_after = Pt(0)
        gap.paragraph_format.line_spacing = Pt(8)

    def _cell(self, cell: Cell, text: blocks.Inline) -> Paragraph:
        paragraph: Paragraph = cell.paragraphs[0]
        paragraph.style = self.cell_style
        self._inline(paragraph, text)
        return paragraph

    def _inline(self, paragraph: Paragraph, text: blocks.Inline) -> list[Run]:
        return [self._run(paragraph, span) for span in blocks.spans(text)]

    def _run(self, paragraph: Paragraph, span: Span) -> Run:
        run = paragraph.add_run(xml_text(span.text))
        if self.paper.language == "zh-hans":
            wide_marks(run)
        if span.strong:
            run.bold = True
        if span.emphasis:
            run.underline = True
        if span.code:
            shade(cast("CT_R", xml_of(run)).get_or_add_rPr(), HEADER_SHADE)
        if span.link:
            _link(paragraph, run, span.link)
        return run


def _cover_space(paper: Paper) -> Length:
    """What is free above the facts of a cover, so that they end on its page.

    A line holds about 36 Latin or 18 Chinese characters of the title and 90 of a fact.
    """
    title = -(-sum(2 if ord(letter) > 0x2E7F else 1 for letter in paper.title) // 36)
    facts = sum(-(-max(1, len(value)) // 50) for _label, value in paper.meta)
    return Pt(max(12, 250 - 34 * (title - 1) - 19 * facts))


def _link(paragraph: Paragraph, run: Run, address: str) -> None:
    known = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), known)
    run.font.color.rgb, run.underline = ACCENT, True
    xml_of(paragraph).append(link)
    link.append(xml_of(run))


def _shade_cell(cell: Cell, colour: str) -> None:
    shade(cast("CT_Tc", xml_of(cell)).get_or_add_tcPr(), colour)


def _flag(row: Row, name: str) -> None:
    """``w:tblHeader``: the row again on each page; ``w:cantSplit``: all of it on one."""
    flag = OxmlElement(name)
    flag.set(qn("w:val"), "true")
    cast("CT_Row", xml_of(row)).get_or_add_trPr().append(flag)


def _widths(table: WordTable, shares: tuple[int, ...]) -> None:
    if len(shares) != len(table.columns):
        shares = (1,) * len(table.columns)
    table.autofit = False
    for column, share in zip(table.columns, shares, strict=True):
        width = Emu(int(TEXT_WIDTH * share / sum(shares)))
        column.width = width
    widths = [column.width for column in table.columns]
    for row in cast("CT_Tbl", xml_of(table)).tr_lst:  # Word asks every cell, others the grid
        for cell, width in zip(row.tc_lst, widths, strict=True):
            cell.width = width


def _lines(table: WordTable, *sides: str, colour: str = "C9D0D9", width: int = 4) -> None:
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        if side in sides:
            edge = OxmlElement(f"w:{side}")
            for name, value in (
                ("val", "single"), ("sz", str(width)), ("space", "0"), ("color", colour)
            ):  # fmt: skip
                edge.set(qn(f"w:{name}"), value)
            borders.append(edge)
    cast("CT_Tbl", xml_of(table)).tblPr.append(borders)
