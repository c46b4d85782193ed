"""A paper as the answer to a request, in the company's layout."""

from __future__ import annotations

from typing import Literal

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import get_valid_filename

from shangdun.papers.blocks import Language, Layout, Paper
from shangdun.papers.pdf import write_pdf
from shangdun.papers.word import write_docx
from shangdun.records.models import Company

Form = Literal["pdf", "docx"]
WRITERS = {
    "pdf": (write_pdf, "application/pdf"),
    "docx": (
        write_docx,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
}


def paper_response(
    _request: HttpRequest, paper: Paper, form: Form = "pdf", filename: str = ""
) -> HttpResponse:
    """The paper to save; ``filename`` without its ending, of any letters (RFC 6266)."""
    content = paper_bytes(paper, form)
    name = f"{_file_name(filename or paper.title)}.{form}"
    response = HttpResponse(content, content_type=WRITERS[form][1])
    response.headers["Content-Disposition"] = _attachment(name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def paper_bytes(paper: Paper, form: Form) -> bytes:
    """The paper as a file in the company's layout, for evidence and attachments."""
    if paper.written is None:
        paper = msgspec.structs.replace(paper, written=timezone.now())
    write, _type = WRITERS[form]
    return write(paper, company_layout(paper.language))


def company_layout(language: Language) -> Layout:
    """The company's name and logo, in the paper's language where there is one."""
    company = Company.objects.first()
    if company is None:
        return Layout()
    names = (company.name_zh, company.name_en)
    first, second = names if language == "zh-hans" else names[::-1]
    return Layout(company=first or second, logo=bytes(company.logo))


def _file_name(wanted: str) -> str:
    return get_valid_filename(wanted[:120].replace("/", "-").strip(". ") or "paper")


def _attachment(name: str) -> str:
    return content_disposition_header(as_attachment=True, filename=name) or "attachment"
