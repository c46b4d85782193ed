"""Who is affected, what customers are told, what they ask."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from tests.console.who import ADMIN, AUDITOR, LEADERSHIP, LEGAL, SERVICE, STAFF, TECHNICAL

from shangdun.actions.affected.lists import About, do_add_affected, do_add_affected_file
from shangdun.actions.complaints.answers import do_take_prepared_answers
from shangdun.actions.complaints.log import Call, do_answer_complaint, do_log_complaint
from shangdun.actions.notices.approve import do_approve_notice, do_approve_notice_legally
from shangdun.actions.notices.settings import Sending, do_set_letters
from shangdun.actions.notices.support import do_offer_support
from shangdun.actions.notices.write import Draft, do_write_notice, proposed
from shangdun.actions.report_incident import do_report_incident
from shangdun.notify.letters.template import Text
from shangdun.records.actor import SETUP
from shangdun.records.affected_upload import Upload
from shangdun.records.models import (
    AffectedList,
    AffectedSubject,
    Complaint,
    Incident,
    Letter,
    LetterState,
    Notice,
    SupportMeasure,
    User,
)
from shangdun.respond.affected.identity import Identity, Kind
from shangdun.respond.report import Report

ORDER = 70
TITLE = "客户资料在网上出售"
READS = {LEADERSHIP, TECHNICAL, SERVICE, LEGAL}
PARTED = {SERVICE, LEADERSHIP, LEGAL}

EXPECTED = {
    "incident_scope": ("get", STAFF),
    "incident_scope_live": ("get", STAFF),
    "incident_scope_file": ("post", READS),
    "incident_scope_hand": ("post", READS),
    "incident_scope_search": ("post", READS),
    "incident_scope_list": ("get", READS),
    "incident_scope_stop": ("post", READS),
    "incident_affected": ("get", READS),
    "incident_affected_export": ("post", READS),
    "incident_affected_erase": ("post", {LEADERSHIP, LEGAL}),
    "incident_notices": ("get", STAFF),
    "incident_notice_new": ("get", {SERVICE}),
    "incident_notice": ("get", STAFF),
    "incident_notice_edit": ("get", {SERVICE}),
    "incident_notice_progress": ("get", STAFF),
    "incident_notice_test": ("post", {SERVICE}),
    "incident_notice_bounces": ("post", {SERVICE}),
    "incident_notice_step": ("post", {SERVICE, LEADERSHIP}),
    "incident_support": ("post", {SERVICE}),
    "incident_support_note": ("post", {SERVICE}),
    "incident_complaint_log": ("get", {SERVICE}),
    "incident_answers": ("get", {SERVICE}),
    "incident_complaint": ("get", READS),
    "incident_complaint_close": ("post", {SERVICE}),
    "letter_settings": ("get", {LEADERSHIP, ADMIN, AUDITOR}),
    "letter_settings_test": ("post", {ADMIN}),
}


def incident() -> Incident:
    return Incident.objects.get(title=TITLE)


def arguments() -> dict[str, dict[str, Any]]:
    number = {"number": incident().number}
    notice = {**number, "notice_number": Notice.objects.get(title="第一次告知").number}
    one = {**number, "list_number": AffectedList.objects.get(state="checking").number}
    complaint = {**number, "complaint_number": Complaint.objects.get(state="answered").number}
    filled = {name: number for name in EXPECTED if name.startswith("incident_")}
    filled |= {name: notice for name in EXPECTED if name.startswith("incident_notice_")}
    support = {"support_id": SupportMeasure.objects.first().pk}
    return filled | {
        "incident_notice": notice,
        "incident_notice_new": number,
        "incident_notice_step": {**notice, "verb": "pause"},
        "incident_scope_list": one,
        "incident_scope_stop": one,
        "incident_support_note": {**number, **support},
        "incident_complaint": complaint,
        "incident_complaint_close": complaint,
    }


def paths() -> dict[str, str]:
    place = f"/incidents/{incident().number}/"
    return {
        "scope": f"{place}scope/",
        "scope-columns": f"{place}scope/lists/2/",
        "scope-list": f"{place}scope/lists/1/",
        "affected": f"{place}affected/",
        "notices": f"{place}notices/",
        "notice-new": f"{place}notices/new/",
        "notice": f"{place}notices/1/",
        "notice-draft": f"{place}notices/2/",
        "notice-edit": f"{place}notices/2/edit/",
        "complaint-log": f"{place}complaints/log/",
        "complaint": f"{place}complaints/1/",
        "answers": f"{place}complaints/answers/",
        "letter-settings": "/settings/letters/",
    }


def SCREENS() -> dict[str, str]:  # noqa: N802 - the table's name
    return paths()


def seed(users: dict[str, User], home: Path, now: datetime) -> None:
    """A breach whose customers are being told: half of the letters have left."""
    del home
    service, legal, boss = users[SERVICE], users[LEGAL], users[LEADERSHIP]
    report = Report(title=TITLE, type="data_breach", severity=4, occurred_at=now)
    breach = do_report_incident(users[TECHNICAL], report)
    place = {"incident_id": breach.pk}
    names = ("张三", "李四", "王芳", "Alex Morgan", "赵敏", "钱进")
    people = [
        (
            Kind.PERSON,
            Identity(
                reference=f"u{1000 + n}",
                name=names[n % len(names)],
                email=f"customer{n}@mail.example",
                phone=f"+86138000{n:05}",
                language="en" if n % len(names) == 3 else "zh",
            ),
        )
        for n in range(80)
    ]
    kinds = ["contact", "order", "account"]
    about = About("被导出的客户表 customers_2026", data_kinds=kinds)
    do_add_affected(service, **place, about=about, subjects=people)
    upload = Upload()
    upload.write("会员号,姓名,手机号\nu2001,孙悦,13900000001\nu2002,周涛,13900000002\n".encode())
    upload.close()
    layout = {"account": 0, "name": 1, "phone": 2}
    about = About("客服收到的受影响名单", certainty="likely", data_kinds=["contact"])
    do_add_affected_file(users[TECHNICAL], **place, about=about, upload=upload, columns=layout)
    hosts = [(Kind.ASSET, Identity(reference=name)) for name in ("db-2.shop", "export-service")]
    do_add_affected(users[TECHNICAL], **place, about=About("被访问的主机"), subjects=hosts)
    do_offer_support(
        service, **place, kind="hotline", text="每天 8:00–22:00", contact="400-800-0000"
    )
    do_set_letters(SETUP, Sending(smtp_host="mail.shop.example", sender="service@shop.example"))
    _sending(service, legal, boss, breach)
    texts = proposed(breach, "data_breach")
    draft = Draft(title="补充告知（草稿）", channel="email", texts=texts)
    do_write_notice(service, draft, **place)
    do_take_prepared_answers(service, **place)
    call = Call("customer3@mail.example", "我的信息是不是也泄露了？", kind="question")
    first = do_log_complaint(service, call, **place)
    at = {"number": breach.number, "complaint_number": first.number}
    do_answer_complaint(service, **at, answer="您的联系方式涉及其中，请修改密码。")
    do_log_complaint(service, Call("139 0000 9999", "最近总接到自称客服的电话"), **place)


def _sending(service: User, legal: User, boss: User, breach: Incident) -> None:
    texts = {
        language: Text(text.subject, _whole(text.body))
        for language, text in proposed(breach, "data_breach").items()
    }
    draft = Draft(title="第一次告知", channel="email", texts=texts)
    notice = do_write_notice(service, draft, incident_id=breach.pk)
    at = {"number": breach.number, "notice_number": notice.number}
    do_approve_notice_legally(legal, **at)
    do_approve_notice(boss, **at)
    notice = Notice.objects.get(pk=notice.pk)
    people = AffectedSubject.objects.filter(incident=breach).exclude(email_mark="")
    states = [LetterState.SENT] * 46 + [LetterState.BOUNCED] * 3 + [LetterState.UNCERTAIN]
    for number, one in enumerate(people.order_by("pk")):
        state = states[number] if number < len(states) else LetterState.QUEUED
        Letter.objects.create(
            notice=notice, mark=one.email_mark, key=f"{number:032x}", language="zh",
            state=state, due_at=notice.approved_at,
        )  # fmt: skip
    Notice.objects.filter(pk=notice.pk).update(
        state="paused", addressed=True, due=people.count(), started_at=notice.approved_at
    )


def _whole(body: str) -> str:
    """The letter with its gaps filled in."""
    for gap in ("请补充", "请核实", "TO BE FILLED IN", "TO BE CHECKED"):
        body = body.replace(gap, "…")
    return body
