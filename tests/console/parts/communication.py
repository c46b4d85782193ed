"""Communication, duties, knowledge and suggestions: pages by role, and a month of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.console.pulse import HOSTILE
from tests.console.who import (
    ALL,
    AUDITOR,
    EMPLOYEE,
    GROUPS,
    LEADERSHIP,
    STAFF,
)

from shangdun.actions.communication.contacts import NewContact, do_add_contact
from shangdun.actions.communication.draft import do_draft_item
from shangdun.actions.communication.lines import do_adopt_matrix
from shangdun.actions.communication.make import do_add_item
from shangdun.actions.communication.send import Held, do_prove_item, do_send_item
from shangdun.actions.duties.groups import NewGroup, NewMember, do_add_group
from shangdun.actions.duties.raci import Assigned, NewDuty, do_add_duty, do_adopt_duties
from shangdun.actions.knowledge.pages import NewPage, do_change_page, do_pin_page, do_write_page
from shangdun.actions.suggestions.answer import Reply, do_answer_suggestion
from shangdun.actions.suggestions.suggest import (
    BOX,
    Proposal,
    do_suggest,
    do_suggest_unnamed,
)
from shangdun.govern.communication.lines import Audience, Way
from shangdun.govern.communication.matrix import matrix
from shangdun.govern.communication.raci import Letter
from shangdun.kernel.clock import FixedClock
from shangdun.records import evidence_store
from shangdun.records.models import (
    AnswerState,
    Communication,
    CommunicationLine,
    CommunicationProof,
    CrossTeamGroup,
    DutyAnswer,
    DutyReview,
    KnowledgePage,
    OutsideContact,
    OutsideLetter,
    PinnedTo,
    RaciDuty,
    Suggestion,
    SuggestionState,
    User,
)

ORDER = 80
LEADS = {LEADERSHIP}
USES = ALL - {AUDITOR}
EXPECTED = {
    "communication": ("get", STAFF),
    "communication_adopt": ("post", LEADS),
    "communication_line_add": ("get", LEADS),
    "communication_line": ("get", STAFF),
    "communication_line_archive": ("post", LEADS),
    "communication_tell": ("get", LEADS),
    "contacts": ("get", STAFF),
    "contact": ("get", LEADS),
    "contact_step": ("post", LEADS),
    "communication_resend": ("post", LEADS),
    "communication_due": ("get", STAFF),
    "communication_preview": ("post", LEADS),
    "communication_item": ("get", STAFF),
    "communication_edit": ("get", LEADS),
    "communication_prove": ("post", LEADS),
    "communication_proof": ("get", STAFF),
    "communication_export": ("get", STAFF),
    "communication_read": ("get", ALL),
    "communication_step": ("post", LEADS),
    "duties": ("get", STAFF),
    "duties_adopt": ("post", LEADS),
    "duty_add": ("get", LEADS),
    "duty": ("get", LEADS),
    "duty_archive": ("post", LEADS),
    "groups_across": ("get", STAFF),
    "group_across_add": ("get", LEADS),
    "group_across": ("get", LEADS),
    "group_across_archive": ("post", LEADS),
    "own_duties": ("get", USES),
    "own_duties_answer": ("post", USES),
    "duty_reviews": ("get", STAFF),
    "duty_review": ("get", STAFF),
    "duty_review_close": ("post", LEADS),
    "duty_review_settle": ("post", LEADS),
    "knowledge": ("get", ALL),
    "knowledge_add": ("get", GROUPS),
    "knowledge_preview": ("post", GROUPS),
    "knowledge_pin": ("post", GROUPS),
    "knowledge_page": ("get", ALL),
    "knowledge_edit": ("get", GROUPS),
    "knowledge_versions": ("get", ALL),
    "knowledge_version": ("get", ALL),
    "knowledge_step": ("post", GROUPS),
    "suggestions": ("get", USES),
    "suggest": ("get", USES),
    "suggestion_by_code": ("get", USES),
    "suggestion": ("get", USES),
    "suggestion_answer": ("post", LEADS),
    "suggestion_improve": ("post", LEADS),
}
PAGE = """## 怎样恢复备份

先看 [[值守安排]]，再按顺序操作：

1. 核对备份的 SHA-256
2. 在隔离环境恢复

> [!warning] 不要直接覆盖生产库

