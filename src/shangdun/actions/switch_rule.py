"""Switching rules on and off."""

from __future__ import annotations

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.actor import Actor
from shangdun.records.models import RuleSetting
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_text


@action(Capability.MANAGE_RULES)
def do_enable_rule(
    actor: Actor, *, rule_uid: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[RuleSetting]:
    del actor
    return _switch(rule_uid, on=True, reason="", clock=clock)


@action(Capability.MANAGE_RULES)
def do_disable_rule(
    actor: Actor, *, rule_uid: str, reason: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[RuleSetting]:
    """Switch a rule off; the reason is for whoever asks why an attack was not seen."""
    del actor
    reason = clean_text(reason.strip())[:500]
    if not reason:
        raise UsageError(
            "switching a rule off needs a reason", code="rule.reason", fix="say why in a sentence"
        )
    return _switch(rule_uid, on=False, reason=reason, clock=clock)


def _switch(rule_uid: str, *, on: bool, reason: str, clock: Clock) -> Outcome[RuleSetting]:
    if not 0 < len(rule_uid) <= 200:
        raise UsageError("this is no rule's identifier", code="rule.uid", fix="see `rules list`")
    now = clock.now()
    setting = RuleSetting.objects.filter(pk=rule_uid).first()
    if (setting.enabled if setting else True) is on:
        return Unchanged(setting or RuleSetting(rule_uid=rule_uid, enabled=True, changed=now))
    setting = setting or RuleSetting(rule_uid=rule_uid)
    setting.enabled, setting.reason, setting.changed = on, reason, now
    setting.save()
    return Done(setting, ("rule", rule_uid), now, {"reason": reason} if reason else {})
