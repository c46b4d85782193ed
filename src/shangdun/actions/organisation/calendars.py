"""Private addresses under which calendars fetch the rota."""

from __future__ import annotations

import secrets

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.access import token_hash
from shangdun.records.models import CalendarKey, User
from shangdun.records.roles import Capability
from shangdun.respond.groups import Group

MOST_KEYS = 20


@action(Capability.VIEW_ORGANISATION)
def do_issue_calendar(
    actor: User, *, group: Group | None = None, clock: Clock = SYSTEM_CLOCK
) -> Outcome[tuple[CalendarKey, str]]:
    """An address for a group's rota, or for one's own turns; the token is shown once."""
    if actor.calendar_keys.filter(revoked=None).count() >= MOST_KEYS:
        raise UsageError(
            "these are enough calendar addresses", code="calendar.many", fix="revoke one first"
        )
    now = clock.now()
    token = secrets.token_urlsafe(32)
    key = CalendarKey.objects.create(
        owner=actor, group=group.value if group else "", token_hash=token_hash(token), created=now
    )
    payload = {"group": key.group}
    return Done((key, token), ("calendar", key.pk), now, payload)


@action(Capability.VIEW_ORGANISATION)
def do_revoke_calendar(actor: User, *, key_id: int, clock: Clock = SYSTEM_CLOCK) -> Outcome[None]:
    """The address opens nothing any more; one's own, or anybody's for who manages people."""
    keys = CalendarKey.objects.filter(pk=key_id, revoked=None)
    if not actor.can(Capability.MANAGE_ORGANISATION):
        keys = keys.filter(owner=actor)
    now = clock.now()
    if not keys.update(revoked=now):
        return Unchanged(None)
    return Done(None, ("calendar", key_id), now)