See also [[Restore a backup]] <script>alert(1)</script> [x](javascript:alert(1))
"""


def arguments() -> dict[str, dict[str, Any]]:
    line, item = CommunicationLine.objects.earliest("id"), _sent()
    contact, proof = (
        OutsideContact.objects.earliest("id"),
        CommunicationProof.objects.exclude(sha256=""),
    )
    item_id = {"item_id": item.pk}
    found: dict[str, dict[str, Any]] = {
        name: item_id for name in EXPECTED if name.startswith("communication_")
    }
    for name in ("adopt", "line_add", "due", "preview"):
        found.pop(f"communication_{name}")
    for name in ("line", "line_archive", "tell"):
        found[f"communication_{name}"] = {"line_id": line.pk}
    found["communication_step"] = item_id | {"verb": "approve"}
    found["communication_export"] = item_id | {"form": "docx"}
    found["communication_proof"] = {
        "item_id": proof.get().communication_id, "proof_id": proof.get().pk
    }  # fmt: skip
    found["communication_resend"] = {"letter_id": OutsideLetter.objects.earliest("id").pk}
    found["contact"] = {"contact_id": contact.pk}
    found["contact_step"] = {"contact_id": contact.pk, "verb": "check"}
    duty, group = RaciDuty.objects.earliest("id"), CrossTeamGroup.objects.earliest("id")
    found |= {key: {"duty_id": duty.pk} for key in ("duty", "duty_archive")}
    found |= {key: {"group_id": group.pk} for key in ("group_across", "group_across_archive")}
    key = {"key": DutyReview.objects.get().key}
    found |= dict.fromkeys(("duty_review", "duty_review_close"), key)
    found["duty_review_settle"] = key | {"answer_id": DutyAnswer.objects.earliest("id").pk}
    number = {"number": _page().number}
    found |= dict.fromkeys(("knowledge_page", "knowledge_edit", "knowledge_versions"), number)
    found["knowledge_version"] = number | {"version_number": 1}
    found["knowledge_step"] = number | {"verb": "back"}
    found["knowledge_pin"] = {"verb": "add"}
    shared = {"number": Suggestion.objects.get(shared=True).number}
    names = ("suggestion", "suggestion_answer", "suggestion_improve")
    found |= dict.fromkeys(names, shared)
    return found


def _sent() -> Communication:
    return Communication.objects.exclude(message=None).earliest("id")


def _page() -> KnowledgePage:
    return KnowledgePage.objects.get(title__startswith="恢复备份")


def paths() -> dict[str, str]:
    item, page = _sent(), _page()
    return {
        "communication plan": "/communication/",
        "communication line": f"/communication/lines/{item.line_id}/",
        "communication line add": "/communication/lines/add/",
        "communication due": "/communication/due/",
        "communication item": f"/communication/{item.pk}/",
        "communication edit": f"/communication/{item.pk}/edit/",
        "communication read": f"/communication/{item.pk}/read/",
        "contacts outside": "/communication/contacts/",
        "duties": "/duties/",
        "duty": f"/duties/{RaciDuty.objects.earliest('id').pk}/",
        "groups across teams": "/duties/groups/",
        "group across teams": f"/duties/groups/{CrossTeamGroup.objects.earliest('id').pk}/",
        "own duties": "/duties/mine/",
        "duty reviews": "/duties/reviews/",
        "duty review": f"/duties/reviews/{DutyReview.objects.get().key}/",
        "knowledge": "/knowledge/",
        "knowledge found": "/knowledge/?q=备份",
        "knowledge page": f"/knowledge/{page.number}/",
        "knowledge edit": f"/knowledge/{page.number}/edit/",
        "knowledge versions": f"/knowledge/{page.number}/versions/",
        "suggestions": "/suggestions/",
        "suggest": "/suggestions/add/",
        "suggestion": f"/suggestions/{Suggestion.objects.get(shared=True).number}/",
    }


SCREENS = {
    "communication": "/communication/",
    "communication-due": "/communication/due/?show=all",
    "communication-item": "/communication/1/",
    "communication-line": "/communication/lines/8/",
    "contacts": "/communication/contacts/",
    "duties": "/duties/",
    "duty": "/duties/1/",
    "groups-across": "/duties/groups/",
    "own-duties": "/duties/mine/",
    "duty-reviews": "/duties/reviews/",
    "knowledge": "/knowledge/",
    "knowledge-found": "/knowledge/?q=备份",
    "knowledge-page": "/knowledge/2/",
    "knowledge-edit": "/knowledge/2/edit/",
    "knowledge-versions": "/knowledge/2/versions/",
    "suggestions": "/suggestions/",
    "suggest": "/suggestions/add/",
    "suggestion": "/suggestions/2/",
}


def seed(users: dict[str, User], home: Path, now: datetime) -> None:
    del home
    boss, clerk, clock = users[LEADERSHIP], users[EMPLOYEE], FixedClock(now)
    do_adopt_matrix(boss, keys=[line.key for line in matrix()], clock=clock)
    _tell(boss, now, clock)
    _duties(users, now, clock)
    words = NewPage(
        title="恢复备份 Restore", body=PAGE, tags=("data_breach", "backup"), language="zh-hans"
    )
    page = do_write_page(users["technical_support"], words, clock=clock)
    changed = NewPage(title=words.title, body=f"{PAGE}\n第二版", tags=words.tags, remark="补充")
    do_change_page(boss, changed, number=page.number, clock=clock)
    do_write_page(
        boss,
        NewPage(
            title=f"{HOSTILE[:80]} x".replace("[", "").replace("]", "").replace("|", ""),
            body=HOSTILE,
        ),
        clock=clock,
    )
    do_pin_page(boss, number=page.number, kind=PinnedTo.INCIDENT, subject=1, clock=clock)
    do_suggest(clerk, Proposal(title="每月安全小测验", text=f"两分钟一次。{HOSTILE}"), clock=clock)
    do_suggest_unnamed(
        BOX,
        Proposal(title="打印机旁有客户面单", text="应当上锁。"),
        code="AAAA-BBBB-CCCC",
        clock=clock,
    )
    number = Suggestion.objects.get(anonymous=True).number
    reply = Reply(answer="已采购带锁的柜子。", state=SuggestionState.ACCEPTED, shared=True)
    do_answer_suggestion(boss, reply, number=number, clock=clock)


def _tell(boss: User, now: datetime, clock: FixedClock) -> None:
    training = CommunicationLine.objects.get(key="training-monthly")
    item = do_add_item(boss, line_id=training.pk, title="培训", clock=clock)
    do_draft_item(boss, item_id=item.pk, clock=clock)
    do_send_item(boss, item_id=item.pk, clock=clock)
    meeting = CommunicationLine.objects.get(key="plan-meeting")
    held = do_add_item(boss, line_id=meeting.pk, title=f"会议 {HOSTILE[:80]}", clock=clock)
    stored = evidence_store.put("签到表".encode(), longest=1 << 20)
    day = now.astimezone().date()
    proof = Held(
        way=Way.MEETING, on=day - timedelta(days=0), people="王敏、李娜", count=2,
        file_name="签到表.txt", stored=stored,
    )  # fmt: skip
    do_prove_item(boss, proof, item_id=held.pk, clock=clock)
    wanted = NewContact(
        audience=Audience.SUPPLIERS, organisation=f"云服务商 {HOSTILE[:60]}", person="赵强",
        email="noc@cloud.example", phone="400-000-0000",
    )  # fmt: skip
    contact = do_add_contact(boss, wanted, clock=clock)
    OutsideLetter.objects.create(
        communication=held, contact=contact, key="0" * 32, state="bounced", next_at=now
    )


def _duties(users: dict[str, User], now: datetime, clock: FixedClock) -> None:
    boss = users[LEADERSHIP]
    parts = (
        Assigned(letter=Letter.ACCOUNTABLE, person_id=boss.pk),
        Assigned(letter=Letter.RESPONSIBLE, person_id=users["technical_support"].pk),
        Assigned(letter=Letter.INFORMED, office=HOSTILE[:60]),
    )
    do_add_duty(boss, NewDuty(title="安全风险评估", parts=parts), clock=clock)
    do_adopt_duties(boss, clock=clock)
    members = (NewMember(person_id=users["legal"].pk, team="legal", duty="法律意见"),)
    group = NewGroup(
        name="跨团队项目组", purpose=HOSTILE[:200], teams=(Audience.LEGAL,), members=members
    )
    do_add_group(boss, group, clock=clock)
    day = now.date()
    row = DutyReview.objects.create(
        key="2026-H1", opens_on=day, due_on=day + timedelta(days=9), opened_at=now
    )
    DutyAnswer.objects.create(review=row, person=users["legal"])
    DutyAnswer.objects.create(
        review=row, person=users[EMPLOYEE], state=AnswerState.CORRECTED, text=HOSTILE, at=now
    )
