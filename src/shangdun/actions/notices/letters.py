"""Addressing the letters of a notice and claiming them.

The start, pause and end of a notice are actions with their entries; a letter follows from an
approved notice and a list alone, and its fate is read here by whoever asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from shangdun.actions.ledger import lock
from shangdun.actions.notices.handing import Claimed, take_due
from shangdun.actions.notices.send import do_finish_notice
from shangdun.kernel.clock import Clock
from shangdun.notify.letters.delivery import Parcel
from shangdun.notify.letters.template import Text, personal
from shangdun.records.actor import JOBS
from shangdun.records.affected import identity_in
from shangdun.records.models import (
    AffectedSubject,
    Letter,
    LetterState,
    Notice,
    NoticeChannel,
    NoticeState,
)
from shangdun.records.models.notices import PostedLetter
from shangdun.records.notices import MARK_OF, audience, reached_already, segment_of
from shangdun.records.rehearsal import RealIncident, require_real
from shangdun.records.sealing import blind

ADDRESSED_AT_ONCE = 400


class NoticePosting:
    """A notice, as the sender takes it; a drill's incident does not get through ``permit``."""

    def __init__(self, notice: Notice) -> None:
        self.owner = notice

    def permit(self) -> None:
        require_real(self.owner.incident)

    def address(self, now: datetime) -> bool:
        return address_some(require_real(self.owner.incident), self.owner.pk, now)

    def claim(self, most: int, now: datetime) -> list[Claimed]:
        return claim(require_real(self.owner.incident), self.owner.pk, most, now)

    def finish(self, clock: Clock) -> bool:
        done = do_finish_notice(JOBS, notice_id=self.owner.pk, clock=clock)
        return done.state == NoticeState.SENT


def address_some(real: RealIncident, notice_id: int, now: datetime) -> bool:
    """Address some more letters; True when all are. A second letter to an address cannot be."""
    with transaction.atomic():
        lock()
        notice = Notice.objects.get(pk=notice_id, incident=real.incident)
        if notice.addressed or notice.state != NoticeState.SENDING:
            return True
        mark = MARK_OF[NoticeChannel(notice.channel)]
        people = list(
            audience(notice)
            .filter(pk__gt=notice.cursor)
            .order_by("pk")
            .only("pk", "language", "email_mark", "phone_mark")[:ADDRESSED_AT_ONCE]
        )
        Letter.objects.bulk_create(
            _letters(notice, people, mark, now), batch_size=100, ignore_conflicts=True
        )
        if people:
            notice.cursor = people[-1].pk
        notice.addressed = len(people) < ADDRESSED_AT_ONCE
        notice.save(update_fields=["cursor", "addressed"])
        return notice.addressed


def _letters(
    notice: Notice, people: Sequence[AffectedSubject], mark: str, now: datetime
) -> list[Letter]:
    reached: set[str] = set()
    if not segment_of(notice).again:
        marks = {m for one in people for m in (one.email_mark, one.phone_mark) if m}
        reached = reached_already(notice, marks)
    letters = []
    for one in people:
        own = getattr(one, mark)
        known = bool({one.email_mark, one.phone_mark} & reached)
        letters.append(
            Letter(
                notice=notice,
                mark=own,
                key=blind(f"{notice.uid}:{own}", "letter")[:32],
                language=_language(notice, one.language),
                state=LetterState.SKIPPED if known else LetterState.QUEUED,
                due_at=now,
                done_at=now if known else None,
            )
        )
    return letters


def _language(notice: Notice, wanted: str) -> str:
    """The recipient's own where the notice is written in it, else Chinese, else English."""
    has = {"zh": bool(notice.subject_zh), "en": bool(notice.subject_en)}
    return next(one for one in (wanted or "zh", "zh", "en") if has.get(one))


def claim(real: RealIncident, notice_id: int, most: int, now: datetime) -> list[Claimed]:
    """The next letters that are due, now being handed over; none where it was paused."""
    with transaction.atomic():
        lock()
        notice = Notice.objects.get(pk=notice_id, incident=real.incident)
        if notice.state != NoticeState.SENDING:
            return []
        letters = take_due(notice, most, now)
    return _with_parcels(notice, letters)


def _with_parcels(notice: Notice, letters: Sequence[PostedLetter]) -> list[Claimed]:
    mark = MARK_OF[NoticeChannel(notice.channel)]
    people = AffectedSubject.objects.filter(
        **{f"{mark}__in": [one.mark for one in letters]}, incident_id=notice.incident_id
    )
    by_mark: dict[str, AffectedSubject] = {getattr(one, mark): one for one in people}
    texts = {
        "zh": Text(notice.subject_zh, notice.body_zh),
        "en": Text(notice.subject_en, notice.body_en),
    }
    claimed = []
    for letter in letters:
        one = by_mark.get(letter.mark)
        parcel = None
        if one is not None:
            identity = identity_in(one)
            address = identity.email if mark == "email_mark" else identity.phone
            text = personal(texts[letter.language], name=identity.name, language=letter.language)
            parcel = Parcel(letter.key, address, letter.language, text)
        claimed.append(Claimed(letter, parcel))
    return claimed
