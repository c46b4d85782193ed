"""Private addresses under which calendars fetch what a person may see."""

from __future__ import annotations

import secrets

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.access import token_hash
from shangdun.records.models import FeedKey, User
from shangdun.records.roles import Capability

MOST_KEYS = 10


@action(Capability.WORK_PLAN, Capability.VIEW_MEETINGS)
def do_issue_feed(
    actor: User, *, mine: bool = False, clock: Clock = SYSTEM_CLOCK
) -> Outcome[tuple[FeedKey, str]]:
    """An address for one's own calendar; the token is shown once, the database holds its hash."""
    if FeedKey.objects.filter(owner=actor, revoked=None).count() >= MOST_KEYS:
        raise UsageError(
            "these are enough addresses", code="calendar.many", fix="revoke one of them first"
        )
    now, token = clock.now(), secrets.token_urlsafe(32)
    key = FeedKey.objects.create(owner=actor, token_hash=token_hash(token), mine=mine, created=now)
    return Done((key, token), ("feed", key.pk), now, {"mine": mine})


@action(Capability.WORK_PLAN, Capability.VIEW_MEETINGS)
def do_revoke_feed(actor: User, *, key_id: int, clock: Clock = SYSTEM_CLOCK) -> Outcome[None]:
    """It opens nothing any more."""
    now = clock.now()
    if not FeedKey.objects.filter(owner=actor, pk=key_id, revoked=None).update(revoked=now):
        return Unchanged(None)
    return Done(None, ("feed", key_id), now)
