"""Writing a notice: from the type's letter, filled with what is known; a change voids approvals."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.db.models import Max

from shangdun.actions.action import SYSTEM_CLOCK, Outcome, Unchanged, action
from shangdun.actions.notices.changes import expect, open_notice, told
from shangdun.actions.notices.texts import open_gaps
from shangdun.actions.notices.waiting import tell_waiting
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.notify.letters.template import LANGUAGES, Text, check, prepared, words, written
from shangdun.records.access import get_incident
from shangdun.records.actor import Actor, person
from shangdun.records.facts import facts_of
from shangdun.records.letter_settings import letter_settings
from shangdun.records.models import (
    Company,
    Incident,
    IncidentType,
    Notice,
    NoticeChannel,
    NoticeState,
)
from shangdun.records.notices import frozen_sha256
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.respond.affected.segment import Segment
from shangdun.respond.groups import Group

MOST_NOTICES = 100
EDITABLE = (NoticeState.DRAFT, NoticeState.LEGAL, NoticeState.APPROVED, NoticeState.REHEARSED)
_GAPS = {
    "zh": {
        "company": "【请补充：公司名称】",
        "data_kinds": "【请补充：涉及的个人信息种类】",
        "support": "【请补充：为客户提供的帮助，没有的删去本节】",
        "contact": "【请补充：联系电话或电子邮箱】",
    },
    "en": {
        "company": "[TO BE FILLED IN: the company's name]",
        "data_kinds": "[TO BE FILLED IN: the kinds of personal data concerned]",
        "support": "[TO BE FILLED IN: how you help; drop this section if you do not]",
        "contact": "[TO BE FILLED IN: telephone or e-mail]",
    },
}


@dataclass(frozen=True)
class Draft:
    """What somebody writes; a language left empty is not written."""

    title: str
    channel: str
    texts: Mapping[str, Text]
    segment: Segment = Segment()  # noqa: RUF009 - frozen
    per_minute: int = 0
    """0: as set for all letters."""


def proposed(incident: Incident, kind: str, clock: Clock = SYSTEM_CLOCK) -> dict[str, Text]:
    """The type's letter in both languages with everything that is known of the incident."""
    letter = prepared(kind)
    return {
        language: written(letter.text(language), _values(incident, language, clock))
        for language in LANGUAGES
    }


def _values(incident: Incident, language: str, clock: Clock) -> dict[str, str]:
    company = Company.objects.first() or Company()
    facts = facts_of(incident)
    said = words()
    gaps, colon = _GAPS[language], "：" if language == "zh" else ": "
    kinds = [said["data_kinds"][kind.value][language] for kind in facts.data_kinds]
    helps = [
        f"- {said['support'][one.kind][language]}{colon}{one.text}"
        + (f"（{one.contact}）" if one.contact and language == "zh" else "")
        + (f" ({one.contact})" if one.contact and language == "en" else "")
        for one in incident.support_measures.filter(ended_at=None).order_by("since", "id")
    ]
    labels = (
        ("电话", "电子邮箱", "网址") if language == "zh" else ("Telephone", "E-mail", "Website")
    )
    contact = [
        f"{label}{colon}{value}"
        for label, value in zip(
            labels, (company.contact_phone, company.contact_email, company.website), strict=True
        )
        if value
    ]
    name = (
        company.name_zh or company.name_en
        if language == "zh"
        else company.name_en or company.name_zh
    )
    return {
        "company": name or gaps["company"],
        "noticed_on": _day(facts.known_at, language),
        "today": _day(clock.now(), language),
        "data_kinds": ("；" if language == "zh" else "; ").join(kinds) or gaps["data_kinds"],
        "support": "\n".join(helps) or gaps["support"],
        "contact": "\n".join(contact) or gaps["contact"],
    }


def _day(moment: object, language: str) -> str:
    local = moment.astimezone(ZoneInfo(settings.CONFIG.web.time_zone))  # type: ignore[attr-defined]  # a datetime
    if language == "zh":
        return f"{local.year}年{local.month}月{local.day}日"
    return f"{local.day} {local:%B %Y}"


