"""Asking for a rule to be run over history, and calling it off; the jobs process does the work."""

from __future__ import annotations

from datetime import datetime

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import UsageError
from shangdun.records.access import require
from shangdun.records.actor import Actor, person
from shangdun.records.models import HuntRun
from shangdun.records.models.hunts import HuntKind, HuntState
from shangdun.records.roles import Capability
from shangdun.records.searches import get_hunt
from shangdun.records.stored_text import clean_text

LONGEST = 100_000
MOST_WAITING = 10


@action(Capability.HANDLE_INCIDENTS)
def do_start_hunt(
    actor: Actor,
    *,
    title: str,
    since: datetime,
    until: datetime,
    rule_uid: str = "",
    rule_text: str = "",
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[HuntRun]:
    """Queue a run of a loaded rule, or of rules given as text, over ``since <= time < until``."""
    require(actor, Capability.SEARCH_EVENTS)
    if bool(rule_uid) is bool(rule_text.strip()):
        raise UsageError("a hunt needs a rule", code="hunt.rule", fix="choose one or write one")
    if len(rule_text) > LONGEST or len(rule_uid) > 200:
        raise UsageError("the rule is too long", code="hunt.rule", fix="at most 100,000 characters")
    if since >= until:
        raise UsageError("the time ends before it begins", code="hunt.time", fix="swap them")
    waiting = HuntRun.objects.filter(state__in=(HuntState.QUEUED, HuntState.RUNNING))
    if waiting.count() >= MOST_WAITING:
        raise UsageError("too many hunts are waiting", code="hunt.busy", fix="cancel one of them")
    now = clock.now()
    row = HuntRun.objects.create(
        kind=HuntKind.RULE if rule_uid else HuntKind.TEXT,
        title=clean_text(title.strip())[:300] or rule_uid or "Sigma",
        rule_uid=rule_uid,
        rule_text=rule_text,
        since=since,
        until=until,
        owner=person(actor),
        created=now,
    )
    payload = {
        "title": row.title,
        "rule": rule_uid,
        "text": rule_text[:2000],
        "since": since.isoformat(),
        "until": until.isoformat(),
    }
    return Done(row, ("hunt", row.pk), now, payload)


@action(Capability.HANDLE_INCIDENTS)
def do_cancel_hunt(actor: Actor, *, hunt_id: int, clock: Clock = SYSTEM_CLOCK) -> Outcome[HuntRun]:
    """Call a run off; what it has found so far stays."""
    row = get_hunt(actor, hunt_id)
    if not row.running or row.cancel_wanted:
        return Unchanged(row)
    row.cancel_wanted = True
    if row.state == HuntState.QUEUED:
        row.state, row.finished = HuntState.CANCELLED, clock.now()
    row.save(update_fields=["cancel_wanted", "state", "finished"])
    return Done(row, ("hunt", row.pk), clock.now(), {"title": row.title})
