"""Every table, by context."""

from shangdun.records.models.accounts import User
from shangdun.records.models.findings import Finding, FindingEntity, FindingState
from shangdun.records.models.incidents import (
    Incident,
    IncidentEntity,
    IncidentState,
    IncidentType,
    TimelineEntry,
    TimelineKind,
    Verdict,
)
from shangdun.records.models.ledger import LedgerEntry
from shangdun.records.models.rules import RuleSetting
from shangdun.records.models.sources import Source
from shangdun.records.models.watch import WatchProgress

__all__ = [
    "Finding",
    "FindingEntity",
    "FindingState",
    "Incident",
    "IncidentEntity",
    "IncidentState",
    "IncidentType",
    "LedgerEntry",
    "RuleSetting",
    "Source",
    "TimelineEntry",
    "TimelineKind",
    "User",
    "Verdict",
    "WatchProgress",
]
