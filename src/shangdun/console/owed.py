"""What documents and plans ask of one person now: on the overview, beside the incidents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import ngettext

from shangdun.console.response.documents import waiting_for
from shangdun.records.documents import owed_by
from shangdun.records.models import PlanTaskKind, User
from shangdun.records.programmes import open_tasks, visible_tasks
from shangdun.records.roles import Capability


@dataclass(frozen=True)
class Owed:
    """One line: what waits, and where it is done."""

    icon: str
    text: str
    url: str


def owed_by_person(user: User, today: date) -> list[Owed]:
    """Drafts to review or approve, documents to read, late subtasks of this person."""
    return [one for one in (_drafts(user), _reading(user), _late(user, today)) if one]


def _drafts(user: User) -> Owed | None:
    if not user.can(Capability.VIEW_DOCUMENTS) or not (drafts := waiting_for(user)):
        return None
    said = ngettext(
        "%(n)s draft waits for you", "%(n)s drafts wait for you", len(drafts)
    ) % {"n": len(drafts)}  # fmt: skip
    first = reverse("document_version", args=(drafts[0].document.number, drafts[0].number))
    url = first if len(drafts) == 1 else reverse("documents")
    return Owed("clipboard-document-check", said, url)


def _reading(user: User) -> Owed | None:
    if not user.can(Capability.VIEW_DOCUMENTS) or not (unread := owed_by(user).count()):
        return None
    said = ngettext(
        "%(n)s document for you to read", "%(n)s documents for you to read", unread
    ) % {"n": unread}  # fmt: skip
    return Owed("book-open", said, reverse("documents"))


def _late(user: User, today: date) -> Owed | None:
    if not user.can(Capability.WORK_PLAN, Capability.VIEW_PROGRAMMES):
        return None
    mine = visible_tasks(user).filter(open_tasks(), owner=user, kind=PlanTaskKind.SUBTASK)
    if not (late := mine.filter(due__lt=today).count()):
        return None
    said = ngettext(
        "%(n)s subtask of yours is late", "%(n)s subtasks of yours are late", late
    ) % {"n": late}  # fmt: skip
    return Owed("clock", said, reverse("my_plan_tasks"))
