"""An incident's timeline as sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shangdun.console.rulebook import RULEBOOK
from shangdun.records.models import Incident, TimelineEntry, TimelineKind, Verdict
from shangdun.records.models.incidents import IncidentState

ENTRIES_SHOWN = 300
ICONS = {
    TimelineKind.REPORTED: "megaphone",
    TimelineKind.FINDINGS_JOINED: "shield-exclamation",
    TimelineKind.RELATED: "link",
    TimelineKind.ASSIGNED: "user-plus",
    TimelineKind.STATE: "arrow-right-circle",
    TimelineKind.COMMENT: "chat-bubble-left",
}


@dataclass
class Told:
    """One entry: what a page says of it."""

    entry: TimelineEntry
    icon: str
    sentence: str
    rules: list[str]

    @property
    def actor(self) -> str:
        person = self.entry.actor
        return (person.get_full_name() or person.username) if person else ""


def story_of(incident: Incident) -> list[Told]:
    """The newest entries, newest first."""
    entries = incident.timeline.select_related("actor").order_by("-time", "-id")[:ENTRIES_SHOWN]
    return [_tell(entry) for entry in entries]


def _tell(entry: TimelineEntry) -> Told:
    data: dict[str, Any] = entry.data
    rules = [RULEBOOK.title(uid, uid) for uid in data.get("rules", [])][:6]
    return Told(entry, ICONS.get(TimelineKind(entry.kind), "clock"), _sentence(entry, data), rules)


def _sentence(entry: TimelineEntry, data: dict[str, Any]) -> str:
    kind = TimelineKind(entry.kind)
    if kind is TimelineKind.STATE:
        target = _label(IncidentState, data.get("to", ""))
        if data.get("verdict"):
            return _("closed it: %(verdict)s") % {"verdict": _label(Verdict, data["verdict"])}
        return _("moved it to “%(state)s”") % {"state": target}
    if kind is TimelineKind.FINDINGS_JOINED:
        count = int(data.get("count", 1))
        return ngettext("%(count)d finding joined", "%(count)d findings joined", count) % {
            "count": count
        }
    if kind is TimelineKind.ASSIGNED:
        person = entry.actor.username if entry.actor else ""
        if data.get("to") == person:
            return _("took it")
        return _("assigned it to %(person)s") % {"person": data.get("to", "")}
    fixed = {
        TimelineKind.REPORTED: _("reported it"),
        TimelineKind.RELATED: _("a related incident was found"),
        TimelineKind.COMMENT: _("commented"),
    }
    return fixed[kind]


def _label(choices: type[IncidentState | Verdict], value: str) -> Promise | str:
    return choices(value).label if value in choices.values else value
