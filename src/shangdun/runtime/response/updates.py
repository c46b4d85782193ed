"""What messages need by the clock: who is asked next, and how every incident stands."""

from __future__ import annotations

from shangdun.actions.messages.escalate import do_escalate_message
from shangdun.actions.messages.progress import to_escalate
from shangdun.actions.messages.updates import do_send_update, updates_due
from shangdun.kernel.clock import Clock
from shangdun.records.actor import JOBS


def escalate_due(clock: Clock) -> None:
    """Urgent messages that nobody acknowledged go to the next."""
    for message in to_escalate(clock.now()):
        do_escalate_message(JOBS, message.pk, clock=clock)


def send_updates(clock: Clock) -> None:
    """Situation reports of incidents in which the plan runs."""
    for incident in updates_due(clock.now()):
        do_send_update(JOBS, incident.pk, clock=clock)
