"""A survey's letters: the invitation, and once the reminder of those who did not answer yet."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from shangdun.actions.action import SYSTEM_CLOCK, Outcome, Unchanged, action
from shangdun.actions.mailings.changes import expect, open_mailing, save_mailing, told
from shangdun.actions.mailings.send import start
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.notify.letters.mailing import check_mailing, shipped
from shangdun.notify.letters.template import Text
from shangdun.records.actor import Actor, person
from shangdun.records.letter_settings import letter_settings
from shangdun.records.mailings import checked_base, topic_of
from shangdun.records.messages import console_zone
from shangdun.records.models import (
    AddressList,
    Mailing,
    MailingKind,
    NoticeState,
    Survey,
    SurveyMode,
)
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text
from shangdun.records.surveys import get_survey, takes_answers


@action(Capability.MANAGE_SURVEYS)
def do_invite_by_letter(
    actor: Actor,
    lists: Sequence[int],
    *,
    number: int,
    base: str = "",
    remind: bool = True,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Mailing]:
    """The draft of an invitation; there is one at a time, and nothing leaves before it is started.

    ``base``: under which links lead to the console where the settings do not say it.
    """
    now = clock.now()
    survey = _open(actor, number, now)
    chosen = list(AddressList.objects.filter(pk__in=lists, erased_at=None).order_by("pk"))
    if not chosen:
        raise UsageError("no list is chosen", code="mailing.lists", fix="choose one at least")
    topic = topic_of(survey, MailingKind.INVITATION)
    draft = Mailing.objects.filter(topic=topic, state=NoticeState.DRAFT).first()
    if draft is None:
        draft = _begin(survey, MailingKind.INVITATION, base, now)
        draft.prepared_by = person(actor)
    elif [one.pk for one in draft.lists.order_by("pk")] == [one.pk for one in chosen]:
        return Unchanged(draft)
    draft.remind = remind
    draft.save()
    draft.lists.set(chosen)
    return told(draft, now, lists=len(chosen))


@action(Capability.MANAGE_SURVEYS, Capability.RUN_PLAYBOOKS)
def do_remind_by_letter(
    actor: Actor, *, number: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Mailing]:
    """Write once to those whom an invitation reached and whose link is unused.

    Who they are is found out letter by letter as it leaves, and told to nobody.
    """
    now = clock.now()
    survey = _open(actor, number, now)
    topic = topic_of(survey, MailingKind.REMINDER)
    if (there := Mailing.objects.filter(topic=topic).first()) is not None:
        return Unchanged(there)
    before = invitations(survey)
    if not before:
        raise UsageError("nobody was invited by letter", code="mailing.before", fix="invite first")
    mailing = _begin(survey, MailingKind.REMINDER, before[-1].base, now)
    mailing.prepared_by = person(actor)
    mailing.save()
    mailing.lists.set(AddressList.objects.filter(mailings__in=before, erased_at=None).distinct())
    start(mailing, now)
    return told(mailing, now, due=mailing.due)


@action(Capability.MANAGE_SURVEYS)
def do_edit_mailing(
    actor: Actor,
    texts: dict[str, Text],
    *,
    mailing_id: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Mailing]:
    """Change an invitation before it leaves; a language left empty is not written in."""
    texts = {
        code: Text(" ".join(clean_text(one.subject).split()), clean_text(one.body.strip()))
        for code, one in texts.items()
    }
    wanted = {f"subject_{code}": one.subject for code, one in texts.items()}
    wanted |= {f"body_{code}": one.body for code, one in texts.items()}
    mailing = open_mailing(actor, mailing_id)
    if all(getattr(mailing, name) == value for name, value in wanted.items()):
        return Unchanged(mailing)
    mailing = open_mailing(actor, mailing_id, version, wanted)
    expect(mailing, NoticeState.DRAFT)
    given = {code: one for code, one in texts.items() if one.subject or one.body}
    if not given:
        raise UsageError("there is no text", code="notice.body", where="zh", fix="write one")
    for code, one in given.items():
        check_mailing(one, code, link=True)
    for name, value in wanted.items():
        setattr(mailing, name, value)
    save_mailing(mailing, *wanted)
    return told(mailing, clock.now())


def invitations(survey: Survey) -> list[Mailing]:
    """Those of a survey that left, the first first."""
    topic = topic_of(survey, MailingKind.INVITATION)
    gone = Mailing.objects.filter(topic=topic).exclude(started_at=None)
    return list(gone.order_by("pk"))


def _open(actor: Actor, number: int, now: datetime) -> Survey:
    survey = get_survey(actor, number)
    if survey.mode != SurveyMode.INVITED:
        raise UsageError(
            "this survey has an open link", code="survey.link", fix="hand out its link"
        )
    if not takes_answers(survey, now.astimezone(console_zone()).date()):
        raise UsageError("the survey is not open", code="survey.not_open", fix="open it first")
    return survey


def _begin(survey: Survey, kind: MailingKind, base: str, now: datetime) -> Mailing:
    closes = survey.closes_on
    day = {
        "zh": f"{closes.year}年{closes.month}月{closes.day}日" if closes else "",
        "en": f"{closes.day} {closes:%B %Y}" if closes else "",
    }
    titles = {"zh": survey.title_zh, "en": survey.title_en}
    values = {
        code: {"title": titles[code].replace("{", "").replace("}", ""), "closes": day[code]}
        for code in titles
    }
    texts = shipped(kind.value, values)
    return Mailing(
        uid=secrets.token_hex(16), kind=kind, topic=topic_of(survey, kind), survey=survey,
        subject_zh=texts["zh"].subject[:200], body_zh=texts["zh"].body,
        subject_en=texts["en"].subject[:200], body_en=texts["en"].body,
        base=checked_base(letter_settings().public_address or base), prepared_at=now,
    )  # fmt: skip
