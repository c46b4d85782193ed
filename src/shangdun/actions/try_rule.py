"""A trial of a rule on what happened, before it goes live."""

from __future__ import annotations

from datetime import timedelta

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, action
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.kernel.ids import content_id
from shangdun.records.actor import Actor, person
from shangdun.records.models import HuntRun
from shangdun.records.models.hunts import HuntKind, HuntState
from shangdun.records.roles import Capability
from shangdun.records.stored_text import clean_value

TRIAL_SPAN = timedelta(hours=24)
MOST_WAITING = 10


@action(Capability.MANAGE_RULES)
def do_try_rule(
    actor: Actor, *, uid: str, title: str, text: str, clock: Clock = SYSTEM_CLOCK
) -> Outcome[HuntRun]:
    """Queue a run of a rule's text over the last 24 hours; it finds for its author alone.

    ``text`` holds the rule and, of a correlation, the rules that it counts.
    """
    waiting = HuntRun.objects.filter(state__in=(HuntState.QUEUED, HuntState.RUNNING))
    if waiting.count() >= MOST_WAITING:
        raise UsageError(
            "too many trials are waiting", code="trial.busy", fix="wait for one of them"
        )
    now = clock.now()
    row = HuntRun.objects.create(
        kind=HuntKind.TEXT,
        title=clean_value(title, 300),
        rule_text=text,
        since=now - TRIAL_SPAN,
        until=now,
        owner=person(actor),
        created=now,
    )
    told = {"title": row.title, "text": content_id(text), "trial": row.pk}
    return Done(row, ("rule", uid), now, told)
