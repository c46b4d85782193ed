"""Taking decisions back: one, or everything that one rule, incident or step decided."""

from __future__ import annotations

from django.db.models import Q

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.decision_rows import end
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.kernel.ids import content_id
from shangdun.records.actor import Actor, actor_name
from shangdun.records.models import Decision, DecisionState, NeverBlock
from shangdun.records.roles import Capability

OPEN = (DecisionState.IN_FORCE, DecisionState.PROPOSED)


@action(Capability.DECIDE, Capability.DECIDE_BY_POLICY)
def do_undo_decision(
    actor: Actor, *, decision_id: int, reason: str = "", clock: Clock = SYSTEM_CLOCK
) -> Outcome[Decision]:
    """Take a decision back; every enforcer follows. For a day the policy only proposes again.

    Raises ``UsageError`` (``decision.never_block``) for what a never-block entry stands for.
    """
    row = Decision.objects.filter(pk=decision_id).first()
    if row is None:
        raise NotFound(f"there is no decision {decision_id}", fix="see the list")
    if row.state not in OPEN:
        return Unchanged(row)
    if NeverBlock.objects.filter(decision=row).exists():
        raise UsageError(
            "this lets in somebody who is never turned away",
            code="decision.never_block",
            fix="take the entry off the never-block list",
        )
    now = clock.now()
    before = row.state
    end([row], DecisionState.UNDONE, by=actor_name(actor), now=now, reason=reason.strip())
    payload = {
        "was": str(before),
        "measure": str(row.measure),
        "kind": str(row.kind),
        "value": row.value,
        "reason": reason.strip()[:500],
    }
    return Done(row, ("decision", row.uid), now, payload)


@action(Capability.DECIDE, Capability.DECIDE_BY_POLICY)
def do_undo_decisions(
    actor: Actor,
    *,
    author: str = "",
    incident: int | None = None,
    reason: str = "",
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[int]:
    """Take back everything that one author decided or proposed, or that belongs to an incident.

    Gives how many. Raises ``UsageError`` (``decision.which``) unless exactly one is named.
    """
    if bool(author) is (incident is not None) or author == "system":
        raise UsageError(
            "say whose decisions", code="decision.which", fix="name an author or an incident"
        )
    chosen = Q(author=author)
    if incident is not None:
        chosen = Q(incident__number=incident) | Q(author=f"incident:{incident}")
    rows = list(Decision.objects.filter(chosen, state__in=OPEN).order_by("pk"))
    if not rows:
        return Unchanged(0)
    now = clock.now()
    end(rows, DecisionState.UNDONE, by=actor_name(actor), now=now, reason=reason.strip())
    uids = sorted(row.uid for row in rows)
    payload = {
        "number": len(rows),
        "first": uids[:20],
        "decisions": content_id(*uids),
        "reason": reason.strip()[:500],
    }
    subject = ("incident", str(incident)) if incident is not None else ("author", author)
    return Done(len(rows), subject, now, payload)
