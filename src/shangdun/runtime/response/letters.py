"""Letters leave in a thread of their own: batch by batch, at the rate that is set, none twice.

Order of one batch: claimed and committed; each letter noted in the journal, handed over, noted
again; all fates committed; the journal cleared. Whoever dies in between leaves at most one letter
of which nobody knows whether it arrived, and that one is sent again by a person alone.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.db import connection

from shangdun.actions.mailings.letters import MailingPosting
from shangdun.actions.notices.carrier import carrier_for
from shangdun.actions.notices.handing import (
    Claimed,
    Owner,
    Posting,
    left_behind,
    settle,
    skip,
    tell_problem,
)
from shangdun.actions.notices.letters import NoticePosting
from shangdun.kernel.clock import Clock, SystemClock
from shangdun.kernel.errors import ConfigError, ShangdunError
from shangdun.notify.letters.delivery import Carrier, Fate, Outcome
from shangdun.records.letter_settings import letter_settings
from shangdun.records.models import LetterState, Mailing, Notice, NoticeChannel, NoticeState
from shangdun.runtime.response.letter_journal import LetterJournal

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
BATCH_SECONDS = 5.0
"""A batch lasts no longer, so that a pause holds within seconds."""
WAIT = timedelta(minutes=1)
"""After the server refused us, before it is tried again."""

Opener = Callable[[Owner, Clock], Carrier]


class LetterSender(threading.Thread):
    """Hands over the letters of every notice and every mailing that is being sent."""

    def __init__(
        self,
        home: Path,
        stop: threading.Event,
        clock: Clock | None = None,
        opener: Opener = carrier_for,
    ) -> None:
        super().__init__(name="letters", daemon=True)
        self._home = home
        self._halt = stop
        self._clock = clock or SystemClock()
        self._opener = opener
        self._waits: dict[str, float] = {}
        self._next = 0.0

    def run(self) -> None:
        """Until ``stop`` is set."""
        while not self._halt.wait(LOOK_SECONDS):
            try:
                while not self._halt.is_set() and self.turn():
                    pass
            except Exception:
                log.exception("letters cannot be sent; tried again")
                connection.close()
        connection.close()

    def turn(self) -> bool:
        """One batch of everything that is being sent; False when nothing was to do."""
        for owner in _unfinished():
            self._recover(owner, LetterJournal(self._home, owner.uid))
        busy = False
        for posting in _sending():  # each gets its batch: a large one must not hold up a small one
            busy = self._work(posting) or busy
        return busy

    def _work(self, posting: Posting) -> bool:
        owner = posting.owner
        if time.monotonic() < self._waits.get(owner.uid, 0.0):
            return False
        try:
            posting.permit()
        except ShangdunError as error:
            tell_problem(owner, error.code)
            return False
        journal = LetterJournal(self._home, owner.uid)
        self._recover(owner, journal)
        addressed = posting.address(self._clock.now())
        try:
            sent = self._batch(posting, journal)
        finally:
            journal.close()
        if sent or not addressed:
            return True
        if posting.finish(self._clock):
            journal.remove()
        return False

    def _recover(self, owner: Owner, journal: LetterJournal) -> None:
        """What a process before this one left behind."""
        if keys := left_behind(owner):
            idempotent = (
                owner.channel == NoticeChannel.GATEWAY and letter_settings().gateway_idempotent
            )
            fates, untried = journal.fates(keys, idempotent=idempotent)
            settle(owner, fates, untried, self._clock.now())
            doubtful = sum(one.fate is Fate.UNCERTAIN for one in fates.values())
            log.warning("%d letters were left behind, %d of them uncertain", len(keys), doubtful)
        journal.reset()

    def _batch(self, posting: Posting, journal: LetterJournal) -> bool:
        owner = posting.owner
        most = max(1, min(owner.batch_size, int(owner.per_minute * BATCH_SECONDS / 60)))
        claimed = posting.claim(most, self._clock.now())
        if not claimed:
            return False
        try:
            carrier = self._opener(owner, self._clock)
        except ConfigError as error:
            settle(owner, {}, [one.letter.key for one in claimed], self._clock.now())
            self._wait(owner, f"{error.code} {error.where}".strip())
            return False
        try:
            fates = self._hand_over(owner, claimed, carrier, journal)
        finally:
            carrier.close()
        gone = [one.letter.key for one in claimed if one.parcel is None]
        skip(owner, gone, self._clock.now())
        untried = [one.letter.key for one in claimed if one.letter.key not in fates]
        settle(owner, fates, untried, self._clock.now())
        journal.reset()
        blocked = next((one for one in fates.values() if one.blocked), None)
        if blocked:
            self._wait(owner, f"letters.refused {blocked.code}".strip())
        else:
            tell_problem(owner, "")
        return True

    def _hand_over(
        self, owner: Owner, claimed: list[Claimed], carrier: Carrier, journal: LetterJournal
    ) -> dict[str, Outcome]:
        """Fates by key; letters without one were not begun."""
        fates: dict[str, Outcome] = {}
        apart = 60.0 / owner.per_minute
        for one in claimed:
            if one.parcel is None:
                continue
            wait = self._next - time.monotonic()
            if self._halt.is_set() or (wait > 0 and self._halt.wait(wait)):
                break
            self._next = max(self._next, time.monotonic() - apart) + apart
            key = one.letter.key
            try:
                journal.begin(key)
            except OSError:
                log.exception("no letter leaves that cannot be noted first")
                self._wait(owner, "letters.disk")
                break
            outcome = carrier.carry(one.parcel)
            if outcome.fate is Fate.UNCERTAIN and carrier.idempotent:
                outcome = Outcome(Fate.LATER, outcome.code, broken=outcome.broken)
            fates[key] = outcome
            try:
                journal.end(key, outcome)
            except OSError:
                break
            if outcome.broken or outcome.blocked:
                break
        return fates

    def _wait(self, owner: Owner, problem: str) -> None:
        self._waits[owner.uid] = time.monotonic() + WAIT.total_seconds()
        tell_problem(owner, problem)


def _sending() -> list[Posting]:
    notices = Notice.objects.filter(state=NoticeState.SENDING).select_related("incident")
    mailings = Mailing.objects.filter(state=NoticeState.SENDING).select_related(
        "survey", "incident"
    )
    found: list[Posting] = [NoticePosting(one) for one in notices]
    return [*found, *(MailingPosting(one) for one in mailings)]


def _unfinished() -> list[Owner]:
    """Paused or stopped with letters in hand: a process died with them."""
    held = {
        "state__in": (NoticeState.PAUSED, NoticeState.STOPPED),
        "letters__state": LetterState.SENDING,
    }
    return [
        *Notice.objects.filter(**held).distinct(),
        *Mailing.objects.filter(**held).distinct(),
    ]
