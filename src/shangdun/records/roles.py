"""Who may do what: the emergency plan's groups, and no more than each needs.

The plan's leadership group assesses and orders; technical support acts; customer service, legal
and logistics follow an incident and add their part; any employee reports. Beside the plan stand two
offices that audits ask to keep apart: the administrator, who looks after accounts, sources and
rules, and the auditor, who reads everything and changes nothing. No capability changes the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Role(StrEnum):
    """Names of the Django groups that the migration seeds."""

    LEADERSHIP = "leadership"
    TECHNICAL_SUPPORT = "technical_support"
    CUSTOMER_SERVICE = "customer_service"
    LEGAL = "legal"
    LOGISTICS = "logistics"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    EMPLOYEE = "employee"

    @property
    def label(self) -> Promise:
        return ROLE_LABELS[self]


ROLE_LABELS: dict[Role, Promise] = {
    Role.LEADERSHIP: _("Leadership group"),
    Role.TECHNICAL_SUPPORT: _("Technical support"),
    Role.CUSTOMER_SERVICE: _("Customer service"),
    Role.LEGAL: _("Legal"),
    Role.LOGISTICS: _("Logistics"),
    Role.ADMINISTRATOR: _("Administrator"),
    Role.AUDITOR: _("Auditor"),
    Role.EMPLOYEE: _("Employee"),
}


class Capability(StrEnum):
    """One thing that a page or an action asks for."""

    VIEW_OVERVIEW = "view_overview"
    VIEW_FINDINGS = "view_findings"
    SEARCH_EVENTS = "search_events"
    VIEW_INCIDENTS = "view_incidents"
    REPORT_INCIDENT = "report_incident"
    COMMENT_INCIDENTS = "comment_incidents"
    HANDLE_INCIDENTS = "handle_incidents"
    ORDER_INCIDENTS = "order_incidents"
    VIEW_SOURCES = "view_sources"
    MANAGE_SOURCES = "manage_sources"
    VIEW_ENFORCERS = "view_enforcers"
    MANAGE_ENFORCERS = "manage_enforcers"
    VIEW_RULES = "view_rules"
    MANAGE_RULES = "manage_rules"
    VIEW_LEDGER = "view_ledger"
    SIGN_LEDGER = "sign_ledger"
    VIEW_PEOPLE = "view_people"
    MANAGE_PEOPLE = "manage_people"
    VIEW_SETTINGS = "view_settings"
    VIEW_DECISIONS = "view_decisions"
    DECIDE = "decide"
    """Turn away, slow down, let in, undo; and say who is never turned away."""
    WORK_TASKS = "work_tasks"
    """Take, do and hand on tasks of the response; add evidence; write one's group's part."""
    VIEW_DOCUMENTS = "view_documents"
    MANAGE_DOCUMENTS = "manage_documents"
    APPROVE_DOCUMENTS = "approve_documents"
    VIEW_PLAYBOOKS = "view_playbooks"
    MANAGE_PLAYBOOKS = "manage_playbooks"
    VIEW_ORGANISATION = "view_organisation"
    MANAGE_ORGANISATION = "manage_organisation"
    VIEW_CHANNELS = "view_channels"
    MANAGE_CHANNELS = "manage_channels"
    STATE_FACTS = "state_facts"
    """Say what is known of an incident: people, data, loss; grade and clocks follow from it."""
    HANDLE_EVIDENCE = "handle_evidence"
    READ_AFFECTED = "read_affected"
    """Customers' data: who is affected, with names and addresses."""
    PREPARE_NOTICES = "prepare_notices"
    APPROVE_NOTICES_LEGALLY = "approve_notices_legally"
    APPROVE_NOTICES = "approve_notices"
    HANDLE_COMPLAINTS = "handle_complaints"
    SUBMIT_REPORTS = "submit_reports"
    """Report to a regulator and keep the proof."""
    VIEW_LEGAL = "view_legal"
    HANDLE_LEGAL = "handle_legal"
    VIEW_SUPPLIES = "view_supplies"
    REQUEST_SUPPLIES = "request_supplies"
    MANAGE_SUPPLIES = "manage_supplies"
    SIGN_REPORTS = "sign_reports"
    VIEW_DRILLS = "view_drills"
    MANAGE_DRILLS = "manage_drills"
    VIEW_MANAGEMENT = "view_management"
    """The page for management: where the whole plan stands."""
    VIEW_PROGRAMMES = "view_programmes"
    MANAGE_PROGRAMMES = "manage_programmes"
    WORK_PLAN = "work_plan"
    """See and report on the subtasks one owns; take part in meetings, trainings, decisions."""
    VIEW_MONEY = "view_money"
    MANAGE_MONEY = "manage_money"
    VIEW_RISKS = "view_risks"
    MANAGE_RISKS = "manage_risks"
    ACCEPT_RISKS = "accept_risks"
    VIEW_ASSETS = "view_assets"
    MANAGE_ASSETS = "manage_assets"
    """The inventory, and the vulnerabilities found in it."""
    VIEW_COMPLIANCE = "view_compliance"
    MANAGE_COMPLIANCE = "manage_compliance"
    ASSESS_COMPLIANCE = "assess_compliance"
    """Judge yearly whether a duty is kept: one's own judgement, which changes nothing judged."""
    VIEW_CONTROLS = "view_controls"
    MANAGE_CONTROLS = "manage_controls"
    VIEW_MEETINGS = "view_meetings"
    MANAGE_MEETINGS = "manage_meetings"
    VIEW_REPORTS = "view_reports"
    MANAGE_REPORTS = "manage_reports"
    VIEW_MEASURES = "view_measures"
    MANAGE_MEASURES = "manage_measures"
    MANAGE_SURVEYS = "manage_surveys"
    VIEW_COMMUNICATION = "view_communication"
    MANAGE_COMMUNICATION = "manage_communication"
    READ_KNOWLEDGE = "read_knowledge"
    WRITE_KNOWLEDGE = "write_knowledge"
    SUGGEST = "suggest"
    ANSWER_SUGGESTIONS = "answer_suggestions"
    RECORD_FINDINGS = "record_findings"
    """No role has it: only the watch itself writes what rules saw."""
    DECIDE_BY_POLICY = "decide_by_policy"
    """No role has it: what nobody looked at is decided by the policy, within its bounds."""
    RUN_PLAYBOOKS = "run_playbooks"
    """No role has it: steps that run by themselves, reminders, escalations, deliveries."""


