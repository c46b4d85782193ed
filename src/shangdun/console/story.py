"""An incident's timeline as sentences."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shangdun.console.rulebook import RULEBOOK
from shangdun.console.wordings import icons, tales
from shangdun.records.models import Incident, TimelineEntry, TimelineKind, Verdict
from shangdun.records.models.incidents import IncidentState

ENTRIES_SHOWN = 100
ICONS = {
    TimelineKind.REPORTED: "megaphone",
    TimelineKind.FINDINGS_JOINED: "shield-exclamation",
    TimelineKind.RELATED: "link",
    TimelineKind.ASSIGNED: "user-plus",
    TimelineKind.STATE: "arrow-right-circle",
    TimelineKind.COMMENT: "chat-bubble-left",
    TimelineKind.RISK: "arrow-trending-up",
    TimelineKind.MERGED: "arrows-pointing-in",
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


def story_of(
    incident: Incident,
    *,
    kinds: Collection[TimelineKind] = (),
    before: int = 0,
    most: int = ENTRIES_SHOWN,
) -> list[Told]:
    """The newest entries (of some kinds, older than one of them), newest first."""
    entries = incident.timeline.select_related("actor").order_by("-time", "-id")
    if kinds:
        entries = entries.filter(kind__in=kinds)
    last = incident.timeline.filter(pk=before).first() if before else None
    if last:
        entries = entries.filter(Q(time__lt=last.time) | Q(time=last.time, pk__lt=last.pk))
    return [_tell(entry) for entry in entries[:most]]


def told_entries(
    incident: Incident,
    kinds: Iterable[TimelineKind],
    most: int,
    about: Mapping[str, object] | None = None,
) -> list[Told]:
    """The newest entries of some kinds, newest first: one part's own history.

    ``about`` are values that their ``data`` must hold.
    """
    entries = incident.timeline.filter(kind__in=list(kinds)).select_related("actor")
    entries = entries.filter(**{f"data__{name}": value for name, value in (about or {}).items()})
    return [_tell(entry) for entry in entries.order_by("-time", "-id")[:most]]


def _tell(entry: TimelineEntry) -> Told:
    data: dict[str, Any] = entry.data
    rules = [RULEBOOK.title(uid, uid) for uid in data.get("rules", [])][:6]
    icon = ICONS.get(TimelineKind(entry.kind)) or icons().get(entry.kind, "clock")
    return Told(entry, icon, _sentence(entry, data), rules)


def _sentence(entry: TimelineEntry, data: dict[str, Any]) -> str:
    tell = _TELLING.get(TimelineKind(entry.kind))
    if tell:
        return tell(entry, data)
    fixed = {
        TimelineKind.REPORTED: _("reported it"),
        TimelineKind.RELATED: _("a related incident was found"),
        TimelineKind.COMMENT: _("commented"),
    }
    if sentence := fixed.get(TimelineKind(entry.kind)):
        return sentence
    tale = tales().get((entry.kind, data.get("what", "")))
    return tale(data) if tale else str(TimelineKind(entry.kind).label)


def _moved(entry: TimelineEntry, data: dict[str, Any]) -> str:
    del entry
    if data.get("verdict"):
        return _("closed it: %(verdict)s") % {"verdict": _label(Verdict, data["verdict"])}
    if data.get("drill"):
        return _("ended it with drill #%(number)s") % {"number": data["drill"]}
    return _("moved it to “%(state)s”") % {"state": _label(IncidentState, data.get("to", ""))}


def _joined(entry: TimelineEntry, data: dict[str, Any]) -> str:
    del entry
    count = int(data.get("count", 1))
    told = ngettext("%(count)d finding joined", "%(count)d findings joined", count)
    return told % {"count": count}


def _assigned(entry: TimelineEntry, data: dict[str, Any]) -> str:
    person = entry.actor.username if entry.actor else ""
    if data.get("to") == person:
        return _("took it")
    return _("assigned it to %(person)s") % {"person": data.get("to", "")}


def _risen(entry: TimelineEntry, data: dict[str, Any]) -> str:
    del entry
    told = _("saw the risk of %(who)s rise to %(score)s: several findings add up")
    return told % {"who": data.get("value", ""), "score": data.get("score", 0)}


def _merged(entry: TimelineEntry, data: dict[str, Any]) -> str:
    del entry
    if "into" in data:
        return _("merged it into incident #%(number)s") % {"number": data["into"]}
    return _("merged incident #%(number)s into this one") % {"number": data.get("number")}


_TELLING: dict[TimelineKind, Callable[[TimelineEntry, dict[str, Any]], str]] = {
    TimelineKind.STATE: _moved,
    TimelineKind.FINDINGS_JOINED: _joined,
    TimelineKind.ASSIGNED: _assigned,
    TimelineKind.RISK: _risen,
    TimelineKind.MERGED: _merged,
}


def _label(choices: type[IncidentState | Verdict], value: str) -> Promise | str:
    return choices(value).label if value in choices.values else value
