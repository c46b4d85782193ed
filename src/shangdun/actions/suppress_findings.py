"""Asking not to be told of something for a while, and taking that back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.models import Suppression
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text, clean_value
from shangdun.records.suppressions import confirmed_within
from shangdun.respond.suppression import Scope, check_scope, check_until

HANDLERS = (Capability.HANDLE_INCIDENTS, Capability.ORDER_INCIDENTS, Capability.MANAGE_RULES)


@action(*HANDLERS)
def do_suppress_findings(
    actor: Actor,
    *,
    scope: Scope,
    until: datetime,
    reason: str,
    knowingly: bool = False,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Suppression]:
    """Withhold what the scope holds for until then; what is withheld is stored and counted.

    Raises ``UsageError``: ``suppression.scope``, ``.network``, ``.until``, ``.reason``, and
    ``suppression.confirmed`` where a finding confirmed in the last 90 days would have been withheld
    and the person does not say ``knowingly``.
    """
    now = clock.now()
    scope = Scope(
        rule_uid=clean_value(scope.rule_uid.strip()),
        title=clean_value(scope.title.strip(), 300),
        kind=clean_value(scope.kind.strip(), 20),
        value=clean_value(scope.value.strip()),
    )
    check_scope(scope)
    check_until(until, now)
    reason = clean_text(reason.strip())[:500]
    if not reason:
        raise UsageError(
            "a suppression needs a reason", code="suppression.reason", fix="say why in a sentence"
        )
    confirmed = len(confirmed_within(scope, now))
    if confirmed and not knowingly:
        raise UsageError(
            f"{confirmed} confirmed findings of the last 90 days would have been withheld",
            code="suppression.confirmed",
            fix="narrow it, or say that you know",
        )
    fields = {
        "rule_uid": scope.rule_uid,
        "title": scope.title,
        "kind": scope.kind,
        "value": scope.value,
    }
    row = Suppression.objects.create(
        **fields, reason=reason, author=person(actor), created=now, until=until
    )
    payload: dict[str, Any] = {name: value for name, value in fields.items() if value}
    payload |= {"until": until.isoformat(), "reason": reason}
    if confirmed:
        payload["confirmed"] = confirmed
    return Done(row, ("suppression", row.pk), now, payload)


@action(*HANDLERS)
def do_end_suppression(
    actor: Actor, *, suppression_id: int, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Suppression]:
    """End it before its time; what it withheld stays where it is."""
    row = Suppression.objects.filter(pk=suppression_id).first()
    if row is None:
        raise NotFound(f"there is no suppression {suppression_id}", fix="see the list")
    now = clock.now()
    if row.ended or row.until <= now:
        return Unchanged(row)
    row.ended, row.ended_by = now, person(actor)
    row.save(update_fields=["ended", "ended_by"])
    return Done(row, ("suppression", row.pk), now, {"withheld": row.withheld})
