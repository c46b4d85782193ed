"""Letters in hand: claimed, their fate written down; the same for a notice and for a mailing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.db import transaction

from shangdun.actions.ledger import lock
from shangdun.kernel.clock import Clock
from shangdun.notify.letters.delivery import Fate, Outcome, Parcel
from shangdun.records.models import LetterState, Mailing, Notice
from shangdun.records.models.notices import PostedLetter

MOST_ATTEMPTS = 6
_MINUTES = (1, 5, 15, 60, 240)
"""Before the second attempt, the third …: four and a half hours in which a server can recover."""

Owner = Notice | Mailing


@dataclass(frozen=True)
class Claimed:
    """A letter that is being handed over, with what it needs to leave."""

    letter: PostedLetter
    parcel: Parcel | None
    """None: it is not to leave: its recipient is no longer on the list."""


class Posting(Protocol):
    """What is being sent, as the sender takes it."""

    @property
    def owner(self) -> Owner: ...

    def permit(self) -> None:
        """Raises ``ShangdunError`` where nothing of it may leave."""

    def address(self, now: datetime) -> bool:
        """Address some more letters; True when all are."""

    def claim(self, most: int, now: datetime) -> list[Claimed]:
        """The next letters that are due, now being handed over; none where it was paused."""

    def finish(self, clock: Clock) -> bool:
        """Note that every letter has its fate; whether it is over."""


def take_due(owner: Owner, most: int, now: datetime) -> list[PostedLetter]:
    """Within the caller's transaction: the next letters, marked as being handed over."""
    due = owner.letters.filter(state=LetterState.QUEUED, due_at__lte=now)
    letters = list(due.order_by("due_at", "id")[:most])
    owner.letters.filter(pk__in=[one.pk for one in letters]).update(
        state=LetterState.SENDING, claimed_at=now
    )
    return list(letters)


def settle(
    owner: Owner, fates: Mapping[str, Outcome], untried: Sequence[str], now: datetime
) -> None:
    """Write down the fate of letters by their key; ``untried`` ones wait as before."""
    with transaction.atomic():
        lock()
        standing = owner.letters.filter(state=LetterState.SENDING)
        for start in range(0, len(untried), 500):
            standing.filter(key__in=untried[start : start + 500]).update(
                state=LetterState.QUEUED, claimed_at=None
            )
        by_key: dict[str, PostedLetter] = {}
        keys = list(fates)
        for start in range(0, len(keys), 500):
            by_key |= {one.key: one for one in standing.filter(key__in=keys[start : start + 500])}
        alike: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for key, letter in by_key.items():
            alike[_written(letter, fates[key], now)].append(letter.pk)
        for (state, attempts, due_at, code, receipt), ids in alike.items():
            owner.letters.filter(pk__in=ids).update(
                state=state,
                attempts=attempts,
                due_at=due_at,
                code=code,
                receipt=receipt,
                done_at=None if state == LetterState.QUEUED else now,
            )


def _written(letter: PostedLetter, outcome: Outcome, now: datetime) -> tuple[object, ...]:
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


def left_behind(owner: Owner) -> list[str]:
    """Keys of letters whose handing over nobody finished."""
    return list(owner.letters.filter(state=LetterState.SENDING).values_list("key", flat=True))


def skip(owner: Owner, keys: Sequence[str], now: datetime) -> None:
    """Letters that are not to leave any more."""
    owner.letters.filter(key__in=keys, state=LetterState.SENDING).update(
        state=LetterState.SKIPPED, done_at=now
    )


def skip_waiting(owner: Owner, now: datetime) -> int:
    """What waits is not to leave any more; how many letters that are."""
    waiting = owner.letters.filter(state=LetterState.QUEUED)
    return waiting.update(state=LetterState.SKIPPED, done_at=now)


def decide_uncertain(owner: Owner, now: datetime, *, again: bool) -> int:
    """Letters that may have arrived wait once more, or count as sent; how many they are."""
    letters = owner.letters.filter(state=LetterState.UNCERTAIN)
    if again:
        return letters.update(state=LetterState.QUEUED, due_at=now)
    return letters.update(state=LetterState.SENT, done_at=now)


def tell_problem(owner: Owner, problem: str) -> None:
    """Why sending waits, for the page; empty: it goes on."""
    type(owner).objects.filter(pk=owner.pk).exclude(problem=problem).update(problem=problem[:300])
