"""An incident's report as the plan asks for it: type, time, what is affected, who reported.

Where detection reported, the same form is filled in from its findings, in the page's language.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.console.rulebook import RULEBOOK
from shangdun.console.words import ENTITY_LABELS
from shangdun.records.models import Incident
from shangdun.records.reports import handed_in

SHOWN = 8
WAYS: dict[str, Promise] = {
    "page": gettext_lazy("in the console"),
    "link": gettext_lazy("by the link, without an account"),
    "api": gettext_lazy("through the API"),
    "cli": gettext_lazy("from a terminal"),
}


@dataclass(frozen=True)
class ReportShown:
    """The filled-in form; ``contact`` is how to call back whoever has no account."""

    type: str
    began: datetime
    affected: str
    description: str
    reporter: str
    way: Promise | str
    contact: str


def report_of(incident: Incident) -> ReportShown:
    """For whoever may see the incident; two queries where detection reported."""
    detected = bool(incident.rule_uid)
    handed = None if detected else handed_in(incident)
    reporter = incident.reporter
    return ReportShown(
        type=incident.get_type_display(),
        began=incident.occurred_at,
        affected=incident.affected or (_entities(incident) if detected else ""),
        description=incident.description or (_findings(incident) if detected else ""),
        reporter=_("detection") if detected else _name(reporter),
        way=WAYS.get(handed.via, "") if handed else "",
        contact=handed.contact if handed else "",
    )


def _name(reporter: object) -> str:
    full = getattr(reporter, "get_full_name", str)()
    return str(full or getattr(reporter, "username", "") or _("somebody without an account"))


def _entities(incident: Incident) -> str:
    found = incident.entities.order_by("-last_time", "pk")[: SHOWN + 1]
    told = [f"{ENTITY_LABELS.get(one.kind, one.kind)} {one.value}" for one in found]
    return _(", ").join(told[:SHOWN]) + (" …" if len(told) > SHOWN else "")


def _findings(incident: Incident) -> str:
    rows = incident.findings.values_list("rule_uid", "title").distinct()[: SHOWN + 1]
    told = list(dict.fromkeys(RULEBOOK.title(uid, title) for uid, title in rows))
    return _(", ").join(told[:SHOWN]) + (" …" if len(told) > SHOWN else "")