_READ_ALL = frozenset(c for c in Capability if c.value.startswith(("view_", "search_", "read_k")))
EVERYBODY = frozenset(
    {
        Capability.REPORT_INCIDENT,
        Capability.VIEW_DOCUMENTS,
        Capability.WORK_PLAN,
        Capability.READ_KNOWLEDGE,
        Capability.SUGGEST,
    }
)
"""What any employee does: report, read, do one's part of the plan, suggest something better."""
_FOLLOW = EVERYBODY | frozenset(
    {
        Capability.VIEW_OVERVIEW,
        Capability.VIEW_INCIDENTS,
        Capability.COMMENT_INCIDENTS,
        Capability.WORK_TASKS,
        Capability.STATE_FACTS,
        Capability.HANDLE_EVIDENCE,
        Capability.VIEW_PLAYBOOKS,
        Capability.VIEW_ORGANISATION,
        Capability.VIEW_SUPPLIES,
        Capability.REQUEST_SUPPLIES,
        Capability.VIEW_DRILLS,
        Capability.VIEW_PROGRAMMES,
        Capability.VIEW_CONTROLS,
        Capability.VIEW_MEETINGS,
        Capability.VIEW_MEASURES,
        Capability.VIEW_COMMUNICATION,
        Capability.WRITE_KNOWLEDGE,
    }
)
"""What each of the plan's groups does in a response, whatever else it may."""

