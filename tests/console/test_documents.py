"""Controlled documents on the page: by role, hostile texts, conflicts, exports, the company."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse

from shangdun.actions.documents.approve import do_approve_document, do_review_document
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.records.models import Company, DocumentVersion

from .pages import inline
from .parts import documents


@pytest.fixture
def shelf(people, console):
    documents.seed(people, console, datetime.now(UTC))
    return people


def test_the_pages(shelf, client_of):
    arguments = documents.arguments()
    for role in ("leadership", "auditor", "employee", "administrator"):
        client = client_of(shelf[role])
        for name, (method, who) in documents.EXPECTED.items():
            response = getattr(client, method)(reverse(name, kwargs=arguments.get(name, {})))
            let_in = response.status_code in {200, 302, 422}
            assert let_in is (role in who), (role, name, response.status_code)
    client = client_of(shelf["everybody"])
    hostile = 0
    for path in documents.paths().values():
        html = client.get(path).content.decode()
        assert not inline(html), path
        for forbidden in (
            "<script>alert(1)",
            "<img src=x",
            "\x1b",
            "\u202e",
            'javascript:alert(1)"',
        ):
            assert forbidden not in html, path
        hostile += "&lt;script&gt;alert(1)" in html
    assert hostile >= 2
    exported = client.get("/documents/1/versions/1/as/pdf/")
    assert exported.content.startswith(b"%PDF-1.7")
    assert "attachment" in exported.headers["Content-Disposition"]
    word = docx.Document(BytesIO(client.get("/documents/1/versions/1/as/docx/").content))
    assert word.sections[0].header.paragraphs[0].text.strip().startswith("杭州示例电子商务有限公司")
    assert client.get("/documents/1/versions/1/as/exe/").status_code == 404
    preview = client.post("/documents/2/preview/", {"body": "> [!boom] x"})
    assert "notice bad" in preview.content.decode()


def test_two_writers_see_both_texts_and_nothing_is_lost(shelf, client_of):
    client = client_of(shelf["technical_support"])
    page = "/documents/2/versions/1/edit/"
    first = {"title": "T", "body": "## first", "changes": "", "version": "1"}
    assert client.post(page, first).status_code == 302
    conflict = client.post(page, first | {"body": "## second"})
    assert conflict.status_code == 409
    assert "## first" in conflict.content.decode()
    assert "## second" in conflict.content.decode()
    wrong = client.post(page, first | {"body": "## kept\n\n{{nothing}}", "version": "2"})
    assert wrong.status_code == 422
    assert "## kept" in wrong.content.decode()
    assert DocumentVersion.objects.get(document__number=2).body == "## first\n"


def test_the_company_with_a_logo_that_means_harm(shelf, client_of):
    client = client_of(shelf["administrator"])
    before = bytes(Company.objects.get().logo)
    form = {"name_zh": "甲公司", "version": str(Company.objects.get().version)}
    upload = SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>", content_type="image/png")
    refused = client.post("/settings/company/", form | {"logo": upload})
    assert refused.status_code == 422
    assert "甲公司" in refused.content.decode()
    assert client.post("/settings/company/", form).status_code == 302
    assert (Company.objects.get().name_zh, bytes(Company.objects.get().logo)) == ("甲公司", before)
    logo = client.get("/settings/company/logo/")
    assert (logo.headers["Content-Type"], logo.headers["X-Content-Type-Options"]) == (
        "image/png",
        "nosniff",
    )


@pytest.mark.parametrize(
    ("path", "leads"),
    [("/documents/7/", True), ("//evil.example/", False), ("javascript:alert(1)", False)],
)
def test_a_message_leads_to_what_it_speaks_of_and_nowhere_else(people, client_of, path, leads):
    data = {"path": path, "document": "预案", "version": 1, "by": "赵敏"}
    notice = Notice("document_review", None, (), "k", people=(people["leadership"].pk,), data=data)
    with transaction.atomic():
        queue_message(notice, datetime.now(UTC))
    html = client_of(people["leadership"]).get("/messages/").content.decode()
    assert "Please review" in html
    assert (f'href="{path}"' in html) is leads


def test_the_overview_says_which_papers_wait_for_whom(shelf, client_of):
    lead = client_of(shelf["leadership"])
    asked = lead.get("/overview/now/").content.decode()
    assert 'href="/documents/1/versions/2/"' in asked
    do_review_document(shelf["leadership"], number=1, version_number=2)
    asked = lead.get("/overview/now/").content.decode()
    assert 'href="/documents/1/versions/2/"' in asked  # now to approve
    do_approve_document(shelf["leadership"], number=1, version_number=2)
    assert "/versions/2/" not in lead.get("/overview/now/").content.decode()
    writer = client_of(shelf["technical_support"]).get("/overview/now/").content.decode()
    assert "/versions/" not in writer
