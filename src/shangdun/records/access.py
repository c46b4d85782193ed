"""Fetching and permission in one call; no page, command or action fetches a record otherwise.

A list a person may not see at all raises ``NotAllowed``; a record he may not see is ``NotFound``,
as if it did not exist, so that numbers tell nothing.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TypeVar

from django.db.models import QuerySet

from shangdun.kernel.errors import NotAllowed, NotFound
from shangdun.records.actor import Actor, person
from shangdun.records.configured_sources import configured_sources
from shangdun.records.models import Finding, Incident, LedgerEntry, RuleSetting, Source, User
from shangdun.records.models.sources import CONFIG_FIELDS
from shangdun.records.roles import Capability, Role

T = TypeVar("T")


def require(actor: Actor, *capabilities: Capability) -> None:
    """Raise ``NotAllowed`` unless the actor holds at least one of the capabilities."""
    if not actor.can(*capabilities):
        names = " or ".join(capability.value for capability in capabilities)
        raise NotAllowed(
            f"this needs the permission {names}",
            fix="ask an administrator for the role that has it",
        )


def visible_incidents(actor: Actor) -> QuerySet[Incident]:
    """All of them, or, for a person who can only report, his own reports."""
    if actor.can(Capability.VIEW_INCIDENTS):
        return Incident.objects.all()
    require(actor, Capability.REPORT_INCIDENT)
    return Incident.objects.filter(reporter=person(actor))


def real_incidents(actor: Actor) -> QuerySet[Incident]:
    """Those that are no drill: what every list, tally and figure is made of unless it says so."""
    return visible_incidents(actor).filter(drill=None)


def get_incident(actor: Actor, incident_id: int) -> Incident:
    incidents = visible_incidents(actor).select_related("assignee", "reporter")
    return _one(incidents.filter(pk=incident_id).first(), "incident", incident_id)


def get_incident_by_number(actor: Actor, number: int) -> Incident:
    incidents = visible_incidents(actor).select_related("assignee", "reporter")
    return _one(incidents.filter(number=number).first(), "incident", number)


def visible_findings(actor: Actor) -> QuerySet[Finding]:
    require(actor, Capability.VIEW_FINDINGS)
    return Finding.objects.all()


def get_finding(actor: Actor, finding_id: int) -> Finding:
    findings = visible_findings(actor).select_related("incident").prefetch_related("entities")
    return _one(findings.filter(pk=finding_id).first(), "finding", finding_id)


def visible_sources(actor: Actor) -> QuerySet[Source]:
    require(actor, Capability.VIEW_SOURCES)
    return Source.objects.all()


def get_source(actor: Actor, source_id: int) -> Source:
    return _one(visible_sources(actor).filter(pk=source_id).first(), "source", source_id)


def source_by_token(name: str, token: str) -> Source:
    """The enabled source that this ingest token opens; the token is the permission.

    One of ``shangdun.toml`` comes as a row that is not saved.
    """
    configured = configured_sources().get(name)
    if configured:
        fields = {field: getattr(configured, field) for field in CONFIG_FIELDS}
        row = Source(**fields, token_hash=token_hash(configured.token))
        source = row if row.http else None
    else:
        source = Source.objects.filter(name=name, http=True, enabled=True).first()
    if source is None or not hmac.compare_digest(source.token_hash, token_hash(token)):
        raise NotAllowed("the token opens no source of this name", fix="see the sources page")
    return source


def token_hash(token: str) -> str:
    """What is kept of an ingest token: SHA-256, in hex; it is random and long, so no salt."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def visible_rule_settings(actor: Actor) -> QuerySet[RuleSetting]:
    require(actor, Capability.VIEW_RULES)
    return RuleSetting.objects.all()


def visible_ledger(actor: Actor) -> QuerySet[LedgerEntry]:
    """Newest first."""
    require(actor, Capability.VIEW_LEDGER)
    return LedgerEntry.objects.order_by("-seq")


def visible_people(actor: Actor) -> QuerySet[User]:
    require(actor, Capability.VIEW_PEOPLE)
    return User.objects.order_by("username").prefetch_related("groups")


def get_person(actor: Actor, user_id: int) -> User:
    return _one(visible_people(actor).filter(pk=user_id).first(), "person", user_id)


def another_leads(actor: Actor) -> bool:
    """Whether somebody else of the leadership group could sign; otherwise one alone may."""
    others = User.objects.filter(is_active=True, groups__name=Role.LEADERSHIP.value)
    me = person(actor)
    return (others.exclude(pk=me.pk) if me else others).exists()


def another_can(actor: Actor, *capabilities: Capability) -> bool:
    """Whether somebody else could do what needs these; otherwise one alone must be able to."""
    me = person(actor)
    active = User.objects.filter(is_active=True)
    others = active.exclude(pk=me.pk) if me else active
    return any(one.can(*capabilities) for one in others.prefetch_related("groups"))


def assignable_people(actor: Actor) -> list[User]:
    """The active people who may handle an incident, for the choice on its page."""
    require(actor, Capability.VIEW_INCIDENTS)
    people = User.objects.filter(is_active=True).order_by("username").prefetch_related("groups")
    return [user for user in people if user.can(Capability.HANDLE_INCIDENTS)]


def _one(record: T | None, kind: str, identifier: int) -> T:
    if record is None:
        raise NotFound(f"there is no {kind} {identifier}", fix="check the number")
    return record
