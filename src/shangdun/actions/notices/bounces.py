"""What came back from mail servers, matched with letters by number or by blind address."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.notices.changes import open_notice, told
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.notify.letters.dsn import Returned
from shangdun.records.actor import Actor
from shangdun.records.affected import email_mark, phone_mark
from shangdun.records.models import LetterState, Mailing, Notice
from shangdun.records.models.notices import PostedLetter
from shangdun.records.roles import Capability

BOUNCEABLE = (LetterState.SENT, LetterState.UNCERTAIN, LetterState.SENDING)


@action(Capability.PREPARE_NOTICES)
def do_take_bounces(
    actor: Actor,
    *,
    number: int,
    notice_number: int,
    returned: Iterable[Returned],
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[tuple[int, int]]:
    """Mark letters as bounced; returns how many were, and how many lines matched no letter."""
    notice = open_notice(actor, number, notice_number, None, {})
    now = clock.now()
    bounced, strange = bounced_among(notice, returned, now)
    if not bounced:
        return Unchanged((0, strange))
    done = told(notice, actor, now, "bounces", bounced=bounced, strange=strange)
    return Done((bounced, strange), done.subject, done.at, done.payload)


def bounced_among(
    owner: Notice | Mailing, returned: Iterable[Returned], now: datetime
) -> tuple[int, int]:
    """Within another action: mark its letters; raises ``UsageError`` (``notice.bounces``)."""
    bounced = strange = lines = 0
    for one in returned:
        lines += 1
        if not one.failed:
            continue
        letter = _letter(owner, one)
        if letter is None:
            strange += 1
        elif letter.state in BOUNCEABLE:
            letter.state, letter.code, letter.done_at = LetterState.BOUNCED, one.status[:20], now
            letter.save(update_fields=["state", "code", "done_at"])
            bounced += 1
    if not lines:
        raise UsageError(
            "the file tells of no letter",
            code="notice.bounces",
            fix="upload the returned mail as .eml or mbox, or a CSV with the addresses",
        )
    return bounced, strange


def _letter(owner: Notice | Mailing, one: Returned) -> PostedLetter | None:
    if one.key and (found := owner.letters.filter(key=one.key).first()):
        return found
    marks = [mark for mark in (email_mark(one.address), phone_mark(one.address)) if mark]
    return owner.letters.filter(mark__in=marks).first() if marks else None
