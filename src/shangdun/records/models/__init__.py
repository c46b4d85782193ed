"""Every table, by context."""

from shangdun.records.models.accounts import User
from shangdun.records.models.decisions import (
    ConsoleAddress,
    Decision,
    DecisionChange,
    DecisionState,
    NeverBlock,
    OffenceBatch,
)
from shangdun.records.models.enforcers import Enforcer, EnforcerKind
from shangdun.records.models.findings import Finding, FindingEntity, FindingState
from shangdun.records.models.hunts import HuntRun
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
from shangdun.records.models.messages import (
    Channel,
    ChannelLanguage,
    Delivery,
    DeliveryState,
    InboxItem,
    Message,
    MessageSettings,
    ReportReceipt,
    Urgency,
)
from shangdun.records.models.probes import Probe
from shangdun.records.models.proofs import ProofCause, ProofRun, ProofState
from shangdun.records.models.response import Company, Drill, FactsChange
from shangdun.records.models.risk import EntityRisk, Judgement, Reduction
from shangdun.records.models.rules import (
    DocumentKind,
    DocumentOrigin,
    ImportChange,
    ImportState,
    RuleDocument,
    RuleGeneration,
    RuleImport,
    RuleImportItem,
    RuleList,
    RuleListEntry,
    RuleSetting,
    RuleVersion,
)
from shangdun.records.models.runs import (
    AttemptState,
    PlanGroup,
    PlaybookRun,
    RunState,
    StepAttempt,
    Task,
    TaskState,
)
from shangdun.records.models.sale_events import SaleEvent
from shangdun.records.models.searches import SavedSearch
from shangdun.records.models.sources import Source
from shangdun.records.models.suppressions import Suppression
from shangdun.records.models.watch import WatchProgress

__all__ = [
    "AttemptState",
    "Channel",
    "ChannelLanguage",
    "Company",
    "ConsoleAddress",
    "Decision",
    "DecisionChange",
    "DecisionState",
    "Delivery",
    "DeliveryState",
    "DocumentKind",
    "DocumentOrigin",
    "Drill",
    "Enforcer",
    "EnforcerKind",
    "EntityRisk",
    "FactsChange",
    "Finding",
    "FindingEntity",
    "FindingState",
    "HuntRun",
    "ImportChange",
    "ImportState",
    "InboxItem",
    "Incident",
    "IncidentEntity",
    "IncidentState",
    "IncidentType",
    "Judgement",
    "LedgerEntry",
    "Message",
    "MessageSettings",
    "NeverBlock",
    "OffenceBatch",
    "PlanGroup",
    "PlaybookRun",
    "Probe",
    "ProofCause",
    "ProofRun",
    "ProofState",
    "Reduction",
    "ReportReceipt",
    "RuleDocument",
    "RuleGeneration",
    "RuleImport",
    "RuleImportItem",
    "RuleList",
    "RuleListEntry",
    "RuleSetting",
    "RuleVersion",
    "RunState",
    "SaleEvent",
    "SavedSearch",
    "Source",
    "StepAttempt",
    "Suppression",
    "Task",
    "TaskState",
    "TimelineEntry",
    "TimelineKind",
    "Urgency",
    "User",
    "Verdict",
    "WatchProgress",
]
