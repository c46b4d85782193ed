"""Putting a filter into force that repeated false alarms led to."""

from __future__ import annotations

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.rule_changes import said_reason, told, write
from shangdun.detect.rule_document import read_document
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.filter_cases import confirmed
from shangdun.records.models import DocumentOrigin, RuleDocument
from shangdun.records.roles import Capability
from shangdun.respond.filter_proposal import Proposal, Target, effect, to_yaml


@action(Capability.MANAGE_RULES)
def do_approve_filter(
    actor: Actor,
    *,
    proposal: Proposal,
    target: Target,
    reason: str,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[RuleDocument]:
    """Store the filter; from the watch's next look on it is in force.

    Raises ``UsageError`` (``filter.confirmed``) where it would have touched a confirmed
    finding of any rule that it changes. ``do_remove_rule_document`` undoes it.
    """
    now = clock.now()
    reason = said_reason(reason)
    fate = effect(proposal, confirmed(target.judged))
    if lost := len(fate.removed) + len(fate.thinned):
        raise UsageError(
            f"{lost} confirmed findings would have lost events",
            code="filter.confirmed",
            fix="suppress the entity for a while instead",
        )
    text = to_yaml(proposal, target, description=reason, date=f"{now:%Y-%m-%d}")
    document = read_document(text)
    row = RuleDocument.objects.filter(uid=document.uid).first() or RuleDocument(uid=document.uid)
    if row.live and row.text == document.text:
        return Unchanged(row)
    write(actor, row, document, origin=DocumentOrigin.PROPOSED, reason=reason, now=now)
    payload = {**told(row, reason), "false_alarms": len(proposal.covers)}
    return Done(row, ("rule", row.uid), now, payload)
