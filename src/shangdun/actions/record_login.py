"""Who came in, who left, who failed to: written as it happens."""

from __future__ import annotations

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, action
from shangdun.kernel.clock import Clock
from shangdun.records.actor import Actor
from shangdun.records.models import User
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_value


@action()
def do_record_login(
    actor: User, *, address: str = "", clock: Clock = SYSTEM_CLOCK
) -> Outcome[None]:
    return Done(None, ("user", actor.pk), clock.now(), {"address": clean_value(address, 100)})


@action()
def do_record_logout(actor: User, *, clock: Clock = SYSTEM_CLOCK) -> Outcome[None]:
    return Done(None, ("user", actor.pk), clock.now())


@action(Capability.MANAGE_PEOPLE)
def do_record_failed_login(
    actor: Actor, *, username: str, address: str = "", clock: Clock = SYSTEM_CLOCK
) -> Outcome[None]:
    """``username`` is what was typed, known or not; sign-in throttling bounds how often."""
    del actor
    payload = {"address": clean_value(address, 100)}
    return Done(None, ("login", clean_value(username, 100)), clock.now(), payload)


@action()
def do_record_password_change(actor: User, *, clock: Clock = SYSTEM_CLOCK) -> Outcome[User]:
    """The person chose a password; a one-time password has done its service."""
    actor.must_change_password = False
    actor.save(update_fields=["must_change_password"])
    return Done(actor, ("user", actor.pk), clock.now())
