"""Vulnerabilities as rows: made of findings, brought up to date, moved, with their history."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Max

from shangdun.assess.vulnerabilities.compare import COMPARED
from shangdun.assess.vulnerabilities.found import Found
from shangdun.assess.vulnerabilities.severity import Grade, due_on
from shangdun.records.actor import Actor, person
from shangdun.records.assets import asset_settings
from shangdun.records.messages import console_zone
from shangdun.records.models import (
    Vulnerability,
    VulnerabilityAct,
    VulnerabilityEvent,
    VulnerabilityImport,
    VulnerabilityState,
)
from shangdun.records.stored_text import clean_text

REPORTED = (*COMPARED, "known_exploited", "due")
"""What a report may write of a row that is there."""


class DueDates:
    """Until when, as the company has it."""

    def __init__(self) -> None:
        self._settings = asset_settings()
        self._zone = console_zone()

    def day(self, moment: datetime) -> date:
        """The company's day."""
        return moment.astimezone(self._zone).date()

    def of(self, severity: str, opened_at: datetime, *, known_exploited: bool) -> date | None:
        """Of something opened then."""
        return due_on(
            Grade(severity),
            self.day(opened_at),
            known_exploited=known_exploited,
            days=self._settings.due_days,
            known_exploited_days=self._settings.known_exploited_days,
        )


def next_number() -> int:
    """The number of the next one."""
    highest = Vulnerability.objects.aggregate(top=Max("number"))["top"]
    return (highest or 0) + 1


def of_found(found: Found, now: datetime, due: DueDates) -> Vulnerability:
    """A row of a finding; number, tool, scope and asset are the caller's."""
    row = Vulnerability(identity=found.identity, first_seen=now, last_seen=now, opened_at=now)
    bring_up_to_date(row, found, due)
    return row


def bring_up_to_date(row: Vulnerability, found: Found, due: DueDates) -> None:
    """What the report says of it now; a day that a person set stays."""
    for name in COMPARED:
        value = getattr(found, name)
        setattr(row, name, clean_text(value) if isinstance(value, str) else value)
    row.severity = found.severity.value
    row.known_exploited = row.known_exploited or found.known_exploited
    if not row.due_by_hand:
        row.due = found.due or due.of(
            row.severity, row.opened_at, known_exploited=row.known_exploited
        )


def reopen(row: Vulnerability, now: datetime, due: DueDates) -> None:
    """It is open again, from today on."""
    row.state = VulnerabilityState.OPEN
    row.opened_at = now
    row.fixed_at = None
    row.reason, row.decided_by, row.decided_at, row.expires_on = "", None, None, None
    row.due_by_hand = False
    row.due = due.of(row.severity, now, known_exploited=row.known_exploited)


def event_of(
    row: Vulnerability,
    act: VulnerabilityAct,
    actor: Actor,
    at: datetime,
    *,
    note: str = "",
    report: VulnerabilityImport | None = None,
) -> VulnerabilityEvent:
    """A line of its history, not saved."""
    return VulnerabilityEvent(
        vulnerability=row, at=at, act=act, by=person(actor), report=report,
        note=clean_text(note.strip())[:1000],
    )  # fmt: skip
