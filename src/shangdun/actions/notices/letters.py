"""Addressing letters, claiming a batch, writing down what became of each.

The start, pause and end of a notice are actions with their entries; a letter follows from an
approved notice and a list alone, and its fate is read here by whoever asks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from shangdun.actions.ledger import lock
from shangdun.notify.letters.delivery import Fate, Outcome, Parcel
from shangdun.notify.letters.template import Text, personal
from shangdun.records.affected import identity_in
from shangdun.records.models import (
    AffectedSubject,
    Letter,
    LetterState,
    Notice,
    NoticeChannel,
    NoticeState,
)
from shangdun.records.notices import MARK_OF, audience, reached_already, segment_of
from shangdun.records.rehearsal import RealIncident
from shangdun.records.sealing import blind

ADDRESSED_AT_ONCE = 400
MOST_ATTEMPTS = 6
_MINUTES = (1, 5, 15, 60, 240)
"""Before the second attempt, the third …: four and a half hours in which a server can recover."""


@dataclass(frozen=True)
class Claimed:
    """A letter that is being handed over, with what it needs to leave."""

    letter: Letter
    parcel: Parcel | None
    """None: its recipient is no longer on the list."""


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
        due = notice.letters.filter(state=LetterState.QUEUED, due_at__lte=now)
        letters = list(due.order_by("due_at", "id")[:most])
        notice.letters.filter(pk__in=[one.pk for one in letters]).update(
            state=LetterState.SENDING, claimed_at=now
        )
    return _with_parcels(notice, letters)


def _with_parcels(notice: Notice, letters: Sequence[Letter]) -> list[Claimed]:
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


def settle(
    notice_id: int, fates: Mapping[str, Outcome], untried: Sequence[str], now: datetime
) -> None:
    """Write down the fate of letters by their key; ``untried`` ones wait as before."""
    with transaction.atomic():
        lock()
        standing = Letter.objects.filter(notice_id=notice_id, state=LetterState.SENDING)
        for start in range(0, len(untried), 500):
            standing.filter(key__in=untried[start : start + 500]).update(
                state=LetterState.QUEUED, claimed_at=None
            )
        by_key: dict[str, Letter] = {}
        keys = list(fates)
        for start in range(0, len(keys), 500):
            by_key |= {one.key: one for one in standing.filter(key__in=keys[start : start + 500])}
        alike: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for key, letter in by_key.items():
            alike[_written(letter, fates[key], now)].append(letter.pk)
        for (state, attempts, due_at, code, receipt), ids in alike.items():
            Letter.objects.filter(pk__in=ids).update(
                state=state,
                attempts=attempts,
                due_at=due_at,
                code=code,
                receipt=receipt,
                done_at=None if state == LetterState.QUEUED else now,
            )


def _written(letter: Letter, outcome: Outcome, now: datetime) -> tuple[object, ...]:
    """State, attempts, due_at, code and receipt after an attempt."""
    attempts = letter.attempts + (not outcome.blocked)
    state, due_at = LetterState(_STATE[outcome.fate]), letter.due_at
    if outcome.fate is Fate.LATER:
        if attempts >= MOST_ATTEMPTS:
            state = LetterState.FAILED
        else:
            minutes = _MINUTES[min(max(attempts, 1), len(_MINUTES)) - 1]
            due_at = now + timedelta(minutes=minutes)
    return state, attempts, due_at, outcome.code[:20], outcome.receipt[:100]


_STATE = {
    Fate.SENT: LetterState.SENT,
    Fate.BOUNCED: LetterState.BOUNCED,
    Fate.UNCERTAIN: LetterState.UNCERTAIN,
    Fate.LATER: LetterState.QUEUED,
}


def left_behind(notice_id: int) -> list[str]:
    """Keys of letters whose handing over nobody finished."""
    letters = Letter.objects.filter(notice_id=notice_id, state=LetterState.SENDING)
    return list(letters.values_list("key", flat=True))


def skip(notice_id: int, keys: Sequence[str], now: datetime) -> None:
    """Letters whose recipient is no longer on the list."""
    Letter.objects.filter(notice_id=notice_id, key__in=keys, state=LetterState.SENDING).update(
        state=LetterState.SKIPPED, done_at=now
    )


def tell_problem(notice_id: int, problem: str) -> None:
    """Why sending waits, for the page; empty: it goes on."""
    Notice.objects.filter(pk=notice_id).exclude(problem=problem).update(problem=problem[:300])
