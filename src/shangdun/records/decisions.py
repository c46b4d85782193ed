"""Decisions as they are read: lists, one of them, what is decided about somebody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec
from django.db.models import Case, Count, Q, QuerySet, When

from shangdun.detect.finding import Entity
from shangdun.kernel.clock import to_millis
from shangdun.kernel.errors import NotFound, UsageError
from shangdun.kernel.severity import Severity
from shangdun.protect.decision import read_appeal
from shangdun.protect.policy import Hold, Offence
from shangdun.protect.target import ON_THE_WIRE, Network, Target, TargetKind, supernets, target
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.models import Decision, DecisionState
from shangdun.records.roles import Capability

OVER = (
    DecisionState.EXPIRED,
    DecisionState.REPLACED,
    DecisionState.UNDONE,
    DecisionState.REFUSED,
)
JUDGED_AGAIN = 2_000
NAMED = (TargetKind.ACCOUNT, TargetKind.SESSION, TargetKind.DEVICE)


class Tally(msgspec.Struct, frozen=True):
    """How many of one author, by which a person can say yes or no to all of them."""

    author: str
    number: int


def visible_decisions(actor: Actor) -> QuerySet[Decision]:
    """Newest first; without the allows by which enforcers learn of never-block entries."""
    require(actor, Capability.VIEW_DECISIONS)
    rows = Decision.objects.exclude(author="system").select_related("person", "incident")
    return rows.order_by("-created", "-id")


def get_decision(actor: Actor, decision_id: int) -> Decision:
    """One decision by its row; raises ``NotFound``."""
    require(actor, Capability.VIEW_DECISIONS)
    rows = Decision.objects.select_related("person", "incident", "finding")
    row = rows.filter(pk=decision_id).first()
    if row is None:
        raise NotFound(f"there is no decision {decision_id}", fix="see the list")
    return row


def decision_by_uid(actor: Actor, uid: str) -> Decision:
    """One decision by its uid, its code or the beginning of its uid that nothing else has."""
    require(actor, Capability.VIEW_DECISIONS)
    code = read_appeal(uid)
    chosen = Q(appeal=code) if code else Q(uid__startswith=uid.strip().lower())
    found = list(Decision.objects.filter(chosen).order_by("-created")[:2]) if uid.strip() else []
    if len(found) != 1:
        raise NotFound(
            f"{'several decisions begin' if found else 'no decision begins'} with {uid[:40]!r}",
            fix="see shangdun decisions list",
        )
    return found[0]


def find_decisions(actor: Actor, text: str) -> QuerySet[Decision]:
    """What a person means who names a code, an address, an account or another target.

    Of an address also the ranges around it; newest first.
    """
    rows = visible_decisions(actor)
    text = text.strip()
    if code := read_appeal(text):
        return rows.filter(Q(appeal=code) | Q(kind__in=NAMED, value=text))
    network = _network(text)
    if network is not None:
        return rows.filter(kind__in=ON_THE_WIRE, value__in=supernets(network))
    named = Q(kind__in=NAMED, value=text)
    for kind in (TargetKind.COUNTRY, TargetKind.NETWORK):
        try:
            named |= Q(kind=kind, value=target(kind, text).value)
        except UsageError:
            continue
    return rows.filter(named)


def decisions_about(actor: Actor, entities: Iterable[Entity], size: int = 20) -> list[Decision]:
    """What stands about any of the entities, those in force first; one query.

    Of an address also what is decided about ranges around it.
    """
    require(actor, Capability.VIEW_DECISIONS)
    chosen = _about(entities)
    if chosen is None:
        return []
    rows = Decision.objects.filter(chosen).exclude(author="system")
    stands = Q(state__in=(DecisionState.IN_FORCE, DecisionState.PROPOSED))
    first = Case(When(stands, then=0), default=1)
    return list(rows.select_related("person", "incident").order_by(first, "-created", "-id")[:size])


def target_of(entity: Entity) -> Target | None:
    """Whom a decision about a finding's entity would name; None where none can be made."""
    try:
        return target(entity.kind, entity.value)
    except UsageError:
        return None


def waiting(actor: Actor) -> list[Tally]:
    """What waits for a person, by who proposed it, the most first."""
    require(actor, Capability.VIEW_DECISIONS)
    rows = Decision.objects.filter(state=DecisionState.PROPOSED).order_by()
    counted = rows.values_list("author").annotate(number=Count("pk")).order_by("-number", "author")
    return [Tally(author, number) for author, number in counted[:20]]


def waiting_for_customers(now: datetime) -> list[Offence]:
    """What is proposed since an hour only because nobody knew who pays, as offences once more."""
    rows = Decision.objects.filter(
        state=DecisionState.PROPOSED, held=Hold.UNKNOWN, created__gt=now - timedelta(hours=1)
    ).order_by("-created")
    return [
        Offence(
            target=Target(TargetKind(row.kind), row.value),
            rule=row.author.removeprefix("rule:"),
            title=row.reason,
            severity=Severity.HIGH if row.level == 1 else Severity.CRITICAL,
            time=to_millis(now),
            count=row.offences,
            finding=row.finding.uid if row.finding else "",
        )
        for row in rows.filter(level__gt=0).select_related("finding")[:JUDGED_AGAIN]
    ]


def number_waiting() -> int:
    """How many decisions wait for a person."""
    return Decision.objects.filter(state=DecisionState.PROPOSED).count()


def number_in_force(actor: Actor) -> int:
    """How many are in force, without the allows of never-block entries; from indexes alone."""
    require(actor, Capability.VIEW_DECISIONS)
    standing = Decision.objects.filter(state=DecisionState.IN_FORCE)
    return max(0, standing.count() - standing.filter(author="system").count())


def number_by_author(actor: Actor, author: str) -> int:
    """How many of an author stand: what one click would take back."""
    require(actor, Capability.VIEW_DECISIONS)
    standing = (DecisionState.IN_FORCE, DecisionState.PROPOSED)
    return Decision.objects.filter(author=author, state__in=standing).count()


def _about(entities: Iterable[Entity]) -> Q | None:
    values: dict[str, set[str]] = {}
    for entity in entities:
        one = target_of(entity)
        if one is None:
            continue
        network = one.network
        if network is None:
            values.setdefault(one.kind, set()).add(one.value)
        else:
            around = supernets(network)
            values.setdefault(TargetKind.ADDRESS, set()).update(around[:1])
            values.setdefault(TargetKind.RANGE, set()).update(around)
    chosen: Q | None = None
    for kind, texts in values.items():
        part = Q(kind=kind, value__in=sorted(texts))
        chosen = part if chosen is None else chosen | part
    return chosen


def _network(text: str) -> Network | None:
    try:
        return target("range" if "/" in text else "address", text).network
    except UsageError:
        return None
