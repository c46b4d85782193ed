"""Regular updates: what happened in an incident since the last, drafted from its timeline."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from shangdun.actions.action import SYSTEM_CLOCK, Done, Outcome, Unchanged, action
from shangdun.actions.messages.queue import Notice, queue_message
from shangdun.kernel.clock import Clock
from shangdun.notify.templates import words
from shangdun.records.actor import System
from shangdun.records.composing import shown_time
from shangdun.records.messages import console_zone, message_settings
from shangdun.records.models import Incident, Message, MessageSettings, TimelineEntry, TimelineKind
from shangdun.records.models.incidents import IncidentState
from shangdun.records.roles import Capability
from shangdun.respond.groups import Group

ENTRIES = 12
KIND = "update"
QUIET = {"zh": "本时段无新进展。", "en": "Nothing new in this period."}
LEFT_OUT = {"zh": "……另有 {count} 项", "en": "… and {count} more"}
OWN = (TimelineKind.MESSAGE, TimelineKind.ESCALATION)
LONGEST = 120


def interval(incident: Incident, settings: MessageSettings) -> timedelta | None:
    """Time between two updates by grade; None: none are sent."""
    minutes = {
        0: settings.update_general,
        1: settings.update_general,
        2: settings.update_major,
        3: settings.update_serious,
        4: settings.update_extreme,
    }[incident.grade]
    return timedelta(minutes=minutes) if minutes else None


def last_told(incident: Incident) -> datetime:
    """Until when people know: the last update, else the start of the plan."""
    last = Message.objects.filter(incident=incident, kind=KIND).order_by("-at").first()
    began = incident.activated_at or incident.reported_at
    return max(last.at, began) if last else began


def updates_due(now: datetime) -> list[Incident]:
    """Incidents in which the plan runs whose next update is due."""
    settings = message_settings()
    found = []
    for incident in Incident.objects.filter(state=IncidentState.ACTIVE).select_related("assignee"):
        every = interval(incident, settings)
        if every and last_told(incident) + every <= now:
            found.append(incident)
    return found


@action(Capability.RUN_PLAYBOOKS)
def do_send_update(
    actor: System, incident_id: int, *, clock: Clock = SYSTEM_CLOCK
) -> Outcome[Message | None]:
    """Tell leadership and the groups how an incident stands, unless that was just done."""
    del actor
    now = clock.now()
    incident = Incident.objects.select_related("assignee").get(pk=incident_id)
    every = interval(incident, message_settings())
    since = last_told(incident)
    if incident.state != IncidentState.ACTIVE or not every or since + every > now:
        return Unchanged(None)
    message = queue_message(
        Notice(
            kind=KIND,
            incident=incident,
            groups=(Group.LEADERSHIP, Group.TECHNICAL_SUPPORT, Group.CUSTOMER_SERVICE, Group.LEGAL),
            key=f"update/{incident.pk}/{int(since.timestamp())}",
            data=draft(incident, since, now, every),
        ),
        now,
    )
    payload = {"message": message.pk}
    return Done(message, ("incident", incident.number), now, payload)


def draft(incident: Incident, since: datetime, now: datetime, every: timedelta) -> dict[str, Any]:
    """The fields of the update's template."""
    new = incident.timeline.filter(time__gt=since, time__lte=now).exclude(kind__in=OWN)
    count = new.count()
    shown = list(new.order_by("time", "id")[:ENTRIES])
    lines: list[dict[str, str]] = [_line(entry) for entry in shown]
    if count > len(shown):
        rest = str(count - len(shown))
        lines.append({name: text.replace("{count}", rest) for name, text in LEFT_OUT.items()})
    return {
        "since": shown_time(since),
        "until": shown_time(now),
        "next": shown_time(now + every),
        "owner": (incident.assignee.get_full_name() or incident.assignee.username)
        if incident.assignee
        else "",
        "count": str(count),
        "entries": lines,
        "quiet": "" if count else QUIET,
    }


def _line(entry: TimelineEntry) -> dict[str, str]:
    at = f"{entry.time.astimezone(console_zone()):%H:%M}"
    kind = words()["entry"].get(entry.kind, {"zh": entry.kind, "en": entry.kind})
    state = words()["state"].get(str(entry.data.get("to", "")), {})
    told = " ".join(entry.text.split())
    said = told if len(told) <= LONGEST else told[: LONGEST - 1] + "…"
    return {
        name: " ".join(part for part in (at, kind[name], state.get(name, ""), said) if part)
        for name in ("zh", "en")
    }
