"""A notice to oneself, before anybody approved it: on record, and to nobody else's address.

Without this bound a draft could be written to any customer past the approvals, also from a drill.
"""

from __future__ import annotations

from collections.abc import Callable

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, action
from shangdun.actions.notices.changes import open_notice
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.models import NoticeChannel, User
from shangdun.records.organisation import kept_contacts
from shangdun.records.roles import Capability
from shangdun.respond.affected.identity import email_of, phone_of


@action(Capability.PREPARE_NOTICES)
def do_try_notice(
    actor: Actor,
    *,
    number: int,
    notice_number: int,
    to: str = "",
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[str]:
    """The address that the test letter goes to, one of the person's own; the first where empty.

    Raises ``UsageError`` (``notice.not_own``) for any other address, and where none is known.
    """
    notice = open_notice(actor, number, notice_number, None, {})
    read = phone_of if notice.channel == NoticeChannel.GATEWAY else email_of
    wanted = own_address(actor, to, read)
    payload = {"notice": notice.number, "sha256": notice.sha256, "channel": str(notice.channel)}
    return Done(wanted, ("incident", number), clock.now(), payload)


def own_address(actor: Actor, to: str, read: Callable[[str], str]) -> str:
    """The address that is wanted, where it is one of the person's own; the first where empty."""
    who = person(actor)
    # Who holds the home could send letters without this product: the bound is for people.
    own = [found for one in (_addresses(who) if who else [to]) if (found := read(one))]
    wanted = read(to) if to.strip() else next(iter(own), "")
    if not wanted or wanted not in own:
        raise UsageError(
            "a test goes to an address of one's own",
            code="notice.not_own",
            fix="enter it with your account or in the organisation, then try again",
        )
    return wanted


def _addresses(who: User) -> list[str]:
    return [who.email, *(one.value for one in kept_contacts(who))]
