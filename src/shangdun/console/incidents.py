"""Incidents for pages: what waits for a person, titles in two languages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from shangdun.console.rulebook import RULEBOOK
from shangdun.kernel.severity import Severity
from shangdun.records.access import real_incidents, visible_incidents
from shangdun.records.models import Incident, User
from shangdun.records.models.incidents import IncidentState
from shangdun.records.roles import Capability
from shangdun.respond.storm import RULE

WAITING_SHOWN = 6
UNFINISHED = (IncidentState.REPORTED, IncidentState.TRIAGED, IncidentState.ACTIVE)
OPEN = (*UNFINISHED, IncidentState.CONTAINED)


def waiting_for(user: User) -> tuple[list[Incident], list[Incident]]:
    """Open incidents that are the person's, and those that are nobody's; worst first."""
    if not user.can(Capability.VIEW_INCIDENTS):
        return [], []
    real = real_incidents(user).filter(state__in=OPEN)
    unfinished = real.select_related("assignee")
    ordered = unfinished.order_by("-severity", "-last_activity")
    mine = list(ordered.filter(assignee=user)[:WAITING_SHOWN])
    nobodys = list(ordered.filter(assignee=None, state__in=UNFINISHED)[:WAITING_SHOWN])
    return mine, nobodys


def told(incidents: Iterable[Incident]) -> list[Incident]:
    """Give each incident its title in the page's language."""
    found = list(incidents)
    for incident in found:
        incident.shown_title = title_of(incident)  # type: ignore[attr-defined]  # for templates
    return found


def title_of(incident: Incident) -> str:
    """What it is called in the page's language: the rule that opened it, and whom it is about."""
    title = RULEBOOK.title(incident.rule_uid, "") if incident.rule_uid else ""
    if not title:
        return incident.title
    about = _("many at once") if incident.about_kind == RULE else incident.about_value
    return f"{title} · {about}" if about else title


def list_incidents(user: User, query: Any) -> QuerySet[Incident]:  # noqa: ANN401 - a QueryDict, or anything with get
    """The incidents that the page's filters ask for, the liveliest first."""
    incidents = visible_incidents(user).select_related("assignee", "reporter")
    which = query.get("show", "open")
    if which == "drills":
        return incidents.exclude(drill=None).order_by("-last_activity", "-id")
    incidents = incidents.filter(drill=None)
    if which == "open":
        incidents = incidents.filter(state__in=OPEN)
    elif which == "mine":
        incidents = incidents.filter(Q(assignee=user), state__in=OPEN)
    elif which == "unassigned":
        incidents = incidents.filter(assignee=None, state__in=OPEN)
    elif which in IncidentState.values:
        incidents = incidents.filter(state=which)
    wanted = {severity.name.lower(): int(severity) for severity in Severity}
    if severity := wanted.get(query.get("severity", "")):
        incidents = incidents.filter(severity=severity)
    words = query.get("q", "").strip()[:200]
    if words.lstrip("#").isdecimal() and len(words) < 10:
        incidents = incidents.filter(number=int(words.lstrip("#")))
    elif words:
        about = Q(entities__value=words, entities__kind__isnull=False)
        incidents = incidents.filter(Q(title__icontains=words) | about).distinct()
    return incidents.order_by("-last_activity", "-id")
