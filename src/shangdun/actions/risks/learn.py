"""What was seen, as evidence of how often a risk happens: incidents, and attempts apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Max, Q

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.actions.risks.changes import open_risk, reasoned
from shangdun.kernel.clock import Clock
from shangdun.records.access import get_incident_by_number
from shangdun.records.actor import Actor, person
from shangdun.records.models import (
    Finding,
    FindingState,
    Incident,
    Risk,
    RiskEvidence,
    RiskFrequency,
    Verdict,
)
from shangdun.records.risks import learned_of, measures_of
from shangdun.records.roles import Capability
from shangdun.respond.state import State

NOTED_AFTER = timedelta(days=7)
"""Exposure grows by itself: without anything new it is noted this often."""


@action(Capability.MANAGE_RISKS)
def do_judge_risk_evidence(
    actor: Actor,
    *,
    number: int,
    incident_number: int,
    counts: bool,
    reason: str,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[RiskEvidence]:
    """Say that an incident is, or is not, an event of this risk; the nightly look leaves it so."""
    risk = open_risk(actor, number, None, {})
    incident = get_incident_by_number(actor, incident_number)
    reason = reasoned(reason)[:500]
    now = clock.now()
    row = RiskEvidence.objects.filter(risk=risk, incident=incident).first()
    if row is not None and row.by_hand and (row.counts, row.reason) == (counts, reason):
        return Unchanged(row)
    row, _made = RiskEvidence.objects.update_or_create(
        risk=risk,
        incident=incident,
        defaults={
            "counts": counts, "by_hand": True, "reason": reason, "at": now, "by": person(actor),
        },
    )  # fmt: skip
    _note(risk, now)
    payload = {"incident": incident_number, "counts": counts, "reason_sha256": sealed(reason)}
    return Done(row, ("risk", number), now, payload)


@action(Capability.RUN_PLAYBOOKS)
def do_learn_risk_frequencies(actor: Actor, *, clock: Clock = SYSTEM_CLOCK) -> Outcome[int]:
    """Look through closed incidents and findings, and update every risk; how many changed."""
    del actor
    now = clock.now()
    risks = list(Risk.objects.filter(archived_at=None).order_by("number"))
    learning = [risk for risk in risks if risk.incident_types or risk.tags]
    seen = _incidents(learning)
    counted: dict[datetime, dict[str, _Counted]] = {}
    told = []
    for risk in learning:
        changed = _take_in(risk, seen, now)
        since = risk.observed_since or risk.created_at
        if since not in counted:
            counted[since] = _attempts(since, now)
        attempts = _matching(counted[since].values(), risk.tags) if risk.tags else 0
        changed |= attempts != risk.attempts
        risk.attempts, risk.learned_at = attempts, now
        risk.save(update_fields=["attempts", "learned_at"])
        _note(risk, now, always=changed)
        if changed:
            told.append(risk.number)
    if not told:
        return Unchanged(0)
    return Done(len(told), ("risk", "frequencies"), now, {"risks": told})


class _Seen(NamedTuple):
    """A real incident that is over, and the tags of the rules behind it."""

    incident: Incident
    tags: frozenset[str]


class _Counted(NamedTuple):
    """So many attempts that a rule saw."""

    tags: frozenset[str]
    attempts: int


def _incidents(risks: Iterable[Risk]) -> list[_Seen]:
    types = {one for risk in risks for one in risk.incident_types}
    if not types:
        return []
    rows = Incident.objects.filter(
        type__in=types, state=State.CLOSED.value, verdict=Verdict.TRUE_POSITIVE, drill=None,
        merged_into=None,
    ).order_by("number")  # fmt: skip
    incidents = list(rows)
    pairs = Finding.objects.filter(incident__in=incidents).values_list("incident_id", "rule_uid")
    rules: dict[int, set[str]] = {}
    for incident, rule in pairs.distinct():
        rules.setdefault(incident, set()).add(rule)
    tags = _tags({rule for found in rules.values() for rule in found})
    return [
        _Seen(one, frozenset().union(*(tags.get(rule, ()) for rule in rules.get(one.pk, ()))))
        for one in incidents
    ]


def _tags(rules: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """By rule: the tags of its newest finding."""
    newest = Finding.objects.filter(rule_uid__in=list(rules)).values("rule_uid")
    ids = [row["last"] for row in newest.annotate(last=Max("id"))]
    rows = Finding.objects.filter(pk__in=ids).values_list("rule_uid", "tags")
    return {rule: frozenset(str(tag).lower() for tag in tags) for rule, tags in rows}


def _take_in(risk: Risk, seen: Iterable[_Seen], now: datetime) -> bool:
    """Bring the risk's evidence up to date; whether anything changed."""
    since, types, tags = risk.observed_since or risk.created_at, risk.incident_types, set(risk.tags)
    fits = {
        one.incident.pk
        for one in seen
        if one.incident.type in types
        and one.incident.occurred_at >= since
        and (not tags or not tags.isdisjoint(one.tags))
    }
    standing = dict(risk.evidence.values_list("incident_id", "by_hand"))
    gone = [key for key, by_hand in standing.items() if not by_hand and key not in fits]
    fresh = fits - standing.keys()
    risk.evidence.filter(incident__in=gone).delete()
    RiskEvidence.objects.bulk_create(
        [RiskEvidence(risk=risk, incident_id=key, at=now) for key in sorted(fresh)]
    )
    return bool(gone or fresh)


def _attempts(since: datetime, now: datetime) -> dict[str, _Counted]:
    """By rule: findings that were no false alarm and became no incident that did harm.

    What is in an open incident, or in a drill, is nothing yet.
    """
    apart = Q(incident=None) & ~Q(state__in=(FindingState.DISMISSED, FindingState.WITHHELD))
    harmless = Q(incident__verdict=Verdict.BENIGN_POSITIVE, incident__drill=None)
    rows = Finding.objects.filter(apart | harmless, time__gte=since, time__lte=now)
    counts = dict(rows.values_list("rule_uid").annotate(n=Count("pk")).order_by())
    tags = _tags(counts)
    return {rule: _Counted(tags.get(rule, frozenset()), n) for rule, n in counts.items()}


def _matching(counted: Iterable[_Counted], tags: Iterable[str]) -> int:
    wanted = set(tags)
    return sum(one.attempts for one in counted if not wanted.isdisjoint(one.tags))


def _note(risk: Risk, now: datetime, *, always: bool = True) -> None:
    """Keep what is known now, for the history on the risk's page."""
    events = risk.evidence.filter(counts=True).count()
    known = learned_of(risk, measures_of(risk), events)
    if known is None:
        return
    last = risk.frequencies.order_by("-at").first()
    if not always and last is not None and now - last.at < NOTED_AFTER:
        return
    RiskFrequency.objects.create(
        risk=risk, at=now, prior_shape=known.prior.shape, prior_rate=known.prior.rate,
        events=events, attempts=known.evidence.attempts, success_share=known.evidence.share,
        years=known.evidence.years, shape=known.posterior.shape, rate=known.posterior.rate,
    )  # fmt: skip
