"""The words of the communication matrix: audiences, contents, ways and how often (plan, 六.1)."""

from __future__ import annotations

from enum import StrEnum

from shangdun.respond.groups import Group


class Audience(StrEnum):
    """Whom the plan tells (六.1.a): five inside the company, four outside."""

    SECURITY = "security"
    TECHNICAL = "technical"
    OPERATIONS = "operations"
    MANAGEMENT = "management"
    LEGAL = "legal"
    SUPPLIERS = "suppliers"
    PARTNERS = "partners"
    USERS = "users"
    REGULATORS = "regulators"

    @property
    def outside(self) -> bool:
        """Whether it stands outside the company: nothing goes there without a person's approval."""
        return self in OUTSIDE


OUTSIDE = frozenset({Audience.SUPPLIERS, Audience.PARTNERS, Audience.USERS, Audience.REGULATORS})
INSIDE = tuple(audience for audience in Audience if audience not in OUTSIDE)
GROUPS: dict[Audience, tuple[Group, ...]] = {
    Audience.SECURITY: (Group.TECHNICAL_SUPPORT,),
    Audience.TECHNICAL: (Group.TECHNICAL_SUPPORT,),
    Audience.OPERATIONS: (Group.TECHNICAL_SUPPORT, Group.LOGISTICS),
    Audience.MANAGEMENT: (Group.LEADERSHIP,),
    Audience.LEGAL: (Group.LEGAL,),
}
"""The groups of the response whose people an audience inside the company is."""


class Content(StrEnum):
    """What is told (六.1.b)."""

    INCIDENT = "incident"
    PROGRESS = "progress"
    TRAINING = "training"
    LAW = "law"
    PLAN = "plan"


class Way(StrEnum):
    """How it is told (六.1.c)."""

    EMAIL = "email"
    CHAT = "chat"
    FORUM = "forum"
    MEETING = "meeting"
    REPORT = "report"
    PHONE = "phone"
    SEMINAR = "seminar"

    @property
    def by_people(self) -> bool:
        """Whether only a person can do it, and says so with a proof."""
        return self not in BY_ITSELF


BY_ITSELF = frozenset({Way.EMAIL, Way.CHAT, Way.FORUM})
"""Mail and chat leave through the channels, the forum is the knowledge base."""


class Frequency(StrEnum):
    """How often (六.1.d)."""

    EVENT = "event"
    """When something happens: an incident, a change of law."""
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"


class State(StrEnum):
    """Of one thing that is due."""

    DUE = "due"
    DRAFTED = "drafted"
    APPROVED = "approved"
    SENT = "sent"
    MISSED = "missed"
    DROPPED = "dropped"
    """Not needed this time; somebody said why."""


OPEN = frozenset({State.DUE, State.DRAFTED, State.APPROVED})


def groups_of(audiences: frozenset[Audience] | set[Audience]) -> tuple[Group, ...]:
    """The groups behind the audiences inside the company, each once, in the plan's order."""
    wanted = {group for audience in audiences for group in GROUPS.get(audience, ())}
    return tuple(group for group in Group if group in wanted)


def goes_outside(audiences: frozenset[Audience] | set[Audience]) -> bool:
    """Whether any of it leaves the company."""
    return any(audience.outside for audience in audiences)
