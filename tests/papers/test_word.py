"""Papers as Word: the package is read back, and held against what Word needs."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from shangdun.papers.blocks import Facts, Layout, Numbered, Paper, Signatures, Table, Text
from shangdun.papers.pdf import write_pdf
from shangdun.papers.word import write_docx

from .samples import DIGEST, HOSTILE, LAYOUT, everything


@pytest.fixture(scope="module")
def whole():
    return docx.Document(BytesIO(write_docx(everything(), LAYOUT)))


def part(content: bytes, name: str) -> str:
    with ZipFile(BytesIO(content)) as package:
        return package.read(name).decode()


def test_headings_are_word_s_own(whole):
    styled = [(p.style.name, p.text) for p in whole.paragraphs if p.style.name.startswith("Head")]
    assert styled == [("Heading 1", "一、经过"), ("Heading 2", "(一)发现")]
    assert [p.text for p in whole.paragraphs if p.style.name == "Title"] == ["事件处置报告"]


def test_table_headers_are_repeated(whole):
    table = next(t for t in whole.tables if t.cell(0, 0).text == "时间")
    assert len(table.rows) == 61
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert table.rows[1]._tr.trPr is None or table.rows[1]._tr.trPr.find(qn("w:tblHeader")) is None


def test_both_scripts_have_fonts(whole):
    for run in (run for p in whole.paragraphs for run in p.runs if run.text.strip()):
        own = run._r.rPr.rFonts if run._r.rPr is not None else None
        both = [one for one in (own, whole.styles["Normal"].element.rPr.rFonts) if one is not None]
        for script, font in (("eastAsia", "微软雅黑"), ("ascii", "Arial")):
            assert next(filter(None, (one.get(qn(f"w:{script}")) for one in both))) == font


def test_quotation_marks_are_wide_in_chinese_and_narrow_in_english(whole):
    told = [p for p in whole.paragraphs if p.style.name in ("Title", "Heading 1", "Body Text")]
    runs = [run for p in told for run in p.runs if run.text.strip()]
    assert {run._r.rPr.rFonts.get(qn("w:hint")) for run in runs} == {"eastAsia"}
    english = Paper(title="A “plan”", language="en", blocks=(Text("“It”"),))
    assert "w:hint" not in part(write_docx(english, LAYOUT), "word/document.xml")


def test_every_cell_has_its_column_s_width():
    block = Table(("A", "B"), (("1", "2"), ("3", "4")), widths=(1, 3))
    paper = Paper(title="T", language="en", blocks=(block,))
    table = docx.Document(BytesIO(write_docx(paper, LAYOUT))).tables[0]
    widths = {tuple(cell.width for cell in row.cells) for row in table.rows}
    assert widths == {tuple(column.width for column in table.columns)}
    ((first, second),) = widths
    assert abs(second - 3 * first) < 10


def test_a_cover_stays_on_its_page():
    """The more facts it has and the longer its title, the less is free above them."""

    def free(title: str, facts: int) -> float:
        meta = tuple((str(number), "x") for number in range(facts))
        paper = Paper(title=title, language="en", cover=True, meta=meta, blocks=())
        made = docx.Document(BytesIO(write_docx(paper, LAYOUT)))
        kept = [p.paragraph_format.space_before for p in made.paragraphs if not p.text]
        return [space.pt for space in kept if space][-1]

    assert free("T", 9) < free("T", 5)
    assert free("季度工作进度报告" * 5, 5) < free("季度工作进度报告", 5)
    assert free("季度工作进度报告" * 20, 9) > 0


def test_a_row_stays_on_one_page_unless_it_could_fill_it():
    rows = (("short", "1"), ("long " * 200, "2"))
    paper = Paper(title="T", language="en", blocks=(Table(("What", "No."), rows, right=(1,)),))
    table = docx.Document(BytesIO(write_docx(paper, LAYOUT))).tables[0]
    kept = [row._tr.find(f".//{qn('w:cantSplit')}") is not None for row in table.rows]
    assert kept == [False, True, False]
    assert [p.alignment for row in table.rows for p in row.cells[1].paragraphs] == [2, 2, 2]


def test_page_numbers_and_contents_are_fields(whole):
    foot = whole.sections[0].footer._element.xml
    assert " PAGE " in foot
    assert " NUMPAGES " in foot
    body = whole.element.xml
    assert 'TOC \\o "1-2" \\h \\z \\u' in body
    assert whole.settings.element.find(qn("w:updateFields")) is not None
    assert "事件处置报告" in foot
    assert "未经批准不得外传" in foot


def test_each_list_counts_by_itself(whole):
    numbered = [p for p in whole.paragraphs if p.style.name == "List Number"]
    ids = {p._p.pPr.numPr.numId.val for p in numbered}
    assert len(ids) == 1
    nested = [p for p in whole.paragraphs if p.style.name == "List Number 2"]
    assert [p.text for p in nested] == ["丙", "丁"]
    numbering = whole.part.numbering_part.element
    fresh = numbering.num_having_numId(nested[0]._p.pPr.numPr.numId.val)
    assert fresh.lvlOverride_lst[0].startOverride.val == 3


def test_links_are_external_and_to_the_web_only():
    content = write_docx(everything(), LAYOUT)
    targets = re.findall(
        r'Target="([^"]+)" TargetMode', part(content, "word/_rels/document.xml.rels")
    )
    assert targets == ["https://shop.example/a?b=c&amp;d"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_texts_are_data(hostile):
    blocks = (Text(hostile), Table((hostile,), ((hostile,),)), Numbered((hostile,)))
    paper = Paper(title=hostile, language="en", blocks=blocks, meta=((hostile, hostile),))
    content = write_docx(paper, Layout(company=hostile, footer=hostile))
    read = docx.Document(BytesIO(content))
    assert sum(p.text == hostile for p in read.paragraphs) == 3
    assert read.tables[1].cell(1, 0).text == hostile
    codes = re.findall(r"<w:instrText[^>]*>([^<]*)", part(content, "word/document.xml"))
    assert codes == []


@given(st.text(st.characters(), max_size=60))
@settings(max_examples=15, deadline=None)
def test_whatever_was_typed_gives_a_document(text):
    paper = Paper(title=text, language="zh-hans", blocks=(Text(text),), marking=text, author=text)
    docx.Document(BytesIO(write_docx(paper, Layout(company=text))))


def test_blocks_with_nothing_in_them_are_written():
    blocks = (Facts(()), Table(("a",), ()), Numbered(()), Text(""), Signatures(()))
    paper = Paper(title="", language="en", blocks=blocks)
    docx.Document(BytesIO(write_docx(paper, Layout())))
    assert write_pdf(paper, Layout())


def test_an_emoji_stays_an_emoji():
    read = docx.Document(BytesIO(write_docx(Paper(title="😀", language="en", blocks=()), Layout())))
    assert read.paragraphs[0].text == "😀"


def test_digest_in_facts(whole):
    assert any(cell.text == DIGEST for t in whole.tables for row in t.rows for cell in row.cells)


def test_it_holds_no_code_and_no_foreign_parts():
    with ZipFile(BytesIO(write_docx(everything(), LAYOUT))) as package:
        names = package.namelist()
    assert not [name for name in names if "vba" in name.lower() or "embed" in name.lower()]


def test_the_order_of_elements_is_the_schema_s():
    """Word refuses a paragraph whose properties are not in the schema's order."""
    order = [
        "pStyle", "keepNext", "keepLines", "pageBreakBefore", "widowControl", "numPr", "pBdr",
        "shd", "tabs", "spacing", "ind", "contextualSpacing", "jc", "outlineLvl", "rPr",
    ]  # fmt: skip
    content = write_docx(everything(), LAYOUT)
    for name in ("word/document.xml", "word/header1.xml", "word/footer1.xml", "word/styles.xml"):
        for properties in re.findall(r"<w:pPr>(.*?)</w:pPr>", part(content, name), re.DOTALL):
            flat = re.sub(
                r"<w:(tabs|pBdr|numPr|rPr)>.*?</w:\1>", r"<w:\1/>", properties, flags=re.DOTALL
            )
            found = [tag for tag in re.findall(r"<w:(\w+)", flat) if tag in order]
            assert found == sorted(found, key=order.index), (name, found)
