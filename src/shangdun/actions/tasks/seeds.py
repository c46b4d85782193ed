"""What an incident can tell a playbook at its beginning: values of variables from outside."""

from __future__ import annotations

from collections.abc import Callable

from shangdun.records.models import Incident, IncidentEntity
from shangdun.respond.playbook.model import Playbook
from shangdun.respond.playbook.variables import starting_values

MOST_NAMED = 50
ENTITIES = {
    "__addresses__": "address",
    "__accounts__": "account",
    "__sessions__": "session",
    "__devices__": "device",
    "__hosts__": "host",
}
"""Variable → kind of the incident's entities, the newest first, joined by commas."""
SINGLE = {
    "__address__": "address",
    "__attacker__": "address",
    "__account__": "account",
    "__session__": "session",
    "__device__": "device",
    "__host__": "host",
}
PLAIN: dict[str, Callable[[Incident], str]] = {
    "__incident__": lambda incident: str(incident.number),
    "__incident_number__": lambda incident: str(incident.number),
    "__title__": lambda incident: incident.title,
    "__affected__": lambda incident: incident.affected,
}


def known_values(playbook: Playbook, incident: Incident) -> dict[str, str]:
    """The document's own values, and those that the incident gives to its external variables."""
    values = starting_values(playbook)
    for variable in playbook.variables:
        if values.get(variable.name):
            continue
        if found := known_value(variable.name, incident):
            values[variable.name] = found
    return values


def known_value(name: str, incident: Incident) -> str:
    """What the incident says now of a variable by its name; empty: nothing."""
    if plain := PLAIN.get(name):
        return plain(incident)
    if kind := ENTITIES.get(name):
        return ",".join(named(incident, kind))
    if kind := SINGLE.get(name):
        return next(iter(named(incident, kind)), "")
    return ""


def named(incident: Incident, kind: str) -> list[str]:
    """Values of the incident's entities of one kind, the newest first."""
    rows = IncidentEntity.objects.filter(incident=incident, kind=kind).order_by("-last_time")
    return list(rows.values_list("value", flat=True)[:MOST_NAMED])
