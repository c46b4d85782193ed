"""Facts of an incident, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shangdun.console.wordings.regulator import DATA_KIND_WORDS
from shangdun.records.models import TimelineKind
from shangdun.respond.facts import Importance

ACTIONS: dict[str, Promise] = {"state_facts": gettext_lazy("stated what is known of an incident")}
PROBLEMS: dict[str, Promise] = {
    "facts.time": gettext_lazy("The company cannot have become aware in the future."),
    "facts.number": gettext_lazy("This number is out of range."),
    "facts.contradiction": gettext_lazy(
        "Without personal data nobody's personal data got out: correct one of the two."
    ),
    "drill.merge": gettext_lazy("A drill and a real incident do not become one."),
    "drill.outward": gettext_lazy("A drill touches nothing real: this is only rehearsed."),
}
ICONS: dict[str, str] = {TimelineKind.FACTS: "clipboard-document-list"}
FIELDS: dict[str, Promise] = {
    "known_at": gettext_lazy("when the company became aware"),
    "personal_data": gettext_lazy("whether personal data is affected"),
    "people": gettext_lazy("how many people's data got out"),
    "people_served": gettext_lazy("how many people could not be served"),
    "data_kinds": gettext_lazy("kinds of data"),
    "loss": gettext_lazy("direct loss"),
    "outage_minutes": gettext_lazy("outage"),
    "importance": gettext_lazy("importance of what is affected"),
    "critical_infrastructure": gettext_lazy("critical infrastructure"),
    "crime_suspected": gettext_lazy("suspicion of a crime"),
    "eu_people": gettext_lazy("people in the EU"),
    "high_risk": gettext_lazy("risk to those affected"),
    "harm_averted": gettext_lazy("whether harm was averted"),
    "ransom": gettext_lazy("ransom"),
}


KINDS = DATA_KIND_WORDS
IMPORTANCE: dict[Importance, Promise] = {
    Importance.ORDINARY: gettext_lazy("ordinary"),
    Importance.IMPORTANT: gettext_lazy("important"),
    Importance.VITAL: gettext_lazy("vital"),
}


def _stated(data: Mapping[str, Any]) -> str:
    names = [str(FIELDS.get(name, name)) for name in data.get("changed", [])]
    return _("stated what is known: %(fields)s") % {"fields": _(", ").join(names)}


TALES = {(TimelineKind.FACTS, "facts"): _stated}
