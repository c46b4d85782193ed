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
    RECORD_FINDINGS = "record_findings"
    """No role has it: only the watch itself writes what rules saw."""
    DECIDE_BY_POLICY = "decide_by_policy"
    """No role has it: what nobody looked at is decided by the policy, within its bounds."""


_READ_ALL = frozenset(c for c in Capability if c.value.startswith(("view_", "search_")))
_FOLLOW = frozenset(
    {
        Capability.VIEW_OVERVIEW,
        Capability.VIEW_INCIDENTS,
        Capability.COMMENT_INCIDENTS,
        Capability.REPORT_INCIDENT,
    }
)

ROLE_CAPABILITIES: dict[Role, frozenset[Capability]] = {
    # Assesses and orders (plan, section 四.2): sees everything, assigns, starts and ends the plan.
    Role.LEADERSHIP: (_READ_ALL - {Capability.SEARCH_EVENTS})
    | _FOLLOW
    | {Capability.ORDER_INCIDENTS, Capability.DECIDE, Capability.SIGN_LEDGER},
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
    },
    # Talks to customers, also to those who were turned away and name the code they were shown.
    Role.CUSTOMER_SERVICE: _FOLLOW | {Capability.VIEW_DECISIONS},
    # Assess liability, bring what is needed: they follow incidents and add to them; raw findings
    # and events hold customers' data that they do not need.
    Role.LEGAL: _FOLLOW,
    Role.LOGISTICS: _FOLLOW,
    # Runs the system, not the incidents: no handling, no raw events.
    Role.ADMINISTRATOR: (_READ_ALL - {Capability.SEARCH_EVENTS})
    | {
        Capability.REPORT_INCIDENT,
        Capability.MANAGE_SOURCES,
        Capability.MANAGE_ENFORCERS,
        Capability.MANAGE_RULES,
        Capability.MANAGE_PEOPLE,
        Capability.SIGN_LEDGER,
    },
    # Reads everything, changes nothing; not even a comment.
    Role.AUDITOR: _READ_ALL,
    # Reports, and sees what became of his own reports.
    Role.EMPLOYEE: frozenset({Capability.REPORT_INCIDENT}),
}


def capabilities_of(roles: Iterable[Role]) -> frozenset[Capability]:
    """What the roles allow together."""
    return frozenset().union(*(ROLE_CAPABILITIES[role] for role in roles))
