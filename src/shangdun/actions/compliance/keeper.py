"""Who looks after a duty does not audit it."""

from __future__ import annotations

from datetime import datetime

from shangdun.kernel.errors import NotAllowed
from shangdun.records.actor import Actor, person
from shangdun.records.models import LegalDuty
from shangdun.records.owned import owned_lately


def refuse_keeper(actor: Actor, duty: LegalDuty, now: datetime) -> None:
    """Raise ``NotAllowed`` for the duty's owner, and for who was it until a short while ago."""
    me = person(actor)
    if me is None:
        return
    if duty.owner_id == me.pk or owned_lately(me, ("duty", duty.uid), "change_law_duty", now):
        raise NotAllowed("nobody judges his own duty", fix="ask a colleague of the audit")
