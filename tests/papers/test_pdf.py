"""Papers as PDF: read back with poppler, and looked at for what must never be in them."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shangdun.papers import characters, pdf
from shangdun.papers.blocks import Language, Layout, Numbered, Paper, Table, Text
from shangdun.papers.errors import PaperError
from shangdun.papers.pdf import write_pdf

from .samples import DIGEST, ENGLISH, HOSTILE, LAYOUT, everything

poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")


def text_of(content: bytes, folder: Path) -> str:
    file = folder / "paper.pdf"
    file.write_bytes(content)
    done = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True, text=True
    )
    return done.stdout


def one_page(text: str, language="en") -> Paper:
    return Paper(title="Title", language=language, blocks=(Text(text),))


@poppler
def test_everything_is_there(tmp_path):
    text = text_of(write_pdf(everything(), LAYOUT), tmp_path)
    for expected in (
        "事件处置报告", "示例电商有限公司", "内部", "SD-2026-001", "一、经过", "10:59", "时间线",
        "四小时内报告", "nft list", "曲线", "官网", "李四", "目录", "未经批准不得外传", "第 3 版",
    ):  # fmt: skip
        assert expected in text, expected
    pages = text.count("\f")
    squeezed = text.replace(" ", "")
    assert f"第2页共{pages}页" in squeezed
    assert text.count("登录异常") == 60
    assert text.count("时间 ") >= 2, "the table's header is repeated on its second page"


@poppler
@pytest.mark.parametrize("hostile", HOSTILE)
def test_texts_are_data(hostile, tmp_path):
    paper = Paper(
        title=hostile,
        language="en",
        marking=hostile[:20],
        meta=((hostile, hostile),),
        blocks=(Text(hostile), Table((hostile,), ((hostile,),)), Numbered((hostile,))),
    )
    content = write_pdf(paper, Layout(company=hostile, footer=hostile))
    text = " ".join(text_of(content, tmp_path).replace("\u200b", "").split())
    first = " ".join(hostile.split("\n")[0].split())
    assert text.count(first[:24]) >= 4
    assert b"/URI" not in content


def test_links_lead_to_the_web_only():
    content = write_pdf(everything(), LAYOUT)
    assert b"https://shop.example/a?b=c&d" in content
    assert b"javascript" not in content


def test_the_same_paper_gives_the_same_bytes():
    assert write_pdf(everything(), LAYOUT) == write_pdf(everything(), LAYOUT)
    later = everything(written=datetime(2026, 11, 23, 10, tzinfo=UTC))
    assert write_pdf(later, LAYOUT) != write_pdf(everything(), LAYOUT)


def test_it_is_pdf_a():
    content = write_pdf(everything("en"), ENGLISH)
    assert content.startswith(b"%PDF-1.7")
    assert b"pdfaid:part" in content


@poppler
def test_a_character_without_glyph_stays_visible_and_is_told_of(tmp_path):
    text = text_of(write_pdf(one_page("name 😀 \U00020bb7 end"), Layout()), tmp_path)
    assert "name [U+1F600] [U+20BB7] end" in text
    assert "U+1F600 GRINNING FACE" in text
    told = text_of(write_pdf(one_page("姓名 😀", "zh-hans"), Layout(company="甲😀")), tmp_path)
    assert "文中以方括号内的码位代替" in told
    assert "甲[U+1F600]" in told


@poppler
def test_english_quotation_marks_are_narrow(tmp_path):
    """The font has them as wide as Chinese characters; thousands in a paragraph do no harm."""
    quoted = "“a” ‘b’ it’s · " * 1500

    def pages(language: Language) -> int:
        return text_of(write_pdf(one_page(quoted, language), LAYOUT), tmp_path).count("\f")

    assert pages("en") < pages("zh-hans")


@poppler
def test_a_digest_may_be_copied_out_whole(tmp_path):
    text = text_of(write_pdf(one_page(f"sha256 {DIGEST * 3} end"), Layout()), tmp_path)
    assert "".join(text.split()).count(DIGEST) == 3


@poppler
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_thousands_of_digests_in_one_paragraph_are_drawn(tmp_path, language):
    text = text_of(write_pdf(one_page(f"{DIGEST} " * 3000, language), Layout()), tmp_path)
    assert "".join(text.split()).count(DIGEST) > 2_900  # the foot of a page may stand between


def test_what_has_no_glyph_after_all_is_an_error(monkeypatch):
    monkeypatch.setattr(pdf, "repertoire", lambda: characters.repertoire() | {"😀"})
    with pytest.raises(PaperError) as caught:
        write_pdf(one_page("😀"), Layout())
    assert caught.value.code == "paper.drawing"


def test_without_the_font_it_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(characters, "FONTS", tmp_path)
    characters.repertoire.cache_clear()
    try:
        with pytest.raises(PaperError) as caught:
            write_pdf(one_page("x"), Layout())
    finally:
        characters.repertoire.cache_clear()
    assert caught.value.code == "paper.font"
    assert "make setup" in caught.value.fix


def test_two_hundred_pages_in_seconds():
    rows = tuple((f"{i}", "一段足够长的说明文字,用来填满一行", DIGEST) for i in range(6_000))
    paper = Paper(title="长", language="zh-hans", blocks=(Table(("a", "b", "c"), rows),))
    assert len(write_pdf(paper, LAYOUT)) > 500_000
