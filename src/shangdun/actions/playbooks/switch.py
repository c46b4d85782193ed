"""Taking a playbook into use, and out of it."""

from __future__ import annotations

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.playbooks.rows import require_sound, said_reason, standing, told
from shangdun.kernel.clock import Clock
from shangdun.records.actor import Actor
from shangdun.records.models import Playbook
from shangdun.records.playbooks import content
from shangdun.records.roles import Capability


@action(Capability.MANAGE_PLAYBOOKS)
def do_enable_playbook(
    actor: Actor, *, uid: str, reason: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Playbook]:
    """From now on orders may start it; one with errors is refused (``playbook.problems``)."""
    del actor
    reason = said_reason(reason)
    row = standing(uid)
    if row.enabled:
        return Unchanged(row)
    require_sound(content(row.versions.get(number=row.version)))
    return _switch(row, reason, clock, on=True)


@action(Capability.MANAGE_PLAYBOOKS)
def do_disable_playbook(
    actor: Actor, *, uid: str, reason: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Playbook]:
    """Orders start it no more; what runs goes on."""
    del actor
    reason = said_reason(reason)
    row = standing(uid)
    if not row.enabled:
        return Unchanged(row)
    return _switch(row, reason, clock, on=False)


def _switch(row: Playbook, reason: str, clock: Clock, *, on: bool) -> Done[Playbook]:
    now = clock.now()
    row.enabled, row.changed = on, now
    row.problems = 0 if on else row.problems
    row.save(update_fields=["enabled", "changed", "problems"])
    return Done(row, ("playbook", row.uid), now, told(row, reason))
