"""Bearing a risk as it stands: by somebody entitled, for a time, until it rises."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import msgspec

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.incident_changes import sealed
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.actions.risks.changes import open_risk, reasoned, today_at, worded
from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import NotAllowed, UsageError
from shangdun.records.actor import Actor, person
from shangdun.records.conflict import EditConflict
from shangdun.records.models import Risk, RiskAcceptance, RiskAcceptanceEnd, User
from shangdun.records.owned import owned_lately
from shangdun.records.risks import get_risk, standing_of, standings
from shangdun.records.roles import Capability
from shangdun.respond.groups import Group

LONGEST_DAYS = 366
"""Nobody bears anything for longer without looking again."""


class Bearing(msgspec.Struct, kw_only=True, frozen=True):
    """Until when a risk is borne, and why."""

    until: date
    reason: str
    conditions: str = ""


@action(Capability.ACCEPT_RISKS)
def do_accept_risk(
    actor: Actor,
    wanted: Bearing,
    *,
    number: int,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[RiskAcceptance]:
    """Bear a risk at its level of today. Its owner does not, where somebody else may.

    Raises ``UsageError``: ``accept.rated``, ``.until``; ``NotAllowed`` (``accept.own``).
    """
    now = clock.now()
    reason, conditions = reasoned(wanted.reason), worded(wanted.conditions)
    risk = open_risk(actor, number, version, {})
    stands = standing_of(actor, number)
    if stands.now is None:
        raise UsageError("it was not rated yet", code="accept.rated", fix="assess it first")
    today = today_at(now)
    if not today < wanted.until or (wanted.until - today).days > LONGEST_DAYS:
        raise UsageError(
            "it is borne for a time", code="accept.until", where="until",
            fix="a day after today, within a year",
        )  # fmt: skip
    _refuse_owner(actor, risk, now)
    before = stands.acceptance
    if (
        before is not None
        and before.approver == person(actor)
        and (before.reason, before.conditions) == (reason, conditions)
        and (before.expires_on, before.level) == (wanted.until, stands.now.level)
    ):
        return Unchanged(before)
    if before is not None:
        _end(before, RiskAcceptanceEnd.REPLACED, now)
    yearly = stands.yearly()
    made = RiskAcceptance.objects.create(
        risk=risk, approver=person(actor), level=stands.now.level,
        yearly_loss=None if yearly is None else Decimal(round(yearly)),
        reason=reason, conditions=conditions, accepted_at=now, expires_on=wanted.until,
    )  # fmt: skip
    payload = {"level": made.level, "until": str(made.expires_on), "reason_sha256": sealed(reason)}
    return Done(made, ("risk", number), now, payload)


@action(Capability.ACCEPT_RISKS)
def do_withdraw_risk_acceptance(
    actor: Actor,
    *,
    number: int,
    reason: str,
    version: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outcome[Risk]:
    """Bear it no longer: it wants treatment again."""
    risk = get_risk(actor, number)
    standing = risk.acceptances.filter(ended_at=None).first()
    if standing is None:
        return Unchanged(risk)
    if version is not None and version != standing.version:
        raise EditConflict(
            "somebody changed this acceptance meanwhile",
            where=str(risk),
            mine={"version": version},
            theirs={"version": standing.version},
        )
    now = clock.now()
    reason = reasoned(reason)
    _end(standing, RiskAcceptanceEnd.WITHDRAWN, now, reason)
    return Done(risk, ("risk", number), now, {"reason_sha256": sealed(reason)})


@action(Capability.RUN_PLAYBOOKS)
def do_expire_risk_acceptances(actor: Actor, *, clock: Clock = SYSTEM_CLOCK) -> Outcome[int]:
    """End acceptances whose last day is over or whose risk rose; tell owner and approver."""
    now = clock.now()
    today = today_at(now)
    ended = []
    for stands in standings(actor):
        borne = stands.acceptance
        if borne is None:
            continue
        risen = stands.now is not None and stands.now.level > borne.level
        if borne.expires_on >= today and not risen:
            continue
        why = RiskAcceptanceEnd.RISEN if risen else RiskAcceptanceEnd.EXPIRED
        _end(borne, why, now)
        _tell(stands.risk, borne, now)
        ended.append(f"{stands.risk.number}:{why.value}")
    if not ended:
        return Unchanged(0)
    return Done(len(ended), ("risk", "acceptances"), now, {"ended": ended})


def _refuse_owner(actor: Actor, risk: Risk, now: datetime) -> None:
    me = person(actor)
    if me is None:
        return
    if risk.owner_id != me.pk and not owned_lately(me, ("risk", risk.number), "change_risk", now):
        return
    others = User.objects.filter(is_active=True).exclude(pk=me.pk)
    if any(one.can(Capability.ACCEPT_RISKS) for one in others.prefetch_related("groups")):
        raise NotAllowed(
            "its owner does not bear a risk alone",
            code="accept.own",
            fix="another person who may accept risks decides",
        )


def _end(borne: RiskAcceptance, why: RiskAcceptanceEnd, now: datetime, reason: str = "") -> None:
    borne.ended_at, borne.ended_why, borne.end_reason = now, why, reason
    borne.version += 1
    borne.save(update_fields=["ended_at", "ended_why", "end_reason", "version"])


def _tell(risk: Risk, borne: RiskAcceptance, now: datetime) -> None:
    people = {one for one in (risk.owner_id, borne.approver_id) if one is not None}
    queue_message(
        Notice(
            kind="risk_acceptance_ended",
            incident=None,
            groups=() if people else (Group.LEADERSHIP,),
            key=f"risk_acceptance_ended:{borne.pk}",
            people=tuple(sorted(people)),
            data={
                "risk": str(risk),
                "until": str(borne.expires_on),
                "why": {
                    "zh": "风险等级已高于接受时的等级"
                    if borne.ended_why == "risen"
                    else "接受期限已到",
                    "en": "it rose above what was accepted"
                    if borne.ended_why == "risen"
                    else "the time for which it was accepted is over",
                },
                "path": f"/risks/{risk.number}/",
            },
        ),
        now,
    )
