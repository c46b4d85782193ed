"""The places of an incident's room, in the order of the plan. A part adds its line here."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shangdun.records.models import User
from shangdun.records.roles import Capability


@dataclass(frozen=True)
class Tab:
    """One place: its page takes the incident's number."""

    name: str
    label: Promise
    url: str
    icon: str
    needs: tuple[Capability, ...] = (Capability.VIEW_INCIDENTS,)


TABS: tuple[Tab, ...] = (
    Tab(
        "overview", _("Situation"), "incident", "bell-alert",
        (Capability.VIEW_INCIDENTS, Capability.REPORT_INCIDENT),
    ),
    Tab("order", pgettext_lazy("phase", "Order"), "incident_order", "flag"),
    Tab("board", _("Board"), "incident_board", "view-columns"),
    Tab("scope", _("Scope"), "incident_scope", "users"),
    Tab("notices", _("Notices"), "incident_notices", "envelope"),
    Tab("clocks", _("Clocks"), "incident_clocks", "clock"),
    Tab("evidence", _("Evidence"), "incident_evidence", "archive-box"),
    Tab("legal", _("Legal side"), "incident_legal", "scale", (Capability.VIEW_LEGAL,)),
    Tab("supplies", _("Supplies"), "incident_supplies", "cube", (Capability.VIEW_SUPPLIES,)),
    Tab("cleanup", _("Cleanup"), "incident_cleanup", "sparkles"),
    Tab("review", _("Post-incident report"), "incident_review", "document-text"),
)  # fmt: skip


def tabs_of(user: User) -> list[Tab]:
    """What this person may open; one place alone needs no tabs."""
    mine = [tab for tab in TABS if user.can(*tab.needs)]
    return mine if len(mine) > 1 else []
