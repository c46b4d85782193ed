"""Addressing the letters of a mailing and claiming them, as it is done of a notice.

Who is behind a survey's letter is never written beside what was answered: its token is reckoned
anew from the address whenever it is needed, and only whether it is used is looked up. A reminder
that is needless is a letter that was skipped, and its row goes when the survey closes
(``forget.do_forget_reminders``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from shangdun.actions.ledger import lock
from shangdun.actions.mailings.send import do_finish_mailing
from shangdun.actions.notices.handing import Claimed, take_due
from shangdun.actions.surveys.invite import keep_tokens
from shangdun.kernel.clock import Clock
from shangdun.notify.letters.delivery import Parcel
from shangdun.notify.letters.mailing import addressed, foot
from shangdun.notify.letters.template import Text
from shangdun.records.actor import JOBS
from shangdun.records.mailings import person_in, reachable, unsubscribe_token
from shangdun.records.messages import console_zone
from shangdun.records.models import (
    AddressList,
    Mailing,
    MailingLetter,
    NoticeState,
    Recipient,
    Survey,
    SurveyInvitation,
    Unsubscribed,
)
from shangdun.records.models.notices import PostedLetter
from shangdun.records.rehearsal import require_real
from shangdun.records.sealing import blind
from shangdun.records.surveys import hash_of, takes_answers, token_for

ADDRESSED_AT_ONCE = 400


class MailingPosting:
    """A mailing, as the sender takes it."""

    def __init__(self, mailing: Mailing) -> None:
        self.owner = mailing

    def permit(self) -> None:
        if self.owner.incident is not None:
            require_real(self.owner.incident)

    def address(self, now: datetime) -> bool:
        return over(self.owner, now) or _address_some(self.owner.pk, now)

    def claim(self, most: int, now: datetime) -> list[Claimed]:
        return [] if over(self.owner, now) else _claim(self.owner.pk, most, now)

    def finish(self, clock: Clock) -> bool:
        done = do_finish_mailing(JOBS, mailing_id=self.owner.pk, clock=clock)
        return done.state in {NoticeState.SENT, NoticeState.STOPPED}


def over(mailing: Mailing, now: datetime) -> bool:
    """Whether it came too late: its survey takes no more answers."""
    survey = mailing.survey
    return survey is not None and not takes_answers(survey, now.astimezone(console_zone()).date())


def _address_some(mailing_id: int, now: datetime) -> bool:
    """Address some more letters; True when all are. A second one of a topic cannot be."""
    with transaction.atomic():
        lock()
        mailing = Mailing.objects.select_related("survey").get(pk=mailing_id)
        if mailing.addressed or mailing.state != NoticeState.SENDING or over(mailing, now):
            return True
        people = list(
            reachable(mailing).filter(pk__gt=mailing.cursor).order_by("pk")[:ADDRESSED_AT_ONCE]
        )
        MailingLetter.objects.bulk_create(
            [_letter(mailing, one, now) for one in people], batch_size=100, ignore_conflicts=True
        )
        if mailing.survey is not None:
            keep_tokens(mailing.survey, [_token(mailing.survey, one) for one in people])
        if people:
            mailing.cursor = people[-1].pk
        mailing.addressed = len(people) < ADDRESSED_AT_ONCE
        mailing.save(update_fields=["cursor", "addressed"])
        return mailing.addressed


def _letter(mailing: Mailing, one: Recipient, now: datetime) -> MailingLetter:
    has = {"zh": bool(mailing.subject_zh), "en": bool(mailing.subject_en)}
    return MailingLetter(
        mailing=mailing,
        mark=one.mark,
        key=blind(f"{mailing.topic}:{one.mark}", "mailing")[:32],
        language=next(code for code in (one.language or "zh", "zh", "en") if has.get(code)),
        due_at=now,
    )


def _token(survey: Survey, one: Recipient) -> str:
    return token_for(survey, person_in(one).email)


def _claim(mailing_id: int, most: int, now: datetime) -> list[Claimed]:
    """The next letters that are due, now being handed over; none where it was paused."""
    with transaction.atomic():
        lock()
        mailing = Mailing.objects.select_related("survey").get(pk=mailing_id)
        if mailing.state != NoticeState.SENDING:
            return []
        letters = take_due(mailing, most, now)
    return _with_parcels(mailing, letters)


def _with_parcels(mailing: Mailing, letters: Sequence[PostedLetter]) -> list[Claimed]:
    marks = [one.mark for one in letters]
    rows = Recipient.objects.filter(list__mailings=mailing, mark__in=marks).select_related("list")
    people = {one.mark: one for one in rows.order_by("-pk")}
    if not mailing.duty:
        off = set(Unsubscribed.objects.filter(mark__in=marks).values_list("mark", flat=True))
        people = {mark: one for mark, one in people.items() if mark not in off}
    tokens: dict[str, str] = {}
    if mailing.survey is not None:
        tokens = _unused(mailing.survey, people)
        people = {mark: one for mark, one in people.items() if mark in tokens}
    return [
        Claimed(one, _parcel(mailing, one, people[one.mark], tokens.get(one.mark, "")))
        if one.mark in people
        else Claimed(one, None)
        for one in letters
    ]


def _unused(survey: Survey, people: dict[str, Recipient]) -> dict[str, str]:
    """Fingerprint → token, of those whose invitation is unused: of nobody is more known."""
    tokens = {mark: _token(survey, one) for mark, one in people.items()}
    hashes = {hash_of(token): mark for mark, token in tokens.items()}
    unused = SurveyInvitation.objects.filter(survey=survey, used=False, token_hash__in=hashes)
    return {hashes[one]: tokens[hashes[one]] for one in unused.values_list("token_hash", flat=True)}


def _parcel(mailing: Mailing, letter: PostedLetter, one: Recipient, token: str) -> Parcel:
    off = "" if mailing.duty else f"{mailing.base}/u/{unsubscribe_token(one.mark)}/"
    person = person_in(one)
    text = addressed(
        text_in(mailing, letter.language),
        name=person.name,
        language=letter.language,
        link=f"{mailing.base}/s/{token}/" if token else "",
        foot=foot(letter.language, purpose=purpose_in(one.list, letter.language), unsubscribe=off),
    )
    return Parcel(letter.key, person.email, letter.language, text, off)


def text_in(mailing: Mailing, language: str) -> Text:
    """Its text in ``zh`` or ``en``."""
    if language == "en":
        return Text(mailing.subject_en, mailing.body_en)
    return Text(mailing.subject_zh, mailing.body_zh)


def purpose_in(one: AddressList, language: str) -> str:
    """For what a list is kept, in ``zh`` or ``en``."""
    return one.purpose_en if language == "en" else one.purpose_zh
