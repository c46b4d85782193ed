"""Suppressions as they are read: what is in force, and which confirmed findings one would hide."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from shangdun.detect.finding import Entity
from shangdun.detect.finding import Finding as Detected
from shangdun.kernel.clock import to_millis
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.models import Finding, FindingState, Suppression
from shangdun.records.roles import Capability
from shangdun.respond.suppression import Scope

LOOKED_BACK = timedelta(days=90)
CONFIRMED_SEEN = 2_000
"""The newest confirmed findings that a scope is held against."""


def visible_suppressions(actor: Actor) -> QuerySet[Suppression]:
    """Newest first; who sees findings also sees which are kept from him."""
    require(actor, Capability.VIEW_FINDINGS)
    return Suppression.objects.select_related("author", "ended_by").order_by("-created", "-id")


def in_force(now: datetime) -> QuerySet[Suppression]:
    """Those that withhold at ``now``; one whose time is over is not among them by itself."""
    return Suppression.objects.filter(ended=None, until__gt=now).order_by("id")


def scope_of(row: Suppression) -> Scope:
    """What a stored suppression withholds."""
    return Scope(
        rule_uid=row.rule_uid, title=row.title, kind=row.kind, value=row.value, marker=row.marker
    )


def confirmed_within(scope: Scope, now: datetime) -> list[Finding]:
    """Findings of the last 90 days that a verdict confirmed and that the scope would have hidden.

    Newest first, without evidences, of the newest 2,000 confirmed ones.
    """
    rows = Finding.objects.filter(state=FindingState.CONFIRMED, time__gte=now - LOOKED_BACK)
    if scope.rule_uid:
        rows = rows.filter(rule_uid=scope.rule_uid)
    light = rows.order_by("-time", "-id").defer("evidences", "reasons", "sketch")
    newest = light.prefetch_related("entities")[:CONFIRMED_SEEN]
    return [row for row in newest if scope.holds(_seen(row))]


def _seen(row: Finding) -> Detected:
    return Detected(
        uid=row.uid,
        rule_uid=row.rule_uid,
        title=row.title,
        severity_id=row.severity,
        time=to_millis(row.time),
        first_time=to_millis(row.first_time),
        entities=[Entity(entity.kind, entity.value) for entity in row.entities.all()],
    )
