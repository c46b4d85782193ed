"""Handing a report in: by session, or by the token of the report link, which needs no database."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Schema, Status
from ninja.security import HttpBearer

from shangdun.actions.report_incident import do_report_incident
from shangdun.console.api.ingest import Problem
from shangdun.console.api.reading import Person, person_of, router
from shangdun.console.outage import OUTAGE, is_outage
from shangdun.console.views.reporting import too_often
from shangdun.kernel.errors import UsageError
from shangdun.kernel.severity import Severity
from shangdun.records.models import User
from shangdun.records.report_link import opens_report
from shangdun.records.report_spool import keep, kept_from, receipt_of, uid_from
from shangdun.records.roles import Capability
from shangdun.respond.report import LONGEST_TITLE, Report, check_report

LONGEST_TOKEN = 100

reporting = router
"""Reading's own: one address has one handler for all its methods."""


class ReportToken(HttpBearer):
    """``Authorization: Bearer …``: the token in the address of the report link."""

    def authenticate(self, request: HttpRequest, token: str) -> str | None:
        del request
        known = len(token) <= LONGEST_TOKEN and opens_report(settings.HOME, token, timezone.now())
        return token if known else None


class Reporter(Person):
    """The session of a person who may report."""

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        user = super().authenticate(request, key)
        return user if user and user.can(Capability.REPORT_INCIDENT) else None


class ReportIn(Schema):
    """``uid`` (32 hex digits) makes it safe to send again; ``severity_id`` is OCSF's."""

    title: str = Field(max_length=LONGEST_TITLE)
    type: Literal["data_breach", "network_attack", "system_failure", "insider_threat"]
    severity_id: int = Field(default=int(Severity.MEDIUM), ge=1, le=6)
    occurred_at: datetime | None = None
    affected: str = Field(default="", max_length=5000)
    description: str = Field(default="", max_length=20_000)
    contact: str = Field(default="", max_length=200)
    uid: str = Field(default="", pattern=r"^([0-9a-f]{32})?$")


class Received(Schema):
    """``incident`` is null while the report is kept in a file; it is opened within seconds."""

    receipt: str
    incident: int | None = None


ANSWERS: Any = {
    201: Received, 202: Received, 400: Problem, 401: Problem, 403: Problem, 429: Problem,
}  # fmt: skip


@reporting.post(
    "/incidents",
    tags=["incidents"],
    auth=[ReportToken(), Reporter(csrf=True)],
    response=ANSWERS,
    summary="Report an incident",
)
def report(request: HttpRequest, given: ReportIn) -> Status[Received]:
    """202: it is on the disk and will be opened, once, also while the database is down.

    201 (with a session): it is an incident already. Send the same `uid` again when unsure.
    """
    now = timezone.now()
    filled = Report(
        title=given.title,
        type=given.type,
        severity=given.severity_id,
        occurred_at=given.occurred_at,
        affected=given.affected,
        description=given.description,
    )
    check_report(filled, now)
    uid = uid_from(given.uid)
    if isinstance(getattr(request, "auth", None), str):
        if too_often(request):
            raise UsageError("too many reports came at once", code="report.often", fix="wait")
        keep(settings.HOME, kept_from(filled, uid=uid, via="api", at=now, contact=given.contact))
        return Status(202, Received(receipt=receipt_of(uid)))
    person = person_of(request)
    try:
        incident = do_report_incident(person, filled, uid=uid, via="api")
    except (DatabaseError, InterfaceError) as error:
        if not is_outage(error):
            raise
        OUTAGE.note()
        keep(settings.HOME, kept_from(filled, uid=uid, via="api", at=now, reporter=person.pk))
        return Status(202, Received(receipt=receipt_of(uid)))
    return Status(201, Received(receipt=receipt_of(uid), incident=incident.number))
