"""Vulnerabilities as they are read: what is open, what is overdue, one with its history."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Case, IntegerField, QuerySet, Value, When

from shangdun.assess.vulnerabilities.severity import WORST_FIRST
from shangdun.kernel.errors import NotFound
from shangdun.records.access import require
from shangdun.records.actor import Actor
from shangdun.records.messages import console_zone
from shangdun.records.models import Vulnerability, VulnerabilityState
from shangdun.records.roles import Capability

WORST: Case = Case(
    *(When(severity=grade.value, then=Value(place)) for place, grade in enumerate(WORST_FIRST)),
    default=Value(len(WORST_FIRST)),
    output_field=IntegerField(),
)


def visible_vulnerabilities(actor: Actor) -> QuerySet[Vulnerability]:
    """All of them: known exploited first, then the worst, then the one due first."""
    require(actor, Capability.VIEW_ASSETS)
    return _worst_first(Vulnerability.objects.all())


def open_vulnerabilities(actor: Actor) -> QuerySet[Vulnerability]:
    """What is to be gone: neither fixed nor accepted nor a false positive."""
    return visible_vulnerabilities(actor).filter(state=VulnerabilityState.OPEN)


def overdue_vulnerabilities(now: datetime) -> QuerySet[Vulnerability]:
    """Open past their day, the company's days; for checks and figures, which ask as nobody."""
    today = now.astimezone(console_zone()).date()
    return _worst_first(Vulnerability.objects.filter(state=VulnerabilityState.OPEN, due__lt=today))


def get_vulnerability(actor: Actor, number: int) -> Vulnerability:
    """One of them. Raises ``NotFound``."""
    found = visible_vulnerabilities(actor).filter(number=number).first()
    if found is None:
        raise NotFound(f"there is no vulnerability {number}", fix="see the list")
    return found


def _worst_first(rows: QuerySet[Vulnerability]) -> QuerySet[Vulnerability]:
    ordered = rows.annotate(worst=WORST).order_by("-known_exploited", "worst", "due", "number")
    return ordered.select_related("asset", "owner", "decided_by")