ROLE_CAPABILITIES: dict[Role, frozenset[Capability]] = {
    # Assesses and orders (plan, section 四.2): sees everything, assigns, starts and ends the plan.
    Role.LEADERSHIP: (_READ_ALL - {Capability.SEARCH_EVENTS})
    | _FOLLOW
    | {
        Capability.ORDER_INCIDENTS,
        Capability.DECIDE,
        Capability.SIGN_LEDGER,
        Capability.MANAGE_DOCUMENTS,
        Capability.APPROVE_DOCUMENTS,
        Capability.MANAGE_PLAYBOOKS,
        Capability.MANAGE_ORGANISATION,
        Capability.READ_AFFECTED,
        Capability.APPROVE_NOTICES,
        Capability.SUBMIT_REPORTS,
        Capability.SIGN_REPORTS,
        Capability.MANAGE_DRILLS,
        Capability.MANAGE_PROGRAMMES,
        Capability.MANAGE_MONEY,
        Capability.MANAGE_RISKS,
        Capability.ACCEPT_RISKS,
        Capability.MANAGE_ASSETS,
        Capability.MANAGE_COMPLIANCE,
        Capability.MANAGE_CONTROLS,
        Capability.MANAGE_MEETINGS,
        Capability.MANAGE_REPORTS,
        Capability.MANAGE_MEASURES,
        Capability.MANAGE_SURVEYS,
        Capability.MANAGE_COMMUNICATION,
        Capability.ANSWER_SUGGESTIONS,
    },
    # Acts (section 三.二): needs raw events to restore service and close holes.
    Role.TECHNICAL_SUPPORT: _FOLLOW
    | {
        Capability.VIEW_FINDINGS,
        Capability.SEARCH_EVENTS,
        Capability.HANDLE_INCIDENTS,
        Capability.VIEW_DECISIONS,
        Capability.DECIDE,
        Capability.VIEW_SOURCES,
        Capability.VIEW_ENFORCERS,
        Capability.VIEW_RULES,
        Capability.MANAGE_DOCUMENTS,
        Capability.MANAGE_PLAYBOOKS,
        Capability.READ_AFFECTED,
        Capability.MANAGE_DRILLS,
        Capability.VIEW_RISKS,
        Capability.MANAGE_RISKS,
        Capability.VIEW_ASSETS,
        Capability.MANAGE_ASSETS,
        Capability.MANAGE_CONTROLS,
        Capability.VIEW_REPORTS,
        Capability.MANAGE_MEETINGS,
    },
    # Talks to customers, also to those who were turned away and name the code they were shown.
    Role.CUSTOMER_SERVICE: _FOLLOW
    | {
        Capability.VIEW_DECISIONS,
        Capability.READ_AFFECTED,
        Capability.PREPARE_NOTICES,
        Capability.HANDLE_COMPLAINTS,
        Capability.MANAGE_SURVEYS,
    },
    # Assess liability, bring what is needed: they follow incidents and add to them; raw findings
    # and events hold customers' data that they do not need.
    Role.LEGAL: _FOLLOW
    | {
        Capability.READ_AFFECTED,
        Capability.APPROVE_NOTICES_LEGALLY,
        Capability.SUBMIT_REPORTS,
        Capability.VIEW_LEGAL,
        Capability.HANDLE_LEGAL,
        Capability.VIEW_RISKS,
        Capability.VIEW_COMPLIANCE,
        Capability.MANAGE_COMPLIANCE,
        Capability.ASSESS_COMPLIANCE,
        Capability.VIEW_REPORTS,
    },
    # Buys and brings: sees what things cost.
    Role.LOGISTICS: _FOLLOW | {Capability.MANAGE_SUPPLIES, Capability.VIEW_MONEY},
    # Runs the system, not the incidents: no handling, no raw events.
    Role.ADMINISTRATOR: (_READ_ALL - {Capability.SEARCH_EVENTS})
    | EVERYBODY
    | {
        Capability.MANAGE_SOURCES,
        Capability.MANAGE_ENFORCERS,
        Capability.MANAGE_RULES,
        Capability.MANAGE_PEOPLE,
        Capability.SIGN_LEDGER,
        Capability.MANAGE_ORGANISATION,
        Capability.MANAGE_CHANNELS,
    },
    # Reads everything, changes nothing; not even a comment. The yearly judgement of the internal
    # audit is its own record.
    Role.AUDITOR: _READ_ALL | {Capability.ASSESS_COMPLIANCE},
    # Reports, and sees what became of his own reports; does his own part of the plan.
    Role.EMPLOYEE: EVERYBODY,
}


def capabilities_of(roles: Iterable[Role]) -> frozenset[Capability]:
    """What the roles allow together."""
    return frozenset().union(*(ROLE_CAPABILITIES[role] for role in roles))
