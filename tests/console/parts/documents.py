"""Controlled documents and the company."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from tests.console.who import ALL, LEADERSHIP, STAFF, TECHNICAL

from shangdun.actions.documents.approve import (
    do_approve_document,
    do_publish_document,
    do_review_document,
    do_submit_document,
)
from shangdun.actions.documents.company import CompanyFacts, do_change_company
from shangdun.actions.documents.plan import built_in_plan
from shangdun.actions.documents.readers import do_acknowledge_document
from shangdun.actions.documents.write import (
    NewDocument,
    Wording,
    do_begin_version,
    do_edit_draft,
    do_write_document,
)
from shangdun.records.documents import company
from shangdun.records.models import Document, ReviewDuty, User
from shangdun.respond.groups import Group

ORDER = 20
POLICY = "用户个人信息保护管理制度"
HOSTILE = """## 一、范围

<script>alert(1)</script> \x1b[31m\u202egpj.exe [点此](javascript:alert(1))

| <img src=x onerror=alert(1)> | 数 |
|---|--:|
| {{company}} | 1 |
"""
EXPECTED = {
    "documents": ("get", ALL),
    "document_new": ("get", {LEADERSHIP, TECHNICAL}),
    "document_plan": ("post", {LEADERSHIP, TECHNICAL}),
    "document": ("get", ALL),
    "document_about": ("get", {LEADERSHIP, TECHNICAL}),
    "document_preview": ("post", {LEADERSHIP, TECHNICAL}),
    "document_changes": ("get", ALL),
    "document_readers": ("get", {LEADERSHIP, TECHNICAL}),
    "document_duty": ("post", {LEADERSHIP, TECHNICAL}),
    "document_version": ("get", ALL),
    "document_edit": ("get", {LEADERSHIP, TECHNICAL}),
    "document_step": ("post", ALL),
    "document_export": ("get", ALL),
    "company": ("get", STAFF),
    "company_logo": ("get", STAFF),
}


def plan() -> Document:
    return Document.objects.get(kind="plan")


def arguments() -> dict[str, dict[str, Any]]:
    number = {"number": plan().number}
    version = {**number, "version_number": 1}
    draft = {"number": Document.objects.get(title=POLICY).number, "version_number": 1}
    duty = {**number, "duty_id": ReviewDuty.objects.filter(document=plan()).first().pk}
    return {
        "document": number,
        "document_about": number,
        "document_preview": number,
        "document_changes": number,
        "document_readers": number,
        "document_duty": duty,
        "document_version": version,
        "document_edit": draft,
        "document_step": version,
        "document_export": {**version, "form": "pdf"},
    }


def paths() -> dict[str, str]:
    number = plan().number
    draft = Document.objects.get(title=POLICY).number
    return {
        "documents": "/documents/",
        "document": f"/documents/{number}/",
        "document, draft": f"/documents/{draft}/versions/1/",
        "document, editing": f"/documents/{draft}/versions/1/edit/",
        "document, about": f"/documents/{number}/about/",
        "document, changes": f"/documents/{number}/changes/?from=1&to=2",
        "document, readers": f"/documents/{number}/readers/",
        "document, new": "/documents/new/",
        "company": "/settings/company/",
    }


SCREENS = {
    "documents": "/documents/",
    "document": "/documents/1/",
    "document-draft": "/documents/1/versions/2/",
    "document-edit": "/documents/2/versions/1/edit/",
    "document-changes": "/documents/1/changes/?from=1&to=2",
    "document-readers": "/documents/1/readers/",
    "document-about": "/documents/1/about/",
    "document-new": "/documents/new/",
    "company": "/settings/company/",
}


def logo() -> bytes:
    picture = Image.new("RGBA", (240, 240), (0, 0, 0, 0))
    drawn = ImageDraw.Draw(picture)
    drawn.polygon([(120, 10), (225, 48), (210, 160), (120, 230), (30, 160), (15, 48)], "#14406b")
    drawn.line([(75, 120), (110, 155), (170, 85)], "white", 18)
    made = BytesIO()
    picture.save(made, "PNG")
    return made.getvalue()


def seed(users: dict[str, User], home: Path, now: datetime) -> None:
    """The company, its plan in force with a new version in review, a policy that means harm."""
    del home, now
    technical, lead = users["technical_support"], users["leadership"]
    do_change_company(
        users["administrator"],
        CompanyFacts(
            name_zh="杭州示例电子商务有限公司",
            name_en="Hangzhou Example E-Commerce Co., Ltd.",
            credit_code="91330100MA2H0000X0",
            province="浙江省",
            address="浙江省杭州市西湖区文三路 1 号",
            contact_name="张伟",
            contact_phone="0571-8800 0000",
            contact_email="security@shop.example",
            takes_cards=True,
        ),
        logo=logo(),
    )
    first = do_write_document(technical, built_in_plan("zh-hans", company()))
    number = first.document.number
    _submit(technical, lead, number, 1)
    do_review_document(lead, number=number, version_number=1)
    do_approve_document(lead, number=number, version_number=1)
    do_publish_document(technical, number=number, version_number=1)
    do_acknowledge_document(lead, number=number, version_number=1)
    do_acknowledge_document(users["legal"], number=number, version_number=1)
    second = do_begin_version(technical, number=number, of=1)
    do_edit_draft(
        technical,
        number=number,
        version_number=2,
        wording=Wording(
            title=second.title,
            body=second.body.replace("每 30 分钟", "每 15 分钟"),
            changes="特别重大事件的内部通报改为每 15 分钟一次。",
        ),
    )
    _submit(technical, lead, number, 2)
    do_write_document(
        technical,
        NewDocument(
            kind="policy", title=POLICY, language="zh-hans", body=HOSTILE, readers=tuple(Group)
        ),
    )


def _submit(technical: User, lead: User, number: int, version: int) -> None:
    do_submit_document(
        technical, number=number, version_number=version, reviewer=lead.pk, approver=lead.pk
    )
