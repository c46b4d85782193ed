"""Where one can go: the groups of the side bar, in the order of the work.

A new area adds its items here; what a person may not see is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.records.duties import has_duties
from shangdun.records.models import User
from shangdun.records.roles import Capability


@dataclass(frozen=True)
class Item:
    """One place: its page, sign, key after `g`, and what it asks for."""

    label: Promise
    url: str
    icon: str
    key: str
    needs: tuple[Capability, ...] = ()
    tally: str = ""
    """Name of the figure beside it."""
    on_phone: bool = False
    """Whether it has a place in the bottom bar."""
    only: str = ""
    """`duties`: for those who have any, and those who see everybody's."""


@dataclass(frozen=True)
class Group:
    label: Promise | str
    items: tuple[Item, ...]
    opened: bool = True
    """Whether it lies open before a person folds it; the one with the page shown always does."""
    name: str = ""
    """What a person's browser remembers it by."""

    @property
    def sections(self) -> frozenset[str]:
        return frozenset(item.url for item in self.items)


GROUPS = (
    Group(
        "",
        (
            Item(
                _("Overview"), "overview", "squares-2x2", "o",
                (Capability.VIEW_OVERVIEW,), on_phone=True,
            ),
            Item(
                _("Management"), "management", "building-library", "M",
                (Capability.VIEW_MANAGEMENT,),
            ),
            Item(_("Messages"), "messages", "envelope", "j"),
            Item(
                _("My duties"), "own_duties", "identification", "D",
                (Capability.WORK_PLAN,), only="duties",
            ),
        ),
    ),
    Group(
        _("Watch"),
        (
            Item(
                _("Findings"), "findings", "shield-exclamation", "f",
                (Capability.VIEW_FINDINGS,), on_phone=True,
            ),
            Item(
                _("Riskiest now"), "entities", "chart-bar-square", "w",
                (Capability.VIEW_FINDINGS,),
            ),
            Item(_("Suppressions"), "suppressions", "bell-slash", "b", (Capability.VIEW_FINDINGS,)),
            Item(_("Search"), "search", "magnifying-glass", "e", (Capability.SEARCH_EVENTS,)),
            Item(_("Hunts"), "hunts", "clock", "h", (Capability.SEARCH_EVENTS,)),
            Item(
                _("Sources"), "sources", "signal", "s",
                (Capability.VIEW_SOURCES,), on_phone=True,
            ),
            Item(_("Health"), "health", "heart", "m", (Capability.VIEW_SOURCES,)),
            Item(_("Rules"), "rules", "document-magnifying-glass", "r", (Capability.VIEW_RULES,)),
            Item(_("Announced sales"), "sale_events", "megaphone", "a", (Capability.VIEW_RULES,)),
        ),
        name="watch",
    ),
    Group(
        _("Protect"),
        (
            Item(_("Decisions"), "decisions", "scale", "d", (Capability.VIEW_DECISIONS,)),
            Item(_("Enforcers"), "enforcers", "hand-raised", "v", (Capability.VIEW_ENFORCERS,)),
            Item(_("Security test"), "proofs", "shield-check", "t", (Capability.VIEW_ENFORCERS,)),
        ),
        opened=False,
        name="protect",
    ),
    Group(
        _("Respond"),
        (
            Item(
                _("Incidents"), "incidents", "bell-alert", "i",
                (Capability.VIEW_INCIDENTS, Capability.REPORT_INCIDENT),
                tally="open_incidents", on_phone=True,
            ),
            Item(
                _("My tasks"), "tasks", "clipboard-document-check", "y",
                (Capability.WORK_TASKS,), on_phone=True,
            ),
            Item(
                _("Report an incident"), "report", "megaphone", "n",
                (Capability.REPORT_INCIDENT,),
            ),
            Item(
                _("Reporting clocks"), "clocks", "clock", "k", (Capability.VIEW_INCIDENTS,),
            ),
        ),
        name="respond",
    ),
    Group(
        _("Prepare"),
        (
            Item(_("Documents"), "documents", "document-text", "c", (Capability.VIEW_DOCUMENTS,)),
            Item(_("Playbooks"), "playbooks", "book-open", "q", (Capability.VIEW_PLAYBOOKS,)),
            Item(
                _("Organisation"), "organisation", "user-group", "p",
                (Capability.VIEW_ORGANISATION,),
            ),
            Item(_("Supplies"), "inventory", "cube", "u", (Capability.VIEW_SUPPLIES,)),
            Item(_("Drills"), "drills", "academic-cap", "x", (Capability.VIEW_DRILLS,)),
            Item(
                _("Improvements"), "improvements", "arrow-trending-up", "g",
                (Capability.VIEW_INCIDENTS,),
            ),
            Item(
                _("Response figures"), "figures", "chart-bar", "z", (Capability.VIEW_INCIDENTS,),
            ),
        ),
        opened=False,
        name="prepare",
    ),
    Group(
        # The security plan and what it stands on.
        _("Plan"),
        (
            Item(
                _("Programmes"), "programmes", "map", "1",
                (Capability.VIEW_PROGRAMMES, Capability.WORK_PLAN),
            ),
            Item(_("Risks"), "risks", "exclamation-triangle", "2", (Capability.VIEW_RISKS,)),
            Item(_("Assets"), "assets", "rectangle-stack", "3", (Capability.VIEW_ASSETS,)),
            Item(
                _("Law and compliance"), "law", "building-library", "4",
                (Capability.VIEW_COMPLIANCE,),
            ),
            Item(
                _("Protective measures"), "controls", "shield-check", "5",
                (Capability.VIEW_CONTROLS,),
            ),
        ),
        name="plan",
    ),
    Group(
        # How it is steered: meetings, reports, measures, who is told what.
        _("Steer"),
        (
            Item(
                _("Calendar"), "calendar", "calendar-days", "6",
                (Capability.WORK_PLAN, Capability.VIEW_MEETINGS),
            ),
            Item(
                _("Meetings"), "meetings", "users", "7",
                (Capability.WORK_PLAN, Capability.VIEW_MEETINGS),
            ),
            Item(
                _("Reports of the plan"), "plan_reports", "document-chart-bar", "8",
                (Capability.VIEW_REPORTS,),
            ),
            Item(
                pgettext_lazy("plan", "Measures"), "measures", "presentation-chart-line", "9",
                (Capability.VIEW_MEASURES,),
            ),
            Item(
                _("Communication"), "communication", "chat-bubble-left-right", "0",
                (Capability.VIEW_COMMUNICATION,),
            ),
            Item(_("Knowledge"), "knowledge", "book-open", "K", (Capability.READ_KNOWLEDGE,)),
            Item(
                _("Suggestions"), "suggestions", "light-bulb", "S",
                (Capability.SUGGEST, Capability.ANSWER_SUGGESTIONS),
            ),
        ),
        opened=False,
        name="steer",
    ),
    Group(
        _("Evidence"),
        (Item(_("Ledger"), "ledger", "link", "l", (Capability.VIEW_LEDGER,)),),
        opened=False,
        name="evidence",
    ),
)  # fmt: skip
SETTINGS = Item(_("Settings"), "settings", "cog-6-tooth", ",")


def navigation_of(user: User) -> list[Group]:
    """The groups with what this person may see; a group that would be empty is left out."""
    groups = []
    for group in GROUPS:
        items = tuple(item for item in group.items if _is_for(user, item))
        if items:
            groups.append(replace(group, items=items))
    return groups


def _is_for(user: User, item: Item) -> bool:
    """One question of the records at most, and none for those who see everybody's duties."""
    if item.needs and not user.can(*item.needs):
        return False
    if item.only == "duties":
        return user.can(Capability.VIEW_COMMUNICATION) or has_duties(user)
    return True
