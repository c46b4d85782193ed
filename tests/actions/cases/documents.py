"""Controlled documents and the company."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group as DjangoGroup

from shangdun.actions.documents import approve, write
from shangdun.actions.documents.company import CompanyFacts
from shangdun.records.actor import JOBS
from shangdun.records.models import DocumentVersion, ReviewDuty, User
from shangdun.records.roles import Role
from shangdun.respond.groups import Group

Case = tuple[tuple[Any, ...], dict[str, Any]]
NEW = write.NewDocument(
    kind="policy", title="Policy", language="en", body="## 1\n", readers=tuple(Group)
)


def person(name: str, *roles: Role) -> User:
    found, made = User.objects.get_or_create(username=name)
    if made:
        found.groups.set(DjangoGroup.objects.filter(name__in=roles))
    return User.objects.get(pk=found.pk)


def author() -> User:
    return person("writes-documents", Role.TECHNICAL_SUPPORT)


def judge(world: Any) -> User:
    """Who is named for it: the person whose rights are being tried, else the boss."""
    return User.objects.filter(username="actor").first() or world.boss


def draft() -> DocumentVersion:
    return write.do_write_document(author(), NEW)


def _at(version: DocumentVersion, **more: Any) -> Case:
    return (), {"number": version.document.number, "version_number": version.number, **more}


def submitted(judging: User) -> DocumentVersion:
    version = draft()
    at = {"number": version.document.number, "version_number": 1}
    DocumentVersion.objects.filter(pk=version.pk).update(
        state="review", submitted_at=datetime.now(UTC), reviewer=judging, approver=judging
    )
    return DocumentVersion.objects.get(document__number=at["number"], number=1)


def reviewed(judging: User) -> DocumentVersion:
    version = submitted(judging)
    DocumentVersion.objects.filter(pk=version.pk).update(reviewed_at=datetime.now(UTC))
    return version


def approved() -> DocumentVersion:
    boss = person("approves-documents", Role.LEADERSHIP)
    version = reviewed(boss)
    approve.do_approve_document(boss, number=version.document.number, version_number=1)
    return version


def published() -> DocumentVersion:
    version = approved()
    approve.do_publish_document(author(), number=version.document.number, version_number=1)
    return version


def due() -> ReviewDuty:
    duty = published().document.duties.get(kind="review")
    duty.due_on = (datetime.now(UTC) - timedelta(days=2)).date()
    duty.save()
    return duty


def late() -> DocumentVersion:
    version = published()
    version.acknowledgements.update(due_at=datetime.now(UTC) - timedelta(days=1))
    return version


CASES = {
    "write_document": lambda world: ((NEW,), {}),
    "begin_version": lambda world: ((), {"number": published().document.number, "of": 1}),
    "edit_draft": lambda world: _at(
        draft(), wording=write.Wording(title="Policy", body="## 2\n", changes="more")
    ),
    "describe_document": lambda world: (
        (),
        {"number": draft().document.number, "wanted": write.Description(code="SEC-1")},
    ),
    "submit_document": lambda world: _at(
        draft(),
        reviewer=person("approves-documents", Role.LEADERSHIP).pk,
        approver=person("approves-documents", Role.LEADERSHIP).pk,
    ),
    "review_document": lambda world: _at(submitted(judge(world))),
    "approve_document": lambda world: _at(reviewed(judge(world))),
    "return_document": lambda world: _at(submitted(judge(world)), remark="not so"),
    "publish_document": lambda world: _at(approved()),
    "withdraw_document": lambda world: _at(draft(), remark="not needed"),
    "acknowledge_document": lambda world: _at(published()),
    "remind_readers": lambda world: ((), {"version_id": late().pk}),
    "finish_duty": lambda world: (
        (),
        {"number": (duty := due()).document.number, "duty_id": duty.pk, "outcome": "kept"},
    ),
    "remind_of_duty": lambda world: ((), {"duty_id": due().pk}),
    "change_company": lambda world: ((CompanyFacts(name_en="Example"),), {}),
}
WRITE = {Role.LEADERSHIP, Role.TECHNICAL_SUPPORT}
MAY = {
    **dict.fromkeys(
        ("write_document", "begin_version", "edit_draft", "describe_document", "submit_document"),
        WRITE,
    ),
    **dict.fromkeys(("publish_document", "withdraw_document", "finish_duty"), WRITE),
    "review_document": WRITE,
    "return_document": WRITE,
    "approve_document": {Role.LEADERSHIP},
    "acknowledge_document": set(Role),
    "remind_readers": set(),
    "remind_of_duty": set(),
    "change_company": {Role.LEADERSHIP, Role.ADMINISTRATOR},
}
ACTORS = {"remind_readers": JOBS, "remind_of_duty": JOBS}