@action(Capability.PREPARE_NOTICES)
def do_write_notice(
    actor: Actor, draft: Draft, *, incident_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Notice]:
    """A new notice of an incident, as a draft."""
    incident = get_incident(actor, incident_id)
    now = clock.now()
    last = incident.notices.aggregate(last=Max("number"))["last"] or 0
    if last >= MOST_NOTICES:
        raise UsageError(
            "an incident has at most 100 notices", code="notice.many", fix="change one instead"
        )
    notice = Notice(
        incident=incident,
        number=last + 1,
        uid=secrets.token_hex(16),
        template=IncidentType(incident.type),
        prepared_by=person(actor),
        prepared_at=now,
        batch_size=letter_settings().batch_size,
    )
    _lay(notice, draft)
    notice.editors = [person_id] if (person_id := actor_id(actor)) else []
    notice.save()
    _ask_legal(notice, actor, now)
    return told(notice, actor, now, "written", channel=str(notice.channel))


@action(Capability.PREPARE_NOTICES)
def do_edit_notice(
    actor: Actor,
    draft: Draft,
    *,
    number: int,
    notice_number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Notice]:
    """Change a notice that has not begun to leave; approvals of another text are void."""
    mine = {"title": draft.title}
    for language, text in draft.texts.items():
        mine |= {f"subject_{language}": text.subject, f"body_{language}": text.body}
    notice = open_notice(actor, number, notice_number, version, mine)
    expect(notice, *EDITABLE)
    before, title, rate = notice.sha256, notice.title, notice.per_minute
    _lay(notice, draft)
    if (before, title, rate) == (notice.sha256, notice.title, notice.per_minute):
        return Unchanged(notice)
    now = clock.now()
    voided = notice.sha256 != before and notice.state != NoticeState.DRAFT
    if notice.sha256 != before:
        notice.state, notice.approved_sha256 = NoticeState.DRAFT, ""
        notice.legal_by = notice.approved_by = None
        notice.legal_at = notice.approved_at = None
        notice.prepared_by, notice.prepared_at = person(actor), now
        notice.editors = sorted({*notice.editors, *([actor_id(actor)] if actor_id(actor) else [])})
    notice.version += 1
    notice.save()
    if notice.sha256 != before:
        _ask_legal(notice, actor, now)
    return told(notice, actor, now, "voided" if voided else "changed")


def _ask_legal(notice: Notice, actor: Actor, now: datetime) -> None:
    """A text without a gap waits for legal; one with gaps waits for whoever writes it."""
    if not open_gaps(notice):
        tell_waiting(notice, actor, Group.LEGAL, now)


def actor_id(actor: Actor) -> int | None:
    """The person's id; None for the system."""
    who = person(actor)
    return who.pk if who else None


def _lay(notice: Notice, draft: Draft) -> None:
    title = " ".join(clean_text(draft.title).split())[:200]
    if not title:
        raise UsageError("a notice needs a title", code="notice.title", fix="say what it is")
    if draft.channel not in NoticeChannel.values:
        raise UsageError("there is no such channel", code="notice.channel", fix="choose one")
    if not 0 <= draft.per_minute <= 100_000:
        raise UsageError(
            "so many letters a minute cannot be sent", code="letters.rate", fix="1 to 100,000"
        )
    texts = {
        language: Text(" ".join(clean_text(text.subject).split()), _body(text.body))
        for language, text in draft.texts.items()
        if text.subject.strip() or text.body.strip()
    }
    if not texts:
        raise UsageError("the letter is empty", code="notice.body", fix="write one language")
    for language, text in texts.items():
        check(text, language)
    nothing = Text("", "")
    notice.title, notice.channel = title, NoticeChannel(draft.channel)
    notice.segment = msgspec.to_builtins(draft.segment)
    notice.subject_zh, notice.body_zh = msgspec.structs.astuple(texts.get("zh", nothing))
    notice.subject_en, notice.body_en = msgspec.structs.astuple(texts.get("en", nothing))
    notice.per_minute = draft.per_minute or letter_settings().per_minute
    notice.sha256 = frozen_sha256(notice)


def _body(text: str) -> str:
    return clean_text(text.replace("\r\n", "\n").replace("\r", "\n")).strip() + "\n"
