"""A mailing to oneself before it leaves: on record, and to nobody else's address."""

from __future__ import annotations

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, action
from shangdun.actions.mailings.changes import MOVERS, open_mailing, told
from shangdun.actions.notices.try_out import own_address
from shangdun.kernel.clock import Clock
from shangdun.records.actor import Actor
from shangdun.respond.affected.identity import email_of


@action(*MOVERS)
def do_try_mailing(
    actor: Actor, to: str, *, mailing_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[str]:
    """The address that the test letter goes to. Raises ``UsageError`` (``notice.not_own``)."""
    mailing = open_mailing(actor, mailing_id)
    wanted = own_address(actor, to, email_of)
    entry = told(mailing, clock.now(), trial=True)
    return Done(wanted, entry.subject, entry.at, entry.payload)
