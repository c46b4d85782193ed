"""The token with which a shop pushes events over HTTP."""

from __future__ import annotations

import secrets

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, action
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.access import get_source, token_hash
from shangdun.records.actor import Actor
from shangdun.records.roles import Capability

PREFIX = "sdt_"  # recognisable when it leaks into a repository


@action(Capability.MANAGE_SOURCES)
def do_issue_source_token(
    actor: Actor, *, source_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[str]:
    """A new token, which replaces the old one; it is returned here and nowhere else, ever."""
    source = get_source(actor, source_id)
    if not source.http:
        raise UsageError(
            "only a source that is pushed over HTTP has a token", code="source.token", fix=""
        )
    now = clock.now()
    token = PREFIX + secrets.token_urlsafe(32)
    source.token_hash = token_hash(token)
    source.token_issued = source.changed = now
    source.version += 1
    source.save(update_fields=["token_hash", "token_issued", "changed", "version"])
    return Done(token, ("source", source.name), now)
