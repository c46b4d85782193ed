"""What ran out leaves force, and the stream forgets what nobody follows any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.decision_rows import end
from shangdun.kernel.clock import Clock
from shangdun.kernel.ids import content_id
from shangdun.records.actor import System
from shangdun.records.models import Decision, DecisionChange, DecisionState, FindingState
from shangdun.records.roles import Capability

AT_MOST = 10_000
KEPT = timedelta(days=7)
"""Changes of the stream: an enforcer that was away for longer takes everything anew."""

PROPOSED_FOR = timedelta(days=1)
ENDED_KEPT = timedelta(days=366)
"""Decisions that ended: as long as anybody may ask what was done to him."""


@action(Capability.DECIDE_BY_POLICY)
def do_expire_decisions(actor: System, *, clock: Clock = SYSTEM_CLOCK) -> Outcome[int]:
    """End what has run out, at most 10,000 at once; gives how many.

    Decisions whose finding somebody dismissed as a false alarm end too.
    """
    now = clock.now()
    over = list(run_out(now)[:AT_MOST])
    known = {row.pk for row in over}
    dismissed = [row for row in of_dismissed_findings()[:AT_MOST] if row.pk not in known]
    end(over, DecisionState.EXPIRED, by=actor.name, now=now)
    end(dismissed, DecisionState.UNDONE, by=actor.name, now=now, reason="finding dismissed")
    if not over and not dismissed:
        return Unchanged(0)
    uids = sorted(row.uid for row in (*over, *dismissed))
    payload = {
        "expired": len(over),
        "dismissed": len(dismissed),
        "first": uids[:20],
        "decisions": content_id(*uids),
    }
    return Done(len(uids), ("decisions", "expired"), now, payload)


def forget_changes(now: datetime) -> int:
    """Drop changes older than a week, but never the newest, and decisions long ended.

    That they were taken and ended stays in the ledger. Changes go from the beginning of the stream
    on: a gap in it, as a clock set back would leave, would be a change that no enforcer is told.
    """
    numbers = DecisionChange.objects.order_by("seq").values_list("seq", flat=True)
    kept = numbers.filter(time__gte=now - KEPT).first() or numbers.last() or 0
    keys = list(numbers.filter(seq__lt=kept)[:AT_MOST])
    DecisionChange.objects.filter(seq__in=keys).delete()
    long_ago = Q(ended__lt=now - ENDED_KEPT) | Q(
        state=DecisionState.SIMULATED, until__lt=now - ENDED_KEPT
    )
    ended = Decision.objects.filter(long_ago, changes=None)
    gone = list(ended.order_by("pk").values_list("pk", flat=True)[:1_000])
    Decision.objects.filter(pk__in=gone).delete()
    return len(keys) + len(gone)


def run_out(now: datetime) -> QuerySet[Decision]:
    """What is in force although its time is over, and what nobody answered for a day.

    The time of a proposal begins when somebody confirms it.
    """
    over = Q(state=DecisionState.IN_FORCE, until__lte=now)
    unanswered = Q(state=DecisionState.PROPOSED, created__lte=now - PROPOSED_FOR)
    return Decision.objects.filter(over | unanswered).order_by("until")


def of_dismissed_findings() -> QuerySet[Decision]:
    """What the policy decided because of a finding that somebody called a false alarm."""
    standing = (DecisionState.IN_FORCE, DecisionState.PROPOSED)
    rows = Decision.objects.filter(state__in=standing, level__gt=0)
    return rows.filter(finding__state=FindingState.DISMISSED)
