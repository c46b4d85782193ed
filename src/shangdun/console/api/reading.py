"""Reading findings and incidents with the session of a person who is signed in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.security import SessionAuth

from shangdun.console.evidence import evidences_for, reasons_for
from shangdun.console.findings import entitle, list_findings, read_wanted
from shangdun.console.incidents import list_incidents, title_of
from shangdun.console.words import severity_key
from shangdun.records.access import get_finding, get_incident_by_number
from shangdun.records.models import Finding, Incident, User

LISTED = 50


class Person(SessionAuth):
    """The browser's session; the page's own limits hold here too."""

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        del key
        return request.user if isinstance(request.user, User) else None


router = Router(auth=Person(csrf=False))


class EntityOut(Schema):
    kind: str
    value: str


class FindingOut(Schema):
    """A finding in the list; ``subjects`` is more than one where a storm was folded."""

    id: int
    uid: str
    rule_uid: str
    title: str
    severity_id: int
    severity: str
    state: str
    verdict: str
    time: datetime
    first_time: datetime
    count: int
    subjects: int
    incident: int | None
    entities: list[EntityOut]


class FindingDetail(FindingOut):
    """With its reasons and its evidences."""

    tags: list[str]
    reasons: list[dict[str, Any]]
    evidences: list[dict[str, Any]]


class FindingPage(Schema):
    """``after`` asks for the next page: `?after=…`."""

    findings: list[FindingOut]
    after: str


class IncidentOut(Schema):
    number: int
    title: str
    type: str
    severity_id: int
    state: str
    verdict: str
    assignee: str | None
    occurred_at: datetime
    last_activity: datetime
    finding_count: int
    merged_into: int | None
    version: int


@router.get("/findings", response=FindingPage, tags=["findings"], summary="Findings, newest first")
def findings(
    request: HttpRequest,
    severity: str = "",
    state: str = "",
    rule: str = "",
    entity: str = "",
    after: str = "",
) -> dict[str, Any]:
    """`severity` is a name (high), `entity` is kind:value (address:203.0.113.9)."""
    query = {"severity": severity, "state": state, "rule": rule, "entity": entity, "after": after}
    person = person_of(request)
    page = list_findings(person, read_wanted(person, query))
    return {"findings": [_finding(found) for found in page.findings], "after": page.older}


@router.get(
    "/findings/{finding_id}", response=FindingDetail, tags=["findings"], summary="One finding"
)
def finding(request: HttpRequest, finding_id: int) -> dict[str, Any]:
    """With the reasons why it matched, and the events behind it for those who may search events."""
    person = person_of(request)
    found = get_finding(person, finding_id)
    entitle([found])
    return {
        **_finding(found),
        "tags": found.tags,
        "reasons": reasons_for(person, found),
        "evidences": evidences_for(person, found),
    }


@router.get("/incidents", response=list[IncidentOut], tags=["incidents"], summary="Incidents")
def incidents(request: HttpRequest, show: str = "open", severity: str = "") -> list[dict[str, Any]]:
    """The 50 liveliest; `show` is open, mine, unassigned, all, or a state."""
    query = {"show": show, "severity": severity}
    return [_incident(found) for found in list_incidents(person_of(request), query)[:LISTED]]


@router.get("/incidents/{number}", response=IncidentOut, tags=["incidents"], summary="One incident")
def incident(request: HttpRequest, number: int) -> dict[str, Any]:
    """By the number that people call it by."""
    return _incident(get_incident_by_number(person_of(request), number))


def person_of(request: HttpRequest) -> User:
    """Who asks; the router has let in nobody else."""
    if not isinstance(request.user, User):
        raise TypeError("the router lets only people in")
    return request.user


def _finding(found: Finding) -> dict[str, Any]:
    entities = getattr(found, "shown_entities", [])
    return {
        "id": found.pk,
        "uid": found.uid,
        "rule_uid": found.rule_uid,
        "title": getattr(found, "shown_title", found.title),
        "severity_id": found.severity,
        "severity": severity_key(found.severity),
        "state": found.state,
        "verdict": found.verdict,
        "time": found.time,
        "first_time": found.first_time,
        "count": found.count,
        "subjects": found.subjects,
        "incident": found.incident.number if found.incident else None,
        "entities": [{"kind": entity.kind, "value": entity.value} for entity in entities],
    }


def _incident(found: Incident) -> dict[str, Any]:
    return {
        "number": found.number,
        "title": title_of(found),
        "type": found.type,
        "severity_id": found.severity,
        "state": found.state,
        "verdict": found.verdict,
        "assignee": found.assignee.username if found.assignee else None,
        "occurred_at": found.occurred_at,
        "last_activity": found.last_activity,
        "finding_count": found.finding_count,
        "merged_into": found.merged_into.number if found.merged_into else None,
        "version": found.version,
    }
